"""What the clock asks of the bridge: count what waits, and remove what was kept long enough."""

from datetime import timedelta
from typing import Final

from libs.runtime.job import Job
from libs.runtime.run import Run

from .domain import Standing
from .parts import BridgeParts
from .store import BridgeStore

_BATCH: Final = 500


async def measure_queue(run: Run[BridgeParts]) -> None:
    """Show operators what waits."""
    async with run.begin() as tx:
        waiting = await BridgeStore(tx.session).waiting()
    meters = run.parts.meters
    meters.waiting = waiting
    meters.cases.labels(Standing.HELD).set(waiting.held_cases)
    meters.cases.labels(Standing.QUEUED).set(waiting.queued_cases)
    meters.cases.labels(Standing.DELETED).set(waiting.deleted_cases)
    meters.entries.labels(Standing.HELD).set(waiting.held_entries)
    meters.entries.labels(Standing.QUEUED).set(waiting.queued_entries)
    oldest = waiting.oldest_queued_at
    meters.oldest.set(0 if oldest is None else (run.clock.now() - oldest).total_seconds())
    run.metrics.alarm.labels("case_came_back").set(1 if waiting.came_back else 0)


async def forget(run: Run[BridgeParts]) -> bool:
    """Remove cases of which nothing was heard for as long as contacts may be kept, queued or not."""
    async with run.begin() as tx:
        before = tx.now - timedelta(days=run.settings.keep_days)
        return await BridgeStore(tx.session).forget(before, limit=_BATCH) == _BATCH


JOBS: Final = (
    Job("measure_queue", measure_queue, every=timedelta(minutes=1)),
    Job("forget", forget, every=timedelta(hours=1)),
)
