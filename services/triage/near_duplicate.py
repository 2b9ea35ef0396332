"""Who said nearly the same before: asked for each feedback that is decided. Nothing is merged; officers look."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from libs.contracts.vocabulary import FeedbackId
from libs.runtime.tx import Tx

from .domain.likeness import Comparable, bands_of, near_duplicates, words_of
from .parts import TriageParts
from .store import FingerprintStore, Received, Sought


async def seek_ahead(fresh: Iterable[Received], tx: Tx[TriageParts]) -> None:
    """Read at once what will be needed to find the near duplicates of many feedbacks."""
    sought = [Sought(one.feedback_id, one.text, bands_of(words_of(one.text))) for one in fresh]
    await FingerprintStore(tx.session).look_ahead(sought, _since(tx))


async def near_duplicates_of(asked: Comparable, tx: Tx[TriageParts]) -> tuple[FeedbackId, ...]:
    """The feedbacks of the last weeks that say nearly the same, the most alike first; this one can be found too now."""
    store = FingerprintStore(tx.session)
    bands = store.bands_ahead(asked.feedback_id, asked.text)
    if bands is None:
        bands = bands_of(asked.words)
    if not bands:
        return ()
    others = await store.candidates(Sought(asked.feedback_id, asked.text, bands), _since(tx))
    store.keep(asked, bands)
    return near_duplicates(asked, others, tx.parts.settings.likeness)


def _since(tx: Tx[TriageParts]) -> datetime:
    return tx.now - timedelta(days=tx.parts.settings.near_duplicate_days)
