"""What the notifier owes, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import Channel, Notice

from ..domain.message import MessageState
from ..domain.notice import KnownNotice
from ..domain.queue import Queued
from ..tables import deliveries, messages, recipients

_UNSETTLED: Final = (MessageState.WAITING, MessageState.HELD, MessageState.UNCERTAIN)

NO_ADDRESS: Final = "no_address"
"""Held because nobody has said how the citizen is reached."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it is kept."""

    message_id: UUID
    caused_by: UUID
    notice: Notice
    state: MessageState
    created_at: datetime
    sender_id: UUID | None = None
    feedback_id: UUID | None = None
    seq: int | None = None
    case_seq: int | None = None
    facts: bytes | None = None
    body: bytes | None = None
    parts: int = 1
    part: int = 0
    reason: str | None = None
    not_before: datetime | None = None
    tries: int = 0
    lost: int = 0
    doubled: bool = False
    attempted_at: datetime | None = None

    @property
    def queued(self) -> Queued:
        """As the rule of order sees it."""
        return Queued(
            self.message_id,
            self.state,
            self.created_at,
            self.not_before or self.created_at,
            self.seq,
            self.feedback_id,
            self.case_seq,
            self.part,
            self.tries,
        )


_COLUMNS: Final = tuple(messages.c[name] for name in Message.__dataclass_fields__)


def _message(row: Any) -> Message:
    found = {name: row._mapping[name] for name in Message.__dataclass_fields__}
    return Message(**{**found, "notice": Notice(found["notice"]), "state": MessageState(found["state"])})


# Built once: these run for every event or message, and building a statement costs more than sending it.
_ADD: Final = insert(messages)
_CHANGE: Final = update(messages).where(messages.c.message_id == bindparam("which"))
_WITH_CITIZEN: Final = (
    select(*_COLUMNS)
    .select_from(recipients.join(messages, messages.c.sender_id == recipients.c.sender_id))
    .where(messages.c.message_id == bindparam("which"))
    .with_for_update()
)
_DELIVERED: Final = (
    select(*_COLUMNS, deliveries.c.part.label("delivered"))
    .join(deliveries, deliveries.c.message_id == messages.c.message_id)
    .where(deliveries.c.channel == bindparam("on_channel"), deliveries.c.message_ref == bindparam("ref"))
    .with_for_update(of=messages)
)
_NOTICES_OF: Final = select(
    messages.c.message_id, messages.c.notice, messages.c.case_seq, messages.c.state, messages.c.part
).where(messages.c.feedback_id == bindparam("feedback_id"))
_WAITING_FOR_CASE: Final = select(*_COLUMNS).where(
    messages.c.feedback_id == bindparam("feedback_id"), messages.c.state == MessageState.WAITING
)
_RELEASE_HELD: Final = (
    update(messages)
    .where(
        messages.c.sender_id == bindparam("whose"),
        messages.c.state == MessageState.HELD,
        messages.c.not_before.is_(None),
        or_(bindparam("reachable", type_=Boolean), messages.c.reason != NO_ADDRESS),
    )
    .values(state=MessageState.READY, not_before=bindparam("now"), reason=None)
)
_QUEUE_OF: Final = (
    select(*_COLUMNS)
    .where(messages.c.sender_id == bindparam("whose"), messages.c.not_before.is_not(None))
    .order_by(
        # What was begun must be among those looked at: nothing may overtake it.
        (messages.c.tries + messages.c.part > 0).desc(),
        messages.c.seq.is_(None),
        messages.c.seq,
        messages.c.created_at,
    )
    .limit(50)
    .with_for_update()
)
_OLDEST_DUE: Final = select(func.min(messages.c.not_before)).where(messages.c.not_before <= bindparam("now"))


