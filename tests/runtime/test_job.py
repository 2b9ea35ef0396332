"""What comes while a turn is still fresh shares the next one, and none of it is left behind."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from libs.runtime.job import Job, JobLoop
from tests.support.service import eventually


class _Nothing:
    """Stands in for a run of which the loop only counts its turns."""

    metrics: Any

    def __init__(self) -> None:
        self.metrics = self.jobs = self

    def labels(self, *_: str) -> "_Nothing":
        return self

    def inc(self) -> None:
        return None


@pytest.mark.parametrize(("gathers_s", "turns_at_most"), [(0.5, 3), (0.0, 31)])
async def test_a_job_woken_again_and_again_takes_all_of_it_in_few_turns(gathers_s: float, turns_at_most: int) -> None:
    waiting = 0
    taken: list[int] = []

    async def take(_run: Any) -> None:
        nonlocal waiting
        taken.append(waiting)
        waiting = 0

    job = Job("take", take, every=timedelta(minutes=1), gathers=timedelta(seconds=gathers_s))
    loop = JobLoop(job, _Nothing())  # type: ignore[arg-type]
    running = asyncio.create_task(loop.forever())
    for _ in range(30):
        await asyncio.sleep(0.005)
        waiting += 1
        loop.wake()

    async def all_taken() -> bool:
        return sum(taken) == 30

    await eventually(all_taken)
    running.cancel()
    # On a machine that stands still for a while in between, one turn more.
    assert len(taken) <= turns_at_most + 1
    assert gathers_s or len(taken) > 10
