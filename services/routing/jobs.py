"""Work started by the clock."""

from datetime import timedelta

from libs.runtime.run import Run

from .machine import give_up_waiting
from .parts import RoutingParts
from .review import carry_out
from .store import AccountStore, CaseStore, ReviewStore

BATCH = 50


async def stand_unclassified(run: Run[RoutingParts]) -> bool:
    """Put the cases triage says nothing about on the Office's desk: nobody waits because a machine is silent."""
    async with run.begin() as tx:
        waited_since = tx.now - timedelta(seconds=tx.parts.settings.unclassified_after_s)
        waiting = await CaseStore(tx.session).unclassified(waited_since, BATCH)
        for case in waiting:
            await give_up_waiting(case, tx)
    return len(waiting) == BATCH


async def carry_out_reviews(run: Run[RoutingParts]) -> bool:
    """Let what officers decided on the review page take effect once nobody can take it back any more."""
    async with run.begin() as tx:
        due = await ReviewStore(tx.session).due(tx.now, BATCH)
    failed: Exception | None = None
    for review_id in due:
        try:
            async with run.begin() as tx:
                await carry_out(review_id, tx)
        except Exception as error:  # one that fails must not hold up the others; it is tried again
            failed = failed or error
    if failed is not None:
        raise failed
    return len(due) == BATCH


async def forget_requests(run: Run[RoutingParts]) -> bool:
    """Forget old idempotency keys."""
    async with run.begin() as tx:
        before = tx.now - timedelta(hours=tx.parts.settings.idempotency_keep_h)
        return await AccountStore(tx.session).forget_requests(before, limit=1_000) == 1_000
