"""A citizen's replies in the conversation: their numbers, and what has not left when they write again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, DateTime, Uuid, and_, any_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import Notice

from ..domain.message import MessageState
from ..tables import messages, recipients
from .message import NO_ADDRESS
from .recipient import RecipientStore
from .shelf import FIELDS, Message, UnsaidMessage, shelf_of

# Built once: these run for every reply, and building a statement costs more than sending it.
_ADD: Final = (
    insert(messages)
    .values({name: bindparam(f"new_{name}") for name in FIELDS})
    .add_cte(
        update(recipients)
        .where(recipients.c.sender_id == bindparam("new_sender_id"))
        .values(next_reply_seq=bindparam("next_seq"))
        .cte("counted")
    )
)
_IS_UNSAID: Final = or_(
    and_(messages.c.notice == Notice.REPLY, messages.c.state == MessageState.READY),
    and_(messages.c.state == MessageState.HELD, messages.c.not_before.is_(None)),
)
_MESSAGE: Final = select(messages.c.message_id, messages.c.seq, messages.c.state, messages.c.reason)
_UNSAID: Final = _MESSAGE.where(messages.c.sender_id == bindparam("whose"), _IS_UNSAID)
_UNSAID_OF_ALL: Final = _MESSAGE.add_columns(messages.c.sender_id).where(
    messages.c.sender_id == any_(bindparam("those", type_=ARRAY(Uuid))), _IS_UNSAID
)
_FREE: Final = (
    update(messages)
    .where(
        messages.c.sender_id == bindparam("whose"),
        messages.c.seq == any_(bindparam("those", type_=ARRAY(BigInteger))),
        messages.c.state == MessageState.READY,
        messages.c.tries == 0,
    )
    .values(not_before=func.least(messages.c.not_before, bindparam("now", type_=DateTime(timezone=True))))
)


def _message(row: Sequence[Any]) -> UnsaidMessage:
    message_id, seq, state, reason = row
    return UnsaidMessage(message_id, seq, MessageState(state), reason)


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What of a citizen's has not left when they write again: replies that are ready, and all that waits for them."""

    ready: frozenset[int]
    """Numbers of replies."""
    stale: tuple[UUID, ...]
    """Replies held until the citizen writes, which a newer reply leaves without sense."""
    held: bool
    """Something is held until the citizen writes, or until it is known how to reach them."""


class ReplyStore:
    """Every statement about replies, besides those about all messages."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._shelf = shelf_of(session)

    async def read_ahead(self, sender_ids: Collection[UUID]) -> None:
        """Read what of many citizens' has not left, once they are locked; after `MessageStore.read_ahead`."""
        if sender_ids:
            unsaid = self._shelf.unsaid = {sender_id: {} for sender_id in sender_ids}
            for *columns, sender_id in await self._session.execute(_UNSAID_OF_ALL, {"those": list(sender_ids)}):
                message = _message(columns)
                unsaid[sender_id][message.message_id] = message

    async def add(self, reply: Message, next_seq: int) -> None:
        """Keep a new reply, and which number its citizen's next one has."""
        assert reply.sender_id is not None
        if self._shelf.in_use:
            self._shelf.add(reply)
            RecipientStore(self._session).next_reply_later(reply.sender_id, next_seq)
            return
        values = {f"new_{name}": getattr(reply, name) for name in FIELDS}
        await self._session.execute(_ADD, {**values, "next_seq": next_seq})

    async def unsaid(self, sender_id: UUID, seq: int) -> Unsaid:
        """What of a citizen's has not left while a reply with this number arrives."""
        rows = await self._unsaid(sender_id)
        held = [row for row in rows if row.state is MessageState.HELD]
        return Unsaid(
            ready=frozenset(row.seq for row in rows if row.state is MessageState.READY and row.seq is not None),
            stale=tuple(
                row.message_id
                for row in held
                if row.seq is not None and row.seq < seq and row.reason not in (None, NO_ADDRESS)
            ),
            held=bool(held),
        )

    async def ready(self, sender_id: UUID) -> frozenset[int]:
        """The numbers of a citizen's replies that have not left."""
        rows = await self._unsaid(sender_id)
        return frozenset(row.seq for row in rows if row.state is MessageState.READY and row.seq is not None)

    async def free(self, sender_id: UUID, seqs: Collection[int], now: datetime) -> None:
        """Let replies go that waited for a lower number."""
        if not seqs:
            return
        known = self._shelf.unsaid.get(sender_id)
        if known is None:
            await self._shelf.written()
            await self._session.execute(_FREE, {"whose": sender_id, "those": list(seqs), "now": now})
            return
        for reply in list(known.values()):
            if reply.seq in seqs and reply.state is MessageState.READY:
                self._shelf.free(reply.message_id, now)

    async def _unsaid(self, sender_id: UUID) -> Collection[UnsaidMessage]:
        known = self._shelf.unsaid.get(sender_id)
        if known is not None:
            return known.values()
        await self._shelf.written()
        return [_message(row) for row in await self._session.execute(_UNSAID, {"whose": sender_id})]
