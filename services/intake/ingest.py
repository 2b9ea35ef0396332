"""Many events, one commit. Requests hand their event over and wait; one writer stores all that wait, together.

A lone event is stored at once. While a commit is under way others gather, and the next commit takes them all: the
busier it is, the more share a commit, so that a burst costs the database little more than a trickle.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias
from uuid import UUID

from libs.runtime.db import is_busy, sqlstate
from libs.runtime.log import get_logger

from .store import Arrival

log = get_logger()

StoreAll: TypeAlias = Callable[[Sequence[Arrival]], Awaitable[set[UUID]]]
"""Stores events in one transaction and tells which were new."""

_LOCKED = "55P03"


class Kept(Enum):
    """What became of an event that was handed over. Both mean: it is safe on disk."""

    STORED = "stored"
    REPEATED = "repeated"


class Busy(Exception):
    """The event could not be stored in time; whoever sent it sends it again."""


@dataclass(frozen=True, slots=True)
class IngestLimits:
    """How long and how many."""

    within_s: float
    """How long a request waits."""
    commit_within_s: float
    """How long a commit may take before its connection is given up: the network may have swallowed it."""
    grouped: bool
    at_most: int
    linger_s: float
    waiting_at_most: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    arrival: Arrival
    settled: "asyncio.Future[Kept]"
    """Done early when the request goes away or its time is up: the writer passes over it, or stores it for nobody."""
    until: float
    """By the event loop's clock."""


class Ingest:
    """The front door's one writer."""

    def __init__(self, store_all: StoreAll, limits: IngestLimits, count_commit: Callable[[], None]) -> None:
        self._store_all = store_all
        self._limits = limits
        self._count_commit = count_commit
        self._waiting: deque[_Waiting] = deque()
        self._in_hand: Sequence[_Waiting] = ()
        self._writer: asyncio.Task[None] | None = None
        self._impatience: asyncio.TimerHandle | None = None

    async def keep(self, arrival: Arrival) -> Kept:
        """Store one event and tell whether it is new. When this returns, the event has been committed.

        Raises:
            Busy: not in time. It may still be stored: sent again, it will be a repetition.
        """
        if not self._limits.grouped:
            return await self._alone(arrival)
        if len(self._waiting) >= self._limits.waiting_at_most:
            raise Busy
        loop = asyncio.get_running_loop()
        waiting = _Waiting(arrival, loop.create_future(), loop.time() + self._limits.within_s)
        self._waiting.append(waiting)
        if self._writer is None:
            self._writer = loop.create_task(self._write(), name="ingest")
        if self._impatience is None:
            self._impatience = loop.call_at(waiting.until, self._give_up_late_ones)
        return await waiting.settled

    def _give_up_late_ones(self) -> None:
        """Answer those whose time is up. All wait equally long, so one timer, for the oldest, serves them all."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        unanswered = [waiting for waiting in (*self._in_hand, *self._waiting) if not waiting.settled.done()]
        for waiting in unanswered:
            if waiting.until <= now:
                _give_up(waiting.settled)
        following = next((waiting.until for waiting in unanswered if waiting.until > now), None)
        self._impatience = None if following is None else loop.call_at(following, self._give_up_late_ones)

    async def _write(self) -> None:
        try:
            while self._waiting:
                self._in_hand = self._next_group()
                if self._in_hand:
                    await self._store(self._in_hand)
                if self._limits.linger_s and 0 < len(self._waiting) < self._limits.at_most:
                    await asyncio.sleep(self._limits.linger_s)
        finally:
            for waiting in self._in_hand:
                _give_up(waiting.settled)  # none is left unless the writer itself was stopped
            self._in_hand = ()
            self._writer = None

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        while self._waiting and len(group) < self._limits.at_most:
            waiting = self._waiting.popleft()
            if not waiting.settled.done():
                group.append(waiting)
        return group

    async def _store(self, group: Sequence[_Waiting]) -> None:
        try:
            stored = await self._commit([waiting.arrival for waiting in group])
        except Exception as error:
            if len(group) == 1 or (is_busy(error) and sqlstate(error) != _LOCKED):
                self._refuse(group, error)
            else:
                log.warning("ingest_group_failed", events=len(group), exc_info=error)
                await self._one_by_one(group)
            return
        for waiting in group:
            _settle(waiting.settled, waiting.arrival.event_id in stored)

    async def _one_by_one(self, group: Sequence[_Waiting]) -> None:
        """The group failed, so at least one of them is at fault: it alone must pay for it."""
        for waiting in group:
            try:
                stored = await self._commit([waiting.arrival])
            except Exception as error:
                self._refuse([waiting], error)
            else:
                _settle(waiting.settled, waiting.arrival.event_id in stored)

    async def _alone(self, arrival: Arrival) -> Kept:
        try:
            async with asyncio.timeout(self._limits.within_s):
                return _outcome(arrival.event_id in await self._commit([arrival]))
        except Exception as error:
            log.warning("ingest_failed", events=1, exc_info=error)
            raise Busy from error

    async def _commit(self, arrivals: Sequence[Arrival]) -> set[UUID]:
        async with asyncio.timeout(self._limits.commit_within_s):
            stored = await self._store_all(arrivals)
        self._count_commit()
        return stored

    def _refuse(self, group: Sequence[_Waiting], error: Exception) -> None:
        log.warning("ingest_failed", events=len(group), exc_info=error)
        for waiting in group:
            _give_up(waiting.settled)


def _outcome(is_new: bool) -> Kept:
    return Kept.STORED if is_new else Kept.REPEATED


def _settle(settled: "asyncio.Future[Kept]", is_new: bool) -> None:
    if not settled.done():
        settled.set_result(_outcome(is_new))


def _give_up(settled: "asyncio.Future[Kept]") -> None:
    if not settled.done():
        settled.set_exception(Busy())