class MessageStore:
    """Every statement about messages."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, message: Message) -> None:
        """Keep a new message."""
        values = {name: getattr(message, name) for name in Message.__dataclass_fields__}
        await self._session.execute(_ADD, values)

    async def change(self, message_id: UUID, **values: Any) -> None:
        """Write down what became of a message."""
        await self._session.execute(_CHANGE, {"which": message_id, **values})

    async def lock(self, message_id: UUID) -> Message | None:
        """A message, for changing it."""
        statement = select(*_COLUMNS).where(messages.c.message_id == message_id).with_for_update()
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _message(row)

    async def lock_with_citizen(self, message_id: UUID) -> Message | None:
        """A message, for changing it; nobody else changes its citizen's queue and receipts meanwhile."""
        row = (await self._session.execute(_WITH_CITIZEN, {"which": message_id})).one_or_none()
        return None if row is None else _message(row)

    async def lock_delivered(self, channel: Channel, message_ref: str) -> tuple[Message, int] | None:
        """The message a channel calls so, for changing it, and which part of it."""
        found = await self._session.execute(_DELIVERED, {"on_channel": channel, "ref": message_ref})
        row = found.one_or_none()
        return None if row is None else (_message(row), row.delivered)

    async def notices_of(self, feedback_id: UUID) -> list[KnownNotice]:
        """The notices of a case that were asked for so far."""
        found = await self._session.execute(_NOTICES_OF, {"feedback_id": feedback_id})
        return [
            KnownNotice(message_id, Notice(notice), case_seq or 0, MessageState(state), begun=part > 0)
            for message_id, notice, case_seq, state, part in found
        ]

    async def supersede(self, message_ids: Collection[UUID], reason: str) -> list[Message]:
        """Take messages off the queue that need not be read any more; those that left meanwhile stay as they are."""
        if not message_ids:
            return []
        statement = (
            update(messages)
            .where(
                messages.c.message_id.in_(message_ids),
                messages.c.state.in_((MessageState.WAITING, MessageState.READY, MessageState.HELD)),
                messages.c.part == 0,
            )
            .values(state=MessageState.SUPERSEDED, reason=reason, not_before=None)
            .returning(*_COLUMNS)
        )
        return [_message(row) for row in await self._session.execute(statement)]

    async def waiting_for_case(self, feedback_id: UUID) -> list[Message]:
        """The notices that could not be put into words while the case was unknown."""
        found = await self._session.execute(_WAITING_FOR_CASE, {"feedback_id": feedback_id})
        return [_message(row) for row in found]

    async def release_held(self, sender_id: UUID, now: datetime, *, reachable: bool) -> None:
        """Put back into the queue what was held until the citizen writes, or until it is known how to reach them."""
        await self._session.execute(_RELEASE_HELD, {"whose": sender_id, "now": now, "reachable": reachable})

    async def queue_of(self, sender_id: UUID) -> list[Message]:
        """A citizen's messages that leave when their time comes, locked; the oldest when there are many."""
        return [_message(row) for row in await self._session.execute(_QUEUE_OF, {"whose": sender_id})]

    async def uncertain_of(self, sender_id: UUID) -> list[Message]:
        """Messages whose answer was lost, the latest first; none while another is under way."""
        statement = (
            select(*_COLUMNS)
            .where(
                messages.c.sender_id == sender_id,
                messages.c.state.in_((MessageState.UNCERTAIN, MessageState.SENDING)),
            )
            .order_by(messages.c.attempted_at.desc())
        )
        found = [_message(row) for row in await self._session.execute(statement)]
        return [] if any(message.state is MessageState.SENDING for message in found) else found

    async def unreachable(self, before: datetime, limit: int) -> list[Message]:
        """Messages that have waited since then for a word on whose they are or how to reach them; not yet told."""
        statement = (
            select(*_COLUMNS)
            .outerjoin(recipients, recipients.c.sender_id == messages.c.sender_id)
            .where(
                messages.c.created_at < before,
                or_(
                    and_(messages.c.state == MessageState.WAITING, messages.c.reason.is_(None)),
                    and_(
                        messages.c.state == MessageState.READY,
                        messages.c.not_before < before,
                        or_(recipients.c.address.is_(None), recipients.c.channel != Channel.ZALO),
                    ),
                ),
            )
            .limit(limit)
            .with_for_update(of=messages, skip_locked=True)
        )
        return [_message(row) for row in await self._session.execute(statement)]

    async def counts(self) -> dict[str, int]:
        """How many messages stand where, ends left out."""
        statement = (
            select(messages.c.state, func.count())
            .where(or_(messages.c.not_before.is_not(None), messages.c.state.in_(_UNSETTLED)))
            .group_by(messages.c.state)
        )
        return {row[0]: row[1] for row in await self._session.execute(statement)}

    async def oldest_due(self, now: datetime) -> datetime | None:
        """Since when the message waits that should have left first."""
        oldest: datetime | None = await self._session.scalar(_OLDEST_DUE, {"now": now})
        return oldest

    async def forget(self, before: datetime, limit: int) -> int:
        """Remove messages older than that, whatever became of them, with their deliveries."""
        old = list(
            await self._session.scalars(
                select(messages.c.message_id).where(messages.c.created_at < before).limit(limit)
            )
        )
        await self._session.execute(delete(deliveries).where(deliveries.c.message_id.in_(old)))
        await self._session.execute(delete(messages).where(messages.c.message_id.in_(old)))
        return len(old)
