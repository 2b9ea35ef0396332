"""The notifier before a simulated Zalo: one clock for both, events heard as from the bus, receipts fed back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from libs.contracts.envelope import Event
from libs.contracts.events import (
    ChannelReceipt,
    MessageOutcome,
    Progressed,
    Refused,
    ReplyRequested,
    Resolved,
    Routed,
    SenderIdentified,
)
from libs.contracts.sealed import Button, ChannelAddress, ReplyBody
from libs.contracts.vocabulary import (
    AgencyId,
    AnswerOutcome,
    CaseState,
    Channel,
    Desk,
    FeedbackId,
    ReceiptStatus,
    RefusalReason,
    RoutedReason,
    SenderId,
)
from libs.runtime.bus import Delivery
from libs.runtime.ids import uuid7
from libs.runtime.run import Run
from services.notifier.app import SERVICE
from services.notifier.jobs import send_due
from services.notifier.parts import NotifierParts, build_parts
from services.notifier.store.shelf import Message
from services.notifier.tables import messages
from simulators.zalo_oa.app import create_app
from simulators.zalo_oa.settings import SimulatorSettings
from simulators.zalo_oa.simulator import Simulator
from tests.support.clock import FixedClock
from tests.support.service import Runs

MORNING: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 09:00 in Hà Nội
DUE: Final = datetime(2026, 12, 15, 10, 30, tzinfo=UTC)
HOA: Final = "6143092758814407315"
_STATUS: Final = {
    "oa_send_text": ReceiptStatus.ECHOED,
    "user_received_message": ReceiptStatus.DELIVERED,
    "user_seen_message": ReceiptStatus.SEEN,
}


@dataclass
class Zalo:
    """The simulated platform, and what its webhook told us."""

    clock: FixedClock
    told: list[dict[str, Any]] = field(default_factory=list)
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        async def receive(request: httpx.Request) -> httpx.Response:
            self.told.append(json.loads(request.content))
            return httpx.Response(200)

        self.app = create_app(
            SimulatorSettings(webhook_url="http://receiver.test/", access_token="access-1", refresh_token="refresh-1"),
            now_ms=lambda: int(self.clock.now().timestamp() * 1000),
            webhook_transport=httpx.MockTransport(receive),
        )
        self.meets(HOA)

    @property
    def simulator(self) -> Simulator:
        simulator: Simulator = self.app.state.simulator
        return simulator

    def meets(self, user_id: str) -> None:
        """A citizen who has just interacted with the account."""
        self.simulator.citizens.met(user_id)
        self.simulator.citizens.last_interaction_was(user_id, self.simulator.now_ms())

    def suffers(self, **faults: Any) -> None:
        """Switch faults on (a number of times, or True until switched off)."""
        for act in self.simulator.faults.switch(faults):
            self.simulator.perform(act)

    def texts(self, user_id: str | None = HOA) -> list[str]:
        """What a citizen's phone shows, or everybody's, oldest first."""
        return [message.text for message in self.simulator.messages.received_by(user_id, None)]

    async def receipts(self, sender_id: UUID) -> list[ChannelReceipt]:
        """What intake would make of the webhooks that came since the last call."""
        await self.simulator.sender.deliver_due()
        told, self.told = self.told, []
        found = []
        for event in told:
            status = _STATUS.get(event["event_name"])
            message = event.get("message", {})
            if status is None or "admin_id" in event.get("sender", {}):
                continue
            for ref in message.get("msg_ids") or [message["msg_id"]]:
                at = datetime.fromtimestamp(int(event["timestamp"]) / 1000, UTC)
                found.append(ChannelReceipt(key=sender_id, channel=Channel.ZALO, message_ref=ref, status=status, at=at))
        return found


@dataclass
class Scene:
    """One citizen, one case, one notifier, one Zalo."""

    runs: Runs
    clock: FixedClock
    zalo: Zalo
    run: Run[NotifierParts]
    sender: UUID = field(default_factory=uuid4)
    feedback: UUID = field(default_factory=uuid4)
    code: str = "HN-PA-261123-48213-K"

    async def replica(self, **settings: Any) -> Run[NotifierParts]:
        """A second process of the same service."""
        return await _notifier(self.runs, self.clock, self.zalo, **settings)

    async def hears(self, *events: Event, run: Run[NotifierParts] | None = None) -> None:
        """Events arrive, in this order, said now."""
        for event in events:
            said = event.said(uuid7(), self.clock.now(), None)
            await (run or self.run).consumer.hear([Delivery(event.name, said.to_bytes())])

    async def knows_citizen(self, user_id: str = HOA) -> None:
        """The citizen wrote for the first time."""
        await self.hears(self.address(user_id))

    async def knows_case(self) -> None:
        """The citizen confirmed a feedback."""
        await self.hears(self.filed())

    def address(self, user_id: str = HOA) -> SenderIdentified:
        sealed = self.run.parts.sealer.seal(ChannelAddress(channel=Channel.ZALO, address=user_id))
        return SenderIdentified(key=self.sender, sender_id=SenderId(self.sender), address=sealed)

    def filed(self) -> SenderIdentified:
        return SenderIdentified(
            key=self.feedback, feedback_id=self.feedback, sender_id=SenderId(self.sender), code=self.code
        )

    def reply(self, seq: int, text: str, *titles: str) -> ReplyRequested:
        body = ReplyBody(text=text, buttons=tuple(Button(title=title) for title in titles))
        return ReplyRequested(
            key=self.sender, sender_id=SenderId(self.sender), seq=seq, body=self.run.parts.sealer.seal(body)
        )

    def routed(self, seq: int, agency: str = "UBND phường Láng", **more: Any) -> Routed:
        given = {"reason": RoutedReason.ASSIGNED, "due_at": DUE, "desk": Desk.AGENCY, **more}
        return Routed(
            key=self.feedback,
            feedback_id=FeedbackId(self.feedback),
            case_seq=seq,
            agency_id=AgencyId("HN-CN00199"),
            agency_name=agency,
            **given,
        )

    def progressed(self, seq: int, state: CaseState, **more: Any) -> Progressed:
        return Progressed(key=self.feedback, feedback_id=FeedbackId(self.feedback), case_seq=seq, state=state, **more)

    def refused(self, seq: int, reason: RefusalReason, explanation: str = "") -> Refused:
        return Refused(
            key=self.feedback,
            feedback_id=FeedbackId(self.feedback),
            case_seq=seq,
            reason=reason,
            explanation=explanation,
        )

    def resolved(self, seq: int, answer: str = "Giấy khai sinh đã được cấp.") -> Resolved:
        return Resolved(
            key=self.feedback,
            feedback_id=FeedbackId(self.feedback),
            case_seq=seq,
            agency_id=AgencyId("HN-CN00199"),
            agency_name="UBND phường Láng",
            outcome=AnswerOutcome.ACCEPTED,
            answer=answer,
            answered_at=self.clock.now(),
        )

    async def sends(self, run: Run[NotifierParts] | None = None) -> None:
        """The sending job runs until it has nothing to do at this moment."""
        for _ in range(1000):
            if not await send_due(run or self.run):
                return
        raise AssertionError("the sending job never comes to rest")

    async def passes(self, **time: float) -> None:
        """Time passes, then the sending job runs."""
        self.clock.advance(timedelta(**time))
        await self.sends()

    async def receives(self) -> None:
        """Zalo's receipts reach the notifier."""
        await self.hears(*await self.zalo.receipts(self.sender))

    async def stored(self) -> list[Message]:
        """The messages of the notifier, oldest first."""
        columns = [messages.c[name] for name in Message.__dataclass_fields__]
        async with self.run.begin() as tx:
            rows = await tx.session.execute(select(*columns).order_by(messages.c.created_at, messages.c.message_id))
        return [Message(**row._mapping) for row in rows]

    async def outcomes(self) -> list[tuple[str, str, str | None]]:
        """What was said about messages: notice, outcome, detail."""
        outbox = self.run.tables.outbox
        async with self.run.begin() as tx:
            bodies = await tx.session.scalars(select(outbox.c.body).order_by(outbox.c.id))
        said = [MessageOutcome.from_bytes(body) for body in bodies]
        return [(event.notice.value, event.outcome.value, event.detail) for event in said]


async def _notifier(runs: Runs, clock: FixedClock, zalo: Zalo, **settings: Any) -> Run[NotifierParts]:
    service = replace(SERVICE, parts=partial(build_parts, transport=httpx.ASGITransport(app=zalo.app)))
    simulated = zalo.simulator.settings
    given: dict[str, Any] = {
        "zalo_app_id": simulated.app_id,
        "zalo_oa_id": simulated.oa_id,
        "zalo_app_secret": simulated.app_secret,
        "zalo_access_token": "access-1",
        "zalo_refresh_token": "refresh-1",
        "zalo_call_s": 5.0,
        "oauth_call_s": 5.0,
    }
    return await runs(service, clock=clock, **{**given, **settings})


async def scene(runs: Runs, **settings: Any) -> Scene:
    """A notifier before a simulated Zalo, on a Monday morning."""
    clock = FixedClock(MORNING)
    zalo = Zalo(clock)
    return Scene(runs, clock, zalo, await _notifier(runs, clock, zalo, **settings))


def names_of(receipts: Sequence[ChannelReceipt]) -> list[str]:
    """The kinds of receipts, in order."""
    return [receipt.status.value for receipt in receipts]
