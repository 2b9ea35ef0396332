"""routing at work on a real database: what it hears, what it says, and who comes to its desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select

from libs.contracts import Event, said_by
from libs.contracts.events import Classified, Confidence, FeedbackReceived, MatterScore
from libs.contracts.vocabulary import Channel, Disposition, FeedbackId, Kind, MatterCode, SenderId
from libs.runtime.bus import Delivery
from libs.runtime.ids import uuid7
from libs.runtime.run import Run
from libs.runtime.tables import runtime_tables
from services.routing import tables as t
from services.routing.account import add_officer, add_token
from services.routing.domain.permission import Role
from services.routing.parts import RoutingParts
from tests.support.clock import FixedClock

LANG: Final = "HN-CN00199"
OFFICE: Final = "HN-VPUB"
HOME_AFFAIRS: Final = "HN-SNV25"
WORDS: Final = "Tôi nộp giấy khai sinh cho con ở phường Láng đã ba tuần mà chưa được trả."
_OURS: Final = {event.name: event for event in said_by("routing")}
_RUNTIME: Final = runtime_tables(t.metadata)

E = TypeVar("E", bound=Event)


@dataclass
class City:
    """One running routing."""

    run: Run[RoutingParts]
    clock: FixedClock
    http: httpx.AsyncClient

    async def hear(self, event: Event, *, at: datetime | None = None) -> Event:
        """Hear one event as the bus would hand it over; it must have been handled, not put aside."""
        said = event.said(uuid4(), at or self.clock.now(), None)
        await self.hear_again(said)
        return said

    async def hear_again(self, said: Event) -> None:
        await self.run.consumer.hear([Delivery(said.name, said.to_bytes())])
        async with self.run.begin() as tx:
            put_aside = (await tx.session.execute(select(_RUNTIME.deferred_events.c.reason))).scalars().all()
        assert put_aside == []

    async def said(self, feedback_id: UUID | None = None) -> list[Any]:
        """The events waiting to leave, in order."""
        outbox = _RUNTIME.outbox
        async with self.run.begin() as tx:
            rows = await tx.session.execute(select(outbox.c.name, outbox.c.body).order_by(outbox.c.id))
        events = [_OURS[name].from_bytes(body) for name, body in rows]
        return [event for event in events if feedback_id in (None, event.feedback_id)]

    async def rows(self, table: Any, feedback_id: UUID) -> Sequence[Any]:
        """What one table holds of a feedback."""
        async with self.run.begin() as tx:
            found = await tx.session.execute(select(table).where(table.c.feedback_id == feedback_id))
        return found.mappings().all()

    async def case(self, feedback_id: UUID) -> Any:
        """The case of a feedback."""
        (row,) = await self.rows(t.cases, feedback_id)
        return row

    async def head_at(self, agency_id: str) -> None:
        """Give an agency an active head."""
        await self.officer(agency_id, Role.HEAD)

    async def officer(self, agency_id: str, *roles: Role) -> UUID:
        async with self.run.begin() as tx:
            return await add_officer(f"mau-{uuid4().hex}", "Lê Thị Mẫu", "mat-khau-vi-du", agency_id, roles, tx)

    async def system(self, agency_id: str, *roles: Role) -> "System":
        """Let an agency's system in."""
        async with self.run.begin() as tx:
            made = await add_token("hệ thống mẫu", agency_id, roles, tx)
        return System(self, made.id, {"Authorization": f"Bearer {made.token}"})

    async def opened(self, **classified: Any) -> UUID:
        """A case that was received and classified."""
        feedback_id = uuid7()
        await self.hear(received(feedback_id))
        await self.hear(classification(feedback_id, **classified))
        return feedback_id

    async def with_lang(self) -> UUID:
        """A case the machine gave to the ward Láng."""
        return await self.opened()


@dataclass
class System:
    """A caller of the API."""

    city: City
    id: UUID
    headers: dict[str, str]

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.city.http.get(f"/api/v1{path}", headers=self.headers, params=params)

    async def do(
        self, feedback_id: UUID, action: str, body: Any = None, *, version: int | None = None, key: str | None = None
    ) -> httpx.Response:
        """Act on a case as it stands now, unless another version is said."""
        if version is None:
            version = (await self.city.case(feedback_id))["version"]
        headers = {**self.headers, "If-Match": f'"{version}"', **({"Idempotency-Key": key} if key else {})}
        return await self.city.http.post(f"/api/v1/cases/{feedback_id}:{action}", headers=headers, json=body)


def received(feedback_id: UUID, **known: Any) -> FeedbackReceived:
    """A feedback somebody sent from Láng, unless said otherwise."""
    given: dict[str, Any] = {
        "sender_id": SenderId(uuid7()),
        "code": f"HN-PA-261123-{feedback_id.int % 100_000:05d}-{uuid4().hex[:6]}",
        "channel": Channel.ZALO,
        "received_at": datetime.fromisoformat("2026-11-23T09:00+07:00"),
        "text": WORDS,
        "place_id": LANG,
    }
    return FeedbackReceived(feedback_id=FeedbackId(feedback_id), **{**given, **known})


def classification(feedback_id: UUID, **known: Any) -> Classified:
    """A birth certificate that is late, without doubt, unless said otherwise."""
    given: dict[str, Any] = {
        "disposition": Disposition.IN_SCOPE,
        "kind": Kind.PROCEDURE_DIFFICULTY,
        "matters": (MatterScore(matter=MatterCode("HT01"), score=0.9),),
        "confidence": Confidence(disposition=0.9),
        "model_version": "test",
    }
    return Classified(feedback_id=FeedbackId(feedback_id), **{**given, **known})


MINUTE: Final = timedelta(minutes=1)
