"""triage at work, as the tests speak to it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
from sqlalchemy import Table, select

from libs.contracts.envelope import Event
from libs.contracts.events import ClassificationCorrected, Classified, FeedbackReceived, FeedbackSupplemented
from libs.contracts.vocabulary import Channel, Disposition, FeedbackId, PlaceId, SenderId, SupplementReason
from libs.runtime.bus import Delivery
from libs.runtime.ids import uuid7
from libs.runtime.run import Run
from services.triage.app import SERVICE
from services.triage.parts import TriageParts
from tests.support.clock import FixedClock

Said = TypeVar("Said", bound=Event)
OUTBOX = SERVICE.metadata.tables["triage.outbox"]
BIRTH = "phường Láng bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh cho con em"
LANG = PlaceId("HN-CN00199")
OFFICER = UUID("0193a1b2-c3d4-7f01-8a00-0000000000f1")


@dataclass
class Desk:
    """One triage, with a citizen who writes to it."""

    run: Run[TriageParts]
    clock: FixedClock
    http: httpx.AsyncClient
    feedback_id: FeedbackId = field(default_factory=lambda: FeedbackId(uuid4()))
    sender_id: SenderId = field(default_factory=lambda: SenderId(uuid4()))

    def received(self, text: str, **known: Any) -> FeedbackReceived:
        """What intake says when a citizen confirmed a feedback."""
        event = FeedbackReceived(
            feedback_id=self.feedback_id,
            sender_id=self.sender_id,
            code="HN-PA-261123-48213-K",
            channel=Channel.ZALO,
            received_at=self.clock.now(),
            text=text,
            **known,
        )
        return self._said(event)

    def supplemented(
        self, text: str, reason: SupplementReason = SupplementReason.CITIZEN, at: datetime | None = None
    ) -> FeedbackSupplemented:
        """What intake says when something was added to it."""
        event = FeedbackSupplemented(feedback_id=self.feedback_id, sender_id=self.sender_id, reason=reason, text=text)
        return self._said(event, at)

    def corrected(
        self, disposition: Disposition, at: datetime | None = None, **decided: Any
    ) -> ClassificationCorrected:
        """What routing says when an officer decided what it is about."""
        event = ClassificationCorrected(
            feedback_id=self.feedback_id, disposition=disposition, officer_id=OFFICER, **decided
        )
        return self._said(event, at)

    def another(self) -> "Desk":
        """The same triage, with another feedback."""
        return replace(self, feedback_id=FeedbackId(uuid7()))

    def _said(self, event: Said, at: datetime | None = None) -> Said:
        return event.said(uuid4(), at or self.clock.now(), None)

    async def hear(self, *events: Event) -> None:
        """Deliver events, in this order."""
        for event in events:
            await self.run.consumer.hear([Delivery(event.name, event.to_bytes())])

    async def said(self) -> list[Classified]:
        """Everything triage has said, in order."""
        async with self.run.begin() as tx:
            rows = await tx.session.execute(select(OUTBOX.c.body).order_by(OUTBOX.c.id))
            return [Classified.from_bytes(row.body) for row in rows]

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        """The rows of a table, by its key."""
        statement = select(table).order_by(*table.primary_key)
        async with self.run.begin() as tx:
            return [dict(row) for row in (await tx.session.execute(statement)).mappings()]

    def later(self, **amount: float) -> datetime:
        """Let time pass."""
        return self.clock.advance(timedelta(**amount))


def ids_of(scored: Any, name: str) -> list[str | UUID]:
    """The ids of scored candidates, best first."""
    return [getattr(one, name) for one in scored]
