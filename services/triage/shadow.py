"""A model beside the one at work: both decide about the texts that are kept, and nothing comes of it."""

from datetime import datetime
from typing import Final

from libs.contracts.vocabulary import FeedbackId
from libs.runtime.run import Run

from .domain import LinearModel
from .domain.comparison import Comparison
from .parts import TriageParts, classifier_with
from .store import TextStore

_PAGE: Final = 200


async def shadow_run(run: Run[TriageParts], model: LinearModel, since: datetime) -> Comparison:
    """Compare a model with the one at work on all texts received since a moment. Stores and says nothing."""
    old = run.parts.classifier
    new = await classifier_with(model, run)
    comparison = Comparison(old.model_version, new.model_version)
    after: FeedbackId | None = None
    while True:
        # A transaction per page: deciding takes far longer than reading, and holds nothing meanwhile.
        async with run.begin() as tx:
            page = await TextStore(tx.session).received_since(since, after, _PAGE)
        for kept in page:
            on = kept.received_at.astimezone(run.parts.zone).date()
            before, then = (one.decide(kept.text, on, kept.place_id) for one in (old, new))
            comparison.add(kept.feedback_id, before, then, kept.label)
        if len(page) < _PAGE:
            return comparison
        after = page[-1].feedback_id
