"""A service at work: its settings, its parts, and the way to open a transaction."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Generic, TypeVar, cast

from libs.blob import BlobStore, open_blob_store

from . import inbox, outbox
from .bell import Bell
from .bus import Bus
from .clock import Clock
from .consumer import Consumer
from .db import Database
from .job import Job, JobLoop
from .metrics import Metrics
from .relay import Relay
from .service import Service
from .settings import RuntimeSettings
from .tables import runtime_tables
from .tx import Tx

P = TypeVar("P")


class Run(Generic[P]):
    """One service in this process. Routes and jobs get it; handlers get the `Tx` it opens."""

    def __init__(self, service: Service, settings: RuntimeSettings, clock: Clock) -> None:
        self.service = service
        self.settings: Any = settings
        self.clock = clock
        self.metrics = Metrics(service.name)
        self.blobs: BlobStore = open_blob_store(settings.blob_url)
        self.database = Database(settings, f"lang-nghe-{service.name}")
        self.tables = runtime_tables(service.metadata)
        self.consumer = Consumer(service.subscriptions, self.begin, self.tables, self.metrics)
        self.bus: Bus | None = None
        self.is_prepared = False
        self.is_stopping = False
        self._parts: P | None = None
        self._may_say = frozenset(event.name for event in service.emits)
        self._relay: Relay | None = None
        self._loops = {job.name: JobLoop(job, self) for job in (*service.jobs, *_OWN_JOBS)}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def parts(self) -> P:
        """What the service was built with at start: clients, ciphers, loaded tables."""
        return cast(P, self._parts)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx[P]]:
        """One transaction. Its rows and the events it emits commit together; then relay and jobs are woken."""
        async with self.database.session() as session:
            tx = Tx(session, self.clock.now(), self.parts, self._may_say)
            yield tx
            if tx.emitted:
                await outbox.write(session, self.tables, tx.emitted, tx.now)
        self._after_commit(tx.emitted, tx.woken)

    def _wake_relay(self) -> None:
        if self._relay is not None and self._relay.leads:
            self._relay.wake()

    def _after_commit(self, emitted: Sequence[Any], woken: frozenset[str]) -> None:
        for event in emitted:
            self.metrics.said.labels(event.name).inc()
        if emitted and self._relay is not None:
            self._relay.wake()
        for job in woken:
            self.wake(job)

    def wake(self, job: str) -> None:
        """Run a job now.

        Raises:
            KeyError: this service has no such job.
        """
        self._loops[job].wake()

    async def prepare_parts(self) -> None:
        """Build (again) what the service works with, e.g. after its tables were loaded anew."""
        self._parts = await self.service.parts(self)
        self.is_prepared = True

    async def start(self, bus: Bus) -> None:
        """Join the bus: hear, relay, do jobs. `bus.start()` comes after all have joined, `go` after that."""
        await self.prepare_parts()
        self.bus = bus
        bus.subscribe(self.consumer)

    def go(self) -> None:
        """Begin to publish and to do jobs."""
        assert self.bus is not None
        bell = Bell(self.database, self.service.name, self._wake_relay) if self.settings.has_replicas else None
        self._relay = Relay(
            self.database,
            self.tables,
            self.bus,
            self.clock,
            self.metrics,
            poll_s=self.settings.relay_poll_s,
            lease_s=self.settings.relay_lease_s,
            bell=bell,
        )
        self._tasks = [asyncio.create_task(self._relay.run(), name=f"{self.service.name}:relay")]
        if bell is not None:
            self._tasks.append(asyncio.create_task(bell.run(), name=f"{self.service.name}:bell"))
        self._tasks += [
            asyncio.create_task(loop.forever(), name=f"{self.service.name}:{name}")
            for name, loop in self._loops.items()
        ]

    async def halt(self) -> None:
        """Stop relay and jobs; what they had in hand stays claimed and is taken up again at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def close(self) -> None:
        """Give everything back, after the bus has stopped."""
        closing: Callable[[], Any] | None = getattr(self._parts, "close", None)
        if closing is not None:
            await closing()
        await self.database.close()


async def _retry_deferred(run: Run[Any]) -> bool:
    return await run.consumer.retry_deferred()


async def _measure(run: Run[Any]) -> None:
    if run.bus is not None:
        run.metrics.bus_up.set(run.bus.ready)
        for queue, count in (await run.bus.waiting()).items():
            run.metrics.queue_messages.labels(queue).set(count)
    async with run.begin() as tx:
        await outbox.measure(tx.session, run.tables, run.metrics, tx.now)


async def _forget_inbox(run: Run[Any]) -> bool:
    async with run.begin() as tx:
        keep = timedelta(days=run.settings.inbox_keep_days)
        return await inbox.forget(tx.session, run.tables, tx.now, keep, limit=1_000) == 1_000


_OWN_JOBS = (
    Job("retry_deferred", _retry_deferred, every=timedelta(seconds=1)),
    Job("measure", _measure, every=timedelta(seconds=5)),
    Job("forget_inbox", _forget_inbox, every=timedelta(hours=1)),
)
