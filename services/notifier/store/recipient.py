"""What the notifier keeps of the people it writes to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from libs.contracts import Sealed
from libs.contracts.vocabulary import Channel

from ..tables import messages, recipients

_WINDOW: Final = 1_000
"""How many due messages are looked at to find the citizens whose turn it is."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One citizen on one channel."""

    sender_id: UUID
    channel: str | None
    address: Sealed | None
    last_interaction_at: datetime | None
    closed_at: datetime | None
    next_reply_seq: int


_COLUMNS: Final = tuple(recipients.c[name] for name in Recipient.__dataclass_fields__)

# Built once: these run for every event or message, and building a statement costs more than sending it.
_NEW: Final = insert(recipients)
_WROTE: Final = _NEW.on_conflict_do_update(
    index_elements=["sender_id"],
    set_={
        "last_interaction_at": func.greatest(recipients.c.last_interaction_at, _NEW.excluded.last_interaction_at),
        "closed_at": case((recipients.c.closed_at > _NEW.excluded.last_interaction_at, recipients.c.closed_at)),
        "channel": func.coalesce(_NEW.excluded.channel, recipients.c.channel),
        "address": func.coalesce(_NEW.excluded.address, recipients.c.address),
        "updated_at": _NEW.excluded.updated_at,
    },
).returning(*_COLUMNS)
_LOCK: Final = select(*_COLUMNS).where(recipients.c.sender_id == bindparam("whose")).with_for_update()
_LET_GO: Final = (
    update(recipients)
    .where(recipients.c.sender_id == bindparam("whose"), recipients.c.lease_id == bindparam("lease"))
    .values(lease_until=None, lease_id=None, not_before=bindparam("until"))
)


def _claim_those(*with_messages: ColumnElement[bool]) -> ReturningUpdate[Any]:
    now = bindparam("now", type_=DateTime(timezone=True))
    free = and_(
        recipients.c.channel == bindparam("on_channel"),
        recipients.c.address.is_not(None),
        or_(recipients.c.lease_until.is_(None), recipients.c.lease_until <= now),
        or_(recipients.c.not_before.is_(None), recipients.c.not_before <= now),
    )
    due = (
        select(messages.c.sender_id, messages.c.not_before)
        .join(recipients, recipients.c.sender_id == messages.c.sender_id)
        .where(messages.c.not_before <= now, free, *with_messages)
        .order_by(messages.c.not_before)
        .limit(_WINDOW)
        .subquery()
    )
    first = (
        select(due.c.sender_id)
        .group_by(due.c.sender_id)
        .order_by(func.min(due.c.not_before), due.c.sender_id)
        .limit(bindparam("most", type_=Integer))
    )
    # The lease is asked for again under the lock: another process may have taken the citizen meanwhile.
    mine = (
        select(recipients.c.sender_id).where(recipients.c.sender_id.in_(first), free).with_for_update(skip_locked=True)
    )
    return (
        update(recipients)
        .where(recipients.c.sender_id.in_(mine))
        .values(lease_until=bindparam("until"), lease_id=bindparam("lease"))
        .returning(*_COLUMNS)
    )


_CLAIM_REPLIES: Final = _claim_those(messages.c.seq.is_not(None))
_CLAIM: Final = _claim_those()


class RecipientStore:
    """Every statement about citizens and whose turn it is."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, sender_id: UUID) -> Recipient | None:
        """A citizen, whose queue and receipts nobody else changes until the transaction ends."""
        row = (await self._session.execute(_LOCK, {"whose": sender_id})).one_or_none()
        return None if row is None else Recipient(*row)

    async def wrote(
        self,
        sender_id: UUID,
        at: datetime,
        now: datetime,
        channel: Channel | None = None,
        address: Sealed | None = None,
    ) -> Recipient:
        """A citizen gave a sign of life: they may be written to again. Known or not, they are kept and locked."""
        values = {
            "sender_id": sender_id,
            "last_interaction_at": at,
            "channel": channel,
            "address": address,
            "updated_at": now,
        }
        return Recipient(*(await self._session.execute(_WROTE, values)).one())

    async def next_reply(self, sender_id: UUID, seq: int) -> None:
        """Remember the lowest reply number still missing."""
        await self._session.execute(
            update(recipients).where(recipients.c.sender_id == sender_id).values(next_reply_seq=seq)
        )

    async def claim(
        self, channel: Channel, now: datetime, lease: timedelta, lease_id: UUID, limit: int
    ) -> list[Recipient]:
        """Take the citizens whose turn it is, those who wait for a reply first; theirs alone until the lease ends."""
        claimed: list[Recipient] = []
        given = {"on_channel": channel, "now": now, "until": now + lease, "lease": lease_id}
        for whose_turn in (_CLAIM_REPLIES, _CLAIM):
            if len(claimed) < limit:
                rows = await self._session.execute(whose_turn, {**given, "most": limit - len(claimed)})
                claimed += [Recipient(*row) for row in rows]
        return claimed

    async def let_go(self, sender_id: UUID, lease_id: UUID, not_before: datetime | None) -> None:
        """Give a citizen back; nothing is sent to them before that instant."""
        given = {"whose": sender_id, "lease": lease_id, "until": not_before}
        await self._session.execute(_LET_GO, given)

    async def no_wait(self, sender_id: UUID) -> None:
        """What a citizen's queue was waiting for has come."""
        await self._session.execute(
            update(recipients).where(recipients.c.sender_id == sender_id).values(not_before=None)
        )

    async def closed(self, sender_id: UUID, now: datetime) -> None:
        """The channel said that the citizen must write first."""
        await self._session.execute(update(recipients).where(recipients.c.sender_id == sender_id).values(closed_at=now))

    async def forget_unused(self, before: datetime, limit: int) -> int:
        """Remove citizens nobody has written to, or heard of, since then."""
        unused = (
            select(recipients.c.sender_id)
            .where(
                recipients.c.updated_at < before,
                ~exists().where(messages.c.sender_id == recipients.c.sender_id),
            )
            .limit(limit)
        )
        gone = delete(recipients).where(recipients.c.sender_id.in_(unused)).returning(recipients.c.sender_id)
        return len((await self._session.scalars(gone)).all())
