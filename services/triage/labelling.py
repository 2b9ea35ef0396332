"""Officers' decisions as a batch of the corpus: what was written, masked, and what it is."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

from libs.contracts.vocabulary import FeedbackId
from libs.runtime.run import Run

from .domain.label import DECISIONS
from .domain.mask import masked
from .parts import TriageParts
from .store import Labelled, LabelStore

_PAGE: Final = 500
_BRACKETS: Final = str.maketrans("", "", "⟦⟧")


async def labelled_texts(run: Run[TriageParts], since: datetime | None) -> AsyncIterator[dict[str, Any] | None]:
    """A record per label given since a moment; None where no word is kept any more, or none was ever written."""
    after: FeedbackId | None = None
    while True:
        async with run.begin() as tx:
            page = await LabelStore(tx.session).given_since(since, after, _PAGE)
        for one in page:
            yield _record(one)
        if len(page) < _PAGE:
            return
        after = page[-1].feedback_id


def _record(one: Labelled) -> dict[str, Any] | None:
    # In the corpus these brackets mark an office.
    text = masked(one.text or "").translate(_BRACKETS)
    if not text.strip():
        return None
    said = {decision: one.label.of(decision) for decision in DECISIONS}
    return {"id": str(one.feedback_id), "text": text, **{name: value for name, value in said.items() if value}}
