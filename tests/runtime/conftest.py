"""Two toy services on a bus. A second bus joins by adding it to `BUSES`: every test below runs on each."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from libs.runtime.bus import Bus
from libs.runtime.bus.memory import MemoryBus
from libs.runtime.clock import FixedClock
from libs.runtime.run import Run
from tests.runtime.hotel import KITCHEN_DONE, RECEPTION_DONE, Booked, Trouble, kitchen, reception
from tests.support.service import Runs, eventually

BUSES: Final[dict[str, Callable[[], Bus]]] = {"memory": MemoryBus}
NOON: Final = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.fixture(params=BUSES)
def new_bus(request: pytest.FixtureRequest) -> Callable[[], Bus]:
    """Makes a bus of each kind."""
    return BUSES[request.param]


@dataclass
class Hotel:
    """Both services at work."""

    reception: Run[Any]
    kitchen: Run[Any]
    bus: Bus
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
            return await self.unsent() == 0

        await eventually(nothing_left)

    async def stop(self) -> None:
        """Stop as a process does when asked to."""
        for run in (self.reception, self.kitchen):
            await run.halt()
        await self.bus.stop()


async def open_hotel(runs: Runs, bus: Bus, trouble: Trouble | None = None, clock: FixedClock | None = None) -> Hotel:
    """Start both services on a bus, as a new process would."""
    trouble, clock = trouble or Trouble(), clock or FixedClock(NOON)
    front = await runs(reception(), toy=True, clock=clock, relay_poll_s=0.1, relay_lease_s=1.0)
    back = await runs(kitchen(trouble), toy=True, clock=clock, relay_poll_s=0.1, relay_lease_s=1.0)
    hotel = Hotel(front, back, bus, trouble, clock)
    for run in (front, back):
        await run.start(bus)
    await bus.start()
    for run in (front, back):
        run.go()
    return hotel


@pytest.fixture
async def hotel(runs: Runs, new_bus: Callable[[], Bus]) -> AsyncIterator[Hotel]:
    """Both services at work on one bus."""
    opened = await open_hotel(runs, new_bus())
    try:
        yield opened
    finally:
        await opened.stop()
