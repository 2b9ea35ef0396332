"""What the notifier owes, and what became of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Uuid, and_, any_, bindparam, delete, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import Channel, Notice

from ..domain.message import MessageState
from ..domain.notice import KnownNotice, is_at_stake
from ..tables import deliveries, messages, recipients
from .shelf import ADD, CHANGE, FIELDS, Message, shelf_of

NO_ADDRESS: Final = "no_address"
"""Held because nobody has said how the citizen is reached."""


_COLUMNS: Final = tuple(messages.c[name] for name in FIELDS)


def _message(row: Any) -> Message:
    found = {name: row._mapping[name] for name in FIELDS}
    return Message(**{**found, "notice": Notice(found["notice"]), "state": MessageState(found["state"])})


def _known(row: Sequence[Any]) -> KnownNotice:
    message_id, notice, case_seq, state, part = row
    return KnownNotice(message_id, Notice(notice), case_seq or 0, MessageState(state), begun=part > 0)


def _step(notice: KnownNotice) -> tuple[int, UUID]:
    return notice.case_seq, notice.message_id


def _born(message: Message) -> UUID:
    return message.message_id


# Built once: these run for every event or message, and building a statement costs more than sending it.
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
_THOSE: Final = any_(bindparam("those", type_=ARRAY(Uuid)))
_NOTICE: Final = select(
    messages.c.message_id, messages.c.notice, messages.c.case_seq, messages.c.state, messages.c.part
)
_NOTICES_OF: Final = _NOTICE.where(messages.c.feedback_id == bindparam("feedback_id"))
_NOTICES_OF_ALL: Final = _NOTICE.add_columns(messages.c.feedback_id).where(messages.c.feedback_id == _THOSE)
_UNSENT_STILL: Final = and_(
    messages.c.message_id == _THOSE,
    messages.c.state.in_((MessageState.WAITING, MessageState.READY, MessageState.HELD)),
    messages.c.part == 0,
)
_LOCK_UNSENT: Final = select(*_COLUMNS).where(_UNSENT_STILL).order_by(messages.c.message_id).with_for_update()
_SUPERSEDE: Final = (
    update(messages)
    .where(_UNSENT_STILL)
    .values(state=MessageState.SUPERSEDED, reason=bindparam("why"), not_before=None)
    .returning(*_COLUMNS)
)
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
_STANDING: Final = (
    select(messages.c.state, func.count())
    .where(
        # One index each, and no values: of the years of messages, those that ended are not read.
        or_(
            messages.c.not_before.is_not(None),
            messages.c.state == literal_column("'waiting'"),
            and_(
                messages.c.not_before.is_(None),
                messages.c.state.in_(
                    [literal_column(f"'{one}'") for one in (MessageState.HELD, MessageState.UNCERTAIN)]
                ),
            ),
        )
    )
    .group_by(messages.c.state)
)
_OLDEST_DUE: Final = select(func.min(messages.c.not_before)).where(messages.c.not_before <= bindparam("now"))


class MessageStore:
    """Every statement about messages."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._shelf = shelf_of(session)

    async def read_ahead(self, coming: Mapping[UUID, Collection[Notice]]) -> None:
        """Read the notices of many cases, and lock those that the notices coming in these cases could change."""
        await self._shelf.clear()
        if not coming:
            return
        found: dict[UUID, dict[UUID, KnownNotice]] = {feedback_id: {} for feedback_id in coming}
        for *columns, feedback_id in await self._session.execute(_NOTICES_OF_ALL, {"those": sorted(coming)}):
            notice = _known(columns)
            found[feedback_id][notice.message_id] = notice
        self._shelf.notices = found
        at_stake = {
            notice.message_id
            for feedback_id, notices in found.items()
            for notice in notices.values()
            if is_at_stake(notice, coming[feedback_id])
        }
        if at_stake:
            for row in await self._session.execute(_LOCK_UNSENT, {"those": sorted(at_stake)}):
                self._shelf.keep(_message(row))
        for left_meanwhile in at_stake - self._shelf.mine.keys():
            self._shelf.forget(left_meanwhile)

    async def add(self, message: Message) -> None:
        """Keep a new message."""
        if self._shelf.in_use:
            self._shelf.add(message)
        else:
            await self._session.execute(ADD, {name: getattr(message, name) for name in FIELDS})

    async def change(self, message_id: UUID, **values: Any) -> None:
        """Write down what became of a message."""
        if self._shelf.change(message_id, values) is None:
            if message_id in self._shelf.mine:
                await self._shelf.written()
            await self._session.execute(CHANGE, {"which": message_id, **values})
            self._shelf.forget(message_id)

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
        """The notices of a case that were asked for so far, as the case went."""
        known = self._shelf.notices.get(feedback_id)
        if known is not None:
            return sorted(known.values(), key=_step)
        await self._shelf.written()
        found = await self._session.execute(_NOTICES_OF, {"feedback_id": feedback_id})
        return sorted((_known(row) for row in found), key=_step)

    async def supersede(self, message_ids: Collection[UUID], reason: str) -> list[Message]:
        """Take messages off the queue that need not be read any more; those that left meanwhile stay as they are."""
        values = {"state": MessageState.SUPERSEDED, "reason": reason, "not_before": None}
        ours = [self._shelf.change(message_id, values) for message_id in message_ids if message_id in self._shelf.mine]
        superseded = [message for message in ours if message is not None]
        others = [message_id for message_id in message_ids if message_id not in self._shelf.mine]
        if others:
            await self._shelf.written()
            rows = await self._session.execute(_SUPERSEDE, {"those": others, "why": reason})
            superseded += [_message(row) for row in rows]
            for message_id in others:
                self._shelf.forget(message_id)
        return sorted(superseded, key=_born)

    async def waiting_for_case(self, feedback_id: UUID) -> list[Message]:
        """The notices that could not be put into words while the case was unknown."""
        known = self._shelf.notices.get(feedback_id)
        if known is not None:
            waiting = [one.message_id for one in known.values() if one.state is MessageState.WAITING]
            return sorted((self._shelf.mine[message_id] for message_id in waiting), key=_born)
        await self._shelf.written()
        found = await self._session.execute(_WAITING_FOR_CASE, {"feedback_id": feedback_id})
        return sorted((_message(row) for row in found), key=_born)

    async def release_held(self, sender_id: UUID, now: datetime, *, reachable: bool) -> None:
        """Put back into the queue what was held until the citizen writes, or until it is known how to reach them."""
        unsaid = self._shelf.unsaid.get(sender_id)
        if unsaid is not None and all(message.state is not MessageState.HELD for message in unsaid.values()):
            return
        await self._shelf.written()
        await self._session.execute(_RELEASE_HELD, {"whose": sender_id, "now": now, "reachable": reachable})
        self._shelf.released(sender_id)

    async def queue_of(self, sender_id: UUID) -> list[Message]:
        """A citizen's messages that leave when their time comes, locked; the oldest when there are many."""
        return [_message(row) for row in await self._session.execute(_QUEUE_OF, {"whose": sender_id})]

    async def uncertain_of(self, sender_id: UUID) -> list[Message]:
        """Messages whose answer was lost, the latest first; none while another is under way."""
        self._shelf.unsaid.pop(sender_id, None)  # cleared up, one may be ready for its next part
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
        return {row[0]: row[1] for row in await self._session.execute(_STANDING)}

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
