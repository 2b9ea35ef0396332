"""Work started by the clock."""

from libs.runtime.run import Run

from .parts import TriageParts
from .store import TriageStore


async def forget_texts(run: Run[TriageParts]) -> bool:
    """Delete the citizens' words once they are no longer needed to decide again; what was decided stays."""
    limit = run.parts.settings.forget_at_once
    async with run.begin() as tx:
        return await TriageStore(tx.session).forget(tx.now, limit) == limit
