"""A toy service for the runtime's tests: a hotel, since the runtime knows nothing of our field."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, MetaData, Table, Text, Uuid, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.contracts.envelope import Event
from libs.runtime.bus import Reject, Subscriptions
from libs.runtime.service import Service
from libs.runtime.settings import RuntimeSettings
from libs.runtime.tables import NAMING, runtime_tables
from libs.runtime.tx import Tx


class Booked(Event):
    """A room was booked."""

    name = "hotel.booked.v1"
    room: str


class Cleaned(Event):
    """A room was cleaned for a booking."""

    name = "hotel.cleaned.v1"
    room: str


def metadata_of(schema: str) -> tuple[MetaData, Table]:
    """The tables of one toy service: the runtime's, and a list of what was done."""
    metadata = MetaData(schema=schema, naming_convention=NAMING)
    runtime_tables(metadata)
    done = Table(
        "done",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        Column("event_id", Uuid, nullable=False),
        Column("key", Uuid, nullable=False),
        Column("room", Text, nullable=False),
    )
    return metadata, done


class Trouble:
    """What the kitchen does to its events; tests turn the knobs."""

    def __init__(self) -> None:
        self.fail_times: dict[UUID, int] = {}
        self.reject: set[UUID] = set()
        self.tried: list[UUID] = []

    def meet(self, key: UUID) -> None:
        """Fail as told."""
        self.tried.append(key)
        if key in self.reject:
            raise Reject("no such room")
        if self.fail_times.get(key, 0) > 0:
            self.fail_times[key] -= 1
            raise RuntimeError("the kitchen is on fire")


RECEPTION_METADATA, RECEPTION_DONE = metadata_of("reception")
KITCHEN_METADATA, KITCHEN_DONE = metadata_of("kitchen")


def reception() -> Service:
    """Says Booked, hears Cleaned."""
    heard = Subscriptions("reception")

    @heard.on(Cleaned)
    async def on_cleaned(event: Cleaned, tx: Tx[Any]) -> None:
        await tx.session.execute(insert(RECEPTION_DONE).values(event_id=event.event_id, key=event.key, room=event.room))

    return Service("reception", "toy", RuntimeSettings, RECEPTION_METADATA, heard, emits=(Booked,))


def kitchen(trouble: Trouble) -> Service:
    """Hears Booked, writes it down, says Cleaned."""
    heard = Subscriptions("kitchen")

    @heard.on(Booked)
    async def on_booked(event: Booked, tx: Tx[Any]) -> None:
        await tx.session.execute(upsert(KITCHEN_DONE).values(event_id=event.event_id, key=event.key, room=event.room))
        trouble.meet(event.key)
        tx.emit(Cleaned(key=event.key, room=event.room))

    return Service("kitchen", "toy", RuntimeSettings, KITCHEN_METADATA, heard, emits=(Cleaned,))


class TakesAll:
    """A bus that has everything at once."""

    def __init__(self) -> None:
        self.taken = 0

    def subscribe(self, _hearer: Any) -> None:
        return None

    async def waiting(self) -> dict[str, int]:
        return {}

    ready = True

    async def publish(self, _name: str, _body: bytes, when_safe: Callable[[], Awaitable[None]]) -> None:
        self.taken += 1
        await when_safe()
