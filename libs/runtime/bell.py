"""A bell between the processes of one service: who commits rings it, who leads the relay hears it."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import text

from .db import Database, is_busy
from .log import get_logger

log = get_logger()

_RINGS_AT_MOST_EVERY_S: Final = 0.05
"""NOTIFY takes a lock of the whole server at commit: in every transaction it was measured to cut commits to a third."""
_LISTEN_AGAIN_S: Final = 5.0


class Bell:
    """NOTIFY in a transaction of its own, LISTEN on a connection of its own. The relay's poll stands behind it."""

    def __init__(self, database: Database, schema: str, rung: Callable[[], None]) -> None:
        self._database = database
        self._channel = f"{schema}_outbox"
        self._rung = rung
        self._due = asyncio.Event()

    def ring(self) -> None:
        """There is something new for whoever leads."""
        self._due.set()

    async def run(self) -> None:
        """Ring when asked to, listen all the time; until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ring_when_due())
            tasks.create_task(self._listen())

    async def _ring_when_due(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                async with self._database.session() as session:
                    await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": self._channel})
            except Exception as error:
                if not is_busy(error):
                    log.exception("bell_failed")
            await asyncio.sleep(_RINGS_AT_MOST_EVERY_S)

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_while_connected()
            except Exception as error:
                if not is_busy(error):
                    log.exception("bell_failed")
            await asyncio.sleep(_LISTEN_AGAIN_S)

    async def _listen_while_connected(self) -> None:
        connection = await self._database.connect_alone()
        ended = asyncio.Event()

        def heard(*_: Any) -> None:
            self._rung()

        connection.add_termination_listener(lambda _: ended.set())
        try:
            await connection.add_listener(self._channel, heard)
            await ended.wait()
        finally:
            connection.terminate()
