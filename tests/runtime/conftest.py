"""Two toy services on each kind of bus there is: every test of tests/runtime/bus runs on all of them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from libs.runtime.bus import Bus
from libs.runtime.bus.memory import MemoryBus
from libs.runtime.bus.rabbit import RabbitBus
from libs.runtime.bus.topology import Topology, declare
from libs.runtime.run import Run
from tests.runtime.hotel import KITCHEN_DONE, RECEPTION_DONE, Booked, Cleaned, Trouble, kitchen, reception
from tests.support.clock import FixedClock
from tests.support.service import Runs, eventually

NOON: Final = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
HOTEL: Final = Topology("hotel.events", {"kitchen": (Booked.name,), "reception": (Cleaned.name,)})


class Buses:
    """What carries the hotel's events: one bus in memory for both services, or a link to the broker for each."""

    def __init__(self, kind: str, url: str | None) -> None:
        self.kind = kind
        self._url = url
        self._buses: dict[str, Bus] = {}

    def of(self, run: Run[Any]) -> Bus:
        """The bus a service joins."""
        if self._url is None:
            return self._buses.setdefault("all", MemoryBus())
        name = run.service.name
        says = frozenset(event.name for event in run.service.emits)
        return self._buses.setdefault(name, RabbitBus(self._url, HOTEL, name, says))

    async def start(self) -> None:
        """Begin to deliver."""
        for bus in self._buses.values():
            await bus.start()

        async def ready() -> bool:
            return all(bus.ready for bus in self._buses.values())

        await eventually(ready)

    async def stop(self) -> None:
        """Stop as a process does when asked to."""
        for bus in self._buses.values():
            await bus.stop()


@pytest.fixture(params=["memory", "rabbitmq"])
async def new_buses(request: pytest.FixtureRequest) -> Callable[[], Buses]:
    """Makes what a process joins at its start: of each kind, the broker's on a virtual host of the test's own."""
    if request.param == "memory":
        return lambda: Buses("memory", None)
    url = request.getfixturevalue("new_vhost")()
    await declare(url, HOTEL)
    return lambda: Buses("rabbitmq", url)


_FIRST_TIME: Final = ("handled", "deferred", "rejected", "unreadable")
"""What becomes of an event that was not heard before."""


@dataclass
class Hotel:
    """Both services at work."""

    reception: Run[Any]
    kitchen: Run[Any]
    buses: Buses
    trouble: Trouble
    clock: FixedClock

    async def book(self, room: str = "101", key: UUID | None = None) -> Booked:
        """Say one event."""
        async with self.reception.begin() as tx:
            return tx.emit(Booked(key=key or uuid4(), room=room))

    async def done_in_kitchen(self) -> list[UUID]:
        """Keys the kitchen has written down, in order."""
        async with self.kitchen.begin() as tx:
            return list(await tx.session.scalars(select(KITCHEN_DONE.c.key).order_by(KITCHEN_DONE.c.id)))

    async def rooms_in_kitchen(self, key: UUID) -> list[str]:
        """The rooms of one key the kitchen has written down, in order."""
        async with self.kitchen.begin() as tx:
            return list(
                await tx.session.scalars(
                    select(KITCHEN_DONE.c.room).where(KITCHEN_DONE.c.key == key).order_by(KITCHEN_DONE.c.id)
                )
            )

    async def done_at_reception(self) -> list[UUID]:
        """Keys that came back to reception, in order."""
        async with self.reception.begin() as tx:
            return list(await tx.session.scalars(select(RECEPTION_DONE.c.key).order_by(RECEPTION_DONE.c.id)))

    async def unsent(self) -> int:
        """Rows left in both outboxes."""
        left = 0
        for run in (self.reception, self.kitchen):
            async with run.begin() as tx:
                left += await tx.session.scalar(select(func.count()).select_from(run.tables.outbox)) or 0
        return left

    async def put_aside(self) -> list[Any]:
        """The kitchen's deferred events."""
        async with self.kitchen.begin() as tx:
            return list(await tx.session.execute(select(self.kitchen.tables.deferred_events)))

    async def settled(self) -> None:
        """Wait until nothing is on its way."""

        async def nothing_left() -> bool:
            return await self.unsent() == 0 and not self._on_its_way()

        await eventually(nothing_left)

    def _on_its_way(self) -> bool:
        for event, speaker, hearer in (
            (Booked, self.reception, self.kitchen),
            (Cleaned, self.kitchen, self.reception),
        ):
            said = speaker.metrics.said.labels(event.name)._value.get()
            heard = sum(hearer.metrics.events.labels(event.name, outcome)._value.get() for outcome in _FIRST_TIME)
            if heard < said:
                return True
        return False

    async def stop(self) -> None:
        """Stop as a process does when asked to."""
        for run in (self.reception, self.kitchen):
            await run.halt()
        await self.buses.stop()


async def open_hotel(
    runs: Runs, buses: Buses, trouble: Trouble | None = None, clock: FixedClock | None = None, **settings: Any
) -> Hotel:
    """Start both services on a bus, as a new process would."""
    trouble, clock = trouble or Trouble(), clock or FixedClock(NOON)
    quick = {"relay_poll_s": 0.1, "relay_lease_s": 1.0} | settings
    front = await runs(reception(), toy=True, clock=clock, **quick)
    back = await runs(kitchen(trouble), toy=True, clock=clock, **quick)
    hotel = Hotel(front, back, buses, trouble, clock)
    for run in (front, back):
        await run.start(buses.of(run))
    await buses.start()
    for run in (front, back):
        run.go()
    return hotel


@pytest.fixture
async def hotel(runs: Runs, new_buses: Callable[[], Buses]) -> AsyncIterator[Hotel]:
    """Both services at work."""
    opened = await open_hotel(runs, new_buses())
    try:
        yield opened
    finally:
        await opened.stop()
