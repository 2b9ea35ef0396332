"""All services in one process: a queue per service, bytes only, nothing kept that the outbox does not keep."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from libs.runtime.log import get_logger

from . import BATCH_AT_MOST, Delivery, Hearer, NobodyHears

log = get_logger()

QUEUE_LENGTH: Final = 1_000
"""Deliveries a service may have waiting; beyond it the relay waits too, and the rest stays in the outbox."""
_PAUSES_S: Final = (0.1, 0.5, 1.0, 2.0, 5.0)


@dataclass(slots=True)
class _Passage:
    """One published event on its way to all its hearers."""

    delivery: Delivery
    left: int
    when_safe: Callable[[], Awaitable[None]]

    async def arrived(self) -> None:
        """One hearer has it; after the last, the event is safe."""
        self.left -= 1
        if self.left == 0:
            await self.when_safe()


class MemoryBus:
    """A part of the product, not a stand-in for tests: it drives the embedded city."""

    def __init__(self) -> None:
        self._hearers: list[Hearer] = []
        self._queues: dict[str, asyncio.Queue[_Passage]] = {}
        self._workers: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._stuck: set[str] = set()

    def subscribe(self, hearer: Hearer) -> None:
        """Deliver to a service."""
        self._hearers.append(hearer)
        self._queues[hearer.name] = asyncio.Queue(QUEUE_LENGTH)

    async def start(self) -> None:
        """One worker per service."""
        self._stopping.clear()
        self._workers = [
            asyncio.create_task(self._deliver(hearer), name=f"bus:{hearer.name}") for hearer in self._hearers
        ]

    async def publish(self, name: str, body: bytes, when_safe: Callable[[], Awaitable[None]]) -> None:
        """Queue the event at every service that hears it."""
        queues = [self._queues[hearer.name] for hearer in self._hearers if name in hearer.hears]
        if not queues:
            raise NobodyHears(name)
        passage = _Passage(Delivery(name, body), len(queues), when_safe)
        for queue in queues:
            await queue.put(passage)

    async def stop(self) -> None:
        """Let each worker finish the events in its hands."""
        self._stopping.set()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._workers = []

    @property
    def ready(self) -> bool:
        """True while every service takes its events."""
        return bool(self._workers) and not self._stuck

    async def waiting(self) -> Mapping[str, int]:
        """How many deliveries wait, by service."""
        return {name: queue.qsize() for name, queue in self._queues.items()}

    async def _deliver(self, hearer: Hearer) -> None:
        queue = self._queues[hearer.name]
        while not self._stopping.is_set():
            passages = [await queue.get()]
            while len(passages) < BATCH_AT_MOST and not queue.empty():
                passages.append(queue.get_nowait())
            # Shielded: a stop lets the events in hand be committed instead of rolling them back.
            handling = asyncio.ensure_future(self._hear_until_recorded(hearer, passages))
            try:
                await asyncio.shield(handling)
            except asyncio.CancelledError:
                await asyncio.wait([handling], timeout=10)
                raise

    async def _hear_until_recorded(self, hearer: Hearer, passages: Sequence[_Passage]) -> None:
        tries = 0
        while True:
            try:
                await hearer.hear([passage.delivery for passage in passages])
            except Exception:
                # Neither handled nor put aside: the database is away. Consumption pauses, nothing is skipped.
                pause = _PAUSES_S[min(tries, len(_PAUSES_S) - 1)]
                tries += 1
                self._stuck.add(hearer.name)
                log.warning("hearing_paused", service=hearer.name, events=len(passages), pause_s=pause, exc_info=True)
                if self._stopping.is_set():
                    return
                await asyncio.sleep(pause)
            else:
                self._stuck.discard(hearer.name)
                for passage in passages:
                    await passage.arrived()
                return
