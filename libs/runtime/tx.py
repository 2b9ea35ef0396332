"""The unit of work handlers, jobs and routes are given."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.envelope import Event

from . import trace
from .db import write_appended
from .ids import uuid7

P = TypeVar("P")
E = TypeVar("E", bound=Event)


_SAVEPOINT: Final = text("SAVEPOINT piece")


class Undeclared(Exception):
    """A service tried to say an event it is not the speaker of."""


class Tx(Generic[P]):
    """One open transaction: what is written, emitted and woken in it happens together or not at all."""

    def __init__(self, session: AsyncSession, now: datetime, parts: P, may_say: Collection[str]) -> None:
        self.session = session
        self.now = now
        self.parts = parts
        self._may_say = may_say
        self._emitted: list[Event] = []
        self._woken: set[str] = set()
        self._driver: Any = None

    def emit(self, event: E) -> E:
        """Say an event: its row joins this transaction, the relay sends it after the commit.

        Raises:
            Undeclared: this service is not the event's speaker.
        """
        if event.name not in self._may_say:
            raise Undeclared(f"{event.name} is not among the events this service says; see the catalogue")
        said = event.said(uuid7(), self.now, trace.current())
        self._emitted.append(said)
        return said

    def wake(self, job: str) -> None:
        """Run a job of this service as soon as this transaction is committed."""
        self._woken.add(job)

    @asynccontextmanager
    async def piece(self) -> "AsyncIterator[Tx[P]]":
        """A part that is undone alone when it fails; what it emits and wakes joins the whole when it ends well."""
        part = Tx(self.session, self.now, self.parts, self._may_say)
        driver = self._driver or await self._set_savepoint()
        try:
            yield part
            await write_appended(self.session)
        except BaseException:
            self.session.info.clear()  # what was to be written, and what was read ahead
            await driver.execute("ROLLBACK TO SAVEPOINT piece")
            raise
        # One trip to the database: what was good is kept, and the next piece has its savepoint.
        await driver.execute("RELEASE SAVEPOINT piece; SAVEPOINT piece")
        self._emitted += part._emitted
        self._woken |= part._woken

    async def _set_savepoint(self) -> Any:
        # The first begins the transaction the usual way. SQLAlchemy's own nesting cost more than most handlers do.
        await self.session.execute(_SAVEPOINT)
        connection = await self.session.connection()
        self._driver = (await connection.get_raw_connection()).driver_connection
        return self._driver

    @property
    def emitted(self) -> tuple[Event, ...]:
        """What was said in this transaction so far, in order."""
        return tuple(self._emitted)

    @property
    def woken(self) -> frozenset[str]:
        """The jobs to run after the commit."""
        return frozenset(self._woken)
