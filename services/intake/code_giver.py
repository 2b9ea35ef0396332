"""Gives out public codes without making filings wait for one another."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, tzinfo
from typing import Any, Final

from libs.runtime.tx import Tx

from .domain.code import local_day, make_code
from .store import CodeStore

BLOCK: Final = 20
"""Numbers taken at once. Those a process still holds when it stops are never used: codes have gaps anyway."""


class CodeGiver:
    """One per process. Ask for a code before the transaction that files: it opens a short one of its own."""

    def __init__(
        self, begin: Callable[[], AbstractAsyncContextManager[Tx[Any]]], prefix: str, zone: tzinfo, key: bytes
    ) -> None:
        self._begin = begin
        self._prefix = prefix
        self._zone = zone
        self._key = key
        self._lock = asyncio.Lock()
        self._asked_for: date | None = None
        self._day: date | None = None
        self._numbers = iter(range(0))

    async def next(self, now: datetime) -> str:
        """A code nobody has had."""
        today = local_day(now, self._zone)
        async with self._lock:
            number = next(self._numbers, None) if self._asked_for == today else None
            if number is None:
                number = await self._take(today)
            assert self._day is not None
            return make_code(self._prefix, self._day, number, self._key)

    async def _take(self, today: date) -> int:
        async with self._begin() as tx:
            day, numbers = await CodeStore(tx.session).take(today, BLOCK)
        self._asked_for, self._day, self._numbers = today, day, iter(numbers)
        return next(self._numbers)
