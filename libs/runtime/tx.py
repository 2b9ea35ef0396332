"""The unit of work handlers, jobs and routes are given."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.envelope import Event

from . import trace
from .ids import uuid7

P = TypeVar("P")
E = TypeVar("E", bound=Event)


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
        async with self.session.begin_nested():
            yield part
        self._emitted += part._emitted
        self._woken |= part._woken

    @property
    def emitted(self) -> tuple[Event, ...]:
        """What was said in this transaction so far, in order."""
        return tuple(self._emitted)

    @property
    def woken(self) -> frozenset[str]:
        """The jobs to run after the commit."""
        return frozenset(self._woken)
