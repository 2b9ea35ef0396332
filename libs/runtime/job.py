"""Work started by the clock, or by a transaction that has something for it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from . import trace
from .db import is_busy
from .log import get_logger

if TYPE_CHECKING:
    from .run import Run

log = get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work. It claims what is due, calls outside without a transaction, and records."""

    name: str
    run: Callable[["Run[Any]"], Awaitable[bool | None]]
    every: timedelta
    """How often to look when nobody wakes it."""
    gathers: timedelta = timedelta(0)
    """The least time between two turns when each found all there was: what comes meanwhile shares the next one."""


class JobLoop:
    """Runs one job: at its interval, at once when woken, again while it says there is more."""

    def __init__(self, job: Job, run: "Run[Any]") -> None:
        self._job = job
        self._run = run
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There is work now."""
        self._wake.set()

    async def forever(self) -> None:
        """Until cancelled. A failure is told and tried again at the next turn."""
        while True:
            self._wake.clear()
            began = asyncio.get_running_loop().time()
            more = await self._once()
            if not more:
                await self._rest()
                await asyncio.sleep(began + self._job.gathers.total_seconds() - asyncio.get_running_loop().time())

    async def _once(self) -> bool:
        with trace.follow(None):
            try:
                more = bool(await self._job.run(self._run))
            except Exception as error:
                outcome, more = ("busy" if is_busy(error) else "failed"), False
                if outcome == "failed":
                    log.exception("job_failed", job=self._job.name)
            else:
                outcome = "done"
        self._run.metrics.jobs.labels(self._job.name, outcome).inc()
        if outcome != "done":
            await asyncio.sleep(min(self._job.every.total_seconds(), 1.0))
        return more

    async def _rest(self) -> None:
        # A little unevenness keeps replicas from asking the database all at the same moment.
        seconds = self._job.every.total_seconds() * random.uniform(0.9, 1.1)  # noqa: S311
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)
