"""Work started by the clock."""

from datetime import timedelta

from libs.runtime.run import Run

from .domain.likeness import BANDS
from .parts import TriageParts
from .store import FingerprintStore, ModelStore, TriageStore


async def forget_texts(run: Run[TriageParts]) -> bool:
    """Delete the citizens' words once they are no longer needed to decide again; what was decided stays.

    What they are found by goes once nobody asks for it any more, and never later than the words.
    """
    settings = run.parts.settings
    limit, bands = settings.forget_at_once, settings.forget_at_once * BANDS
    asked_for = timedelta(days=min(settings.near_duplicate_days, settings.keep_texts_days))
    async with run.begin() as tx:
        words = await TriageStore(tx.session).forget(tx.now, limit)
        found_by = await FingerprintStore(tx.session).forget(tx.now - asked_for, bands)
    return words == limit or found_by == bands


async def follow_model(run: Run[TriageParts]) -> None:
    """Put the newest adopted model to work in this process, and alarm while it cannot be used."""
    async with run.begin() as tx:
        newest = await ModelStore(tx.session).newest()
    if newest != run.parts.at_work.adoption:
        await run.prepare_parts()
    run.metrics.alarm.labels("model_refused").set(1 if run.parts.at_work.refused else 0)
