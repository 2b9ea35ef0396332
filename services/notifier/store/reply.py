"""A citizen's replies in the conversation: their numbers, and what has not left when they write again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import Notice

from ..domain.message import MessageState
from ..tables import messages, recipients
from .message import NO_ADDRESS, Message

# Built once: these run for every reply, and building a statement costs more than sending it.
_ADD: Final = (
    insert(messages)
    .values({name: bindparam(f"new_{name}") for name in Message.__dataclass_fields__})
    .add_cte(
        update(recipients)
        .where(recipients.c.sender_id == bindparam("new_sender_id"))
        .values(next_reply_seq=bindparam("next_seq"))
        .cte("counted")
    )
)
_UNSAID: Final = select(messages.c.message_id, messages.c.seq, messages.c.state, messages.c.reason).where(
    messages.c.sender_id == bindparam("whose"),
    or_(
        and_(messages.c.notice == Notice.REPLY, messages.c.state == MessageState.READY),
        and_(messages.c.state == MessageState.HELD, messages.c.not_before.is_(None)),
    ),
)


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

    async def add(self, reply: Message, next_seq: int) -> None:
        """Keep a new reply, and which number its citizen's next one has."""
        values = {f"new_{name}": getattr(reply, name) for name in Message.__dataclass_fields__}
        await self._session.execute(_ADD, {**values, "next_seq": next_seq})

    async def unsaid(self, sender_id: UUID, seq: int) -> Unsaid:
        """What of a citizen's has not left while a reply with this number arrives."""
        rows = (await self._session.execute(_UNSAID, {"whose": sender_id})).all()
        held = [row for row in rows if row.state == MessageState.HELD]
        return Unsaid(
            ready=frozenset(row.seq for row in rows if row.state == MessageState.READY and row.seq is not None),
            stale=tuple(
                row.message_id
                for row in held
                if row.seq is not None and row.seq < seq and row.reason not in (None, NO_ADDRESS)
            ),
            held=bool(held),
        )

    async def ready(self, sender_id: UUID) -> frozenset[int]:
        """The numbers of a citizen's replies that have not left."""
        statement = select(messages.c.seq).where(
            messages.c.sender_id == sender_id,
            messages.c.notice == Notice.REPLY,
            messages.c.state == MessageState.READY,
        )
        return frozenset(seq for seq in await self._session.scalars(statement) if seq is not None)

    async def free(self, sender_id: UUID, seqs: Collection[int], now: datetime) -> None:
        """Let replies go that waited for a lower number."""
        if not seqs:
            return
        await self._session.execute(
            update(messages)
            .where(
                messages.c.sender_id == sender_id,
                messages.c.seq.in_(seqs),
                messages.c.state == MessageState.READY,
                messages.c.tries == 0,
            )
            .values(not_before=func.least(messages.c.not_before, now))
        )
