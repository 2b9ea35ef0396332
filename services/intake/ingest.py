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


_Waiting: TypeAlias = "tuple[Arrival, asyncio.Future[Kept]]"


class Ingest:
    """The front door's one writer."""

    def __init__(self, store_all: StoreAll, limits: IngestLimits, count_commit: Callable[[], None]) -> None:
        self._store_all = store_all
        self._limits = limits
        self._count_commit = count_commit
        self._waiting: deque[_Waiting] = deque()
        self._writer: asyncio.Task[None] | None = None

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
        # Done early when the request goes away or its time is up: the writer passes over it, or stores it for nobody.
        settled: asyncio.Future[Kept] = loop.create_future()
        self._waiting.append((arrival, settled))
        if self._writer is None:
            self._writer = loop.create_task(self._write(), name="ingest")
        in_time = loop.call_later(self._limits.within_s, _give_up, settled)
        try:
            return await settled
        finally:
            in_time.cancel()

    async def _write(self) -> None:
        try:
            while self._waiting:
                group = self._next_group()
                if group:
                    await self._store(group)
                if self._limits.linger_s and 0 < len(self._waiting) < self._limits.at_most:
                    await asyncio.sleep(self._limits.linger_s)
        finally:
            self._writer = None

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        while self._waiting and len(group) < self._limits.at_most:
            waiting = self._waiting.popleft()
            if not waiting[1].done():
                group.append(waiting)
        return group

    async def _store(self, group: list[_Waiting]) -> None:
        try:
            stored = await self._commit([arrival for arrival, _ in group])
        except Exception as error:
            if len(group) == 1 or (is_busy(error) and sqlstate(error) != _LOCKED):
                self._refuse(group, error)
            else:
                log.warning("ingest_group_failed", events=len(group), exc_info=error)
                await self._one_by_one(group)
            return
        for arrival, settled in group:
            _settle(settled, arrival.event_id in stored)

    async def _one_by_one(self, group: list[_Waiting]) -> None:
        """The group failed, so at least one of them is at fault: it alone must pay for it."""
        for waiting in group:
            arrival, settled = waiting
            try:
                stored = await self._commit([arrival])
            except Exception as error:
                self._refuse([waiting], error)
            else:
                _settle(settled, arrival.event_id in stored)

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

    def _refuse(self, group: list[_Waiting], error: Exception) -> None:
        log.warning("ingest_failed", events=len(group), exc_info=error)
        for _, settled in group:
            _give_up(settled)


def _outcome(is_new: bool) -> Kept:
    return Kept.STORED if is_new else Kept.REPEATED


def _settle(settled: "asyncio.Future[Kept]", is_new: bool) -> None:
    if not settled.done():
        settled.set_result(_outcome(is_new))


def _give_up(settled: "asyncio.Future[Kept]") -> None:
    if not settled.done():
        settled.set_exception(Busy())
