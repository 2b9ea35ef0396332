"""What the notifier keeps of the people it writes to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    Text,
    Uuid,
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
from libs.runtime.db import once

from ..tables import messages, recipients
from .shelf import Pending

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

    def knows(self, at: datetime, address: Sealed | None) -> bool:
        """Whether a sign of life tells nothing new; as `_WROTE`."""
        return (
            self.last_interaction_at is not None
            and at <= self.last_interaction_at
            and (self.closed_at is None or self.closed_at > at)
            and address in (None, self.address)
        )


class Sign(NamedTuple):
    """A citizen gave a sign of life."""

    sender_id: UUID
    at: datetime
    channel: Channel | None = None
    address: Sealed | None = None


_COLUMNS: Final = tuple(recipients.c[name] for name in Recipient.__dataclass_fields__)

# Built once: these run for every event or message, and building a statement costs more than sending it.
_NEW: Final = insert(recipients)
_SIGN: Final[dict[str, Any]] = {
    "index_elements": ["sender_id"],
    "set_": {
        "last_interaction_at": func.greatest(recipients.c.last_interaction_at, _NEW.excluded.last_interaction_at),
        "closed_at": case((recipients.c.closed_at > _NEW.excluded.last_interaction_at, recipients.c.closed_at)),
        "channel": func.coalesce(_NEW.excluded.channel, recipients.c.channel),
        "address": func.coalesce(_NEW.excluded.address, recipients.c.address),
        "updated_at": _NEW.excluded.updated_at,
    },
}
_WROTE: Final = _NEW.on_conflict_do_update(**_SIGN).returning(*_COLUMNS)
_SIGNS: Final = (
    func.unnest(
        bindparam("senders", type_=ARRAY(Uuid)),
        bindparam("ats", type_=ARRAY(DateTime(timezone=True))),
        bindparam("channels", type_=ARRAY(Text)),
        bindparam("addresses", type_=ARRAY(Text)),
    )
    .table_valued("sender_id", "at", "channel", "address", name="sign")
    .render_derived()
)
_ALL_WROTE: Final = (
    _NEW.from_select(
        ["sender_id", "last_interaction_at", "channel", "address", "updated_at"],
        select(*_SIGNS.c, bindparam("now", type_=DateTime(timezone=True))),
    )
    .on_conflict_do_update(**_SIGN)
    .returning(*_COLUMNS)
)
_NEXT_REPLY: Final = (
    update(recipients).where(recipients.c.sender_id == bindparam("whose")).values(next_reply_seq=bindparam("next_seq"))
)
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
        select(recipients.c.sender_id)
        .where(recipients.c.sender_id == once(first), free)
        .with_for_update(skip_locked=True)
    )
    return (
        update(recipients)
        .where(recipients.c.sender_id == once(mine))
        .values(lease_until=bindparam("until"), lease_id=bindparam("lease"))
        .returning(*_COLUMNS)
    )


_CLAIM_REPLIES: Final = _claim_those(messages.c.seq.is_not(None))
_CLAIM: Final = _claim_those()


class RecipientStore:
    """Every statement about citizens and whose turn it is."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._locked: dict[UUID, Recipient] = session.info.setdefault(Recipient, {})
        self._pending = Pending(session, _NEXT_REPLY)

    async def all_wrote(self, signs: Iterable[Sign], now: datetime) -> None:
        """Many citizens gave signs of life: all are kept and locked in one go.

        An address that is not in a citizen's first sign is left to its own `wrote`: until then they cannot be reached.
        """
        await self._pending.written()
        self._locked.clear()
        latest: dict[UUID, Sign] = {}
        for sign in signs:
            before = latest.setdefault(sign.sender_id, sign)
            if sign.at > before.at:
                latest[sign.sender_id] = before._replace(at=sign.at)
        if latest:
            senders, ats, channels, addresses = zip(*(latest[one] for one in sorted(latest)), strict=True)
            values = {"senders": senders, "ats": ats, "channels": channels, "addresses": addresses, "now": now}
            rows = await self._session.execute(_ALL_WROTE, values)
            self._locked.update((row[0], Recipient(*row)) for row in rows)

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
        locked = self._locked.get(sender_id)
        if locked is not None and locked.knows(at, address):
            return locked
        await self._pending.written()
        values = {
            "sender_id": sender_id,
            "last_interaction_at": at,
            "channel": channel,
            "address": address,
            "updated_at": now,
        }
        recipient = Recipient(*(await self._session.execute(_WROTE, values)).one())
        if locked is not None:
            self._locked[sender_id] = recipient
        return recipient

    async def next_reply(self, sender_id: UUID, seq: int) -> None:
        """Remember the lowest reply number still missing."""
        await self._session.execute(_NEXT_REPLY, {"whose": sender_id, "next_seq": seq})

    def next_reply_later(self, sender_id: UUID, seq: int) -> None:
        """Remember the lowest reply number still missing, before the commit."""
        row = {"next_seq": seq}
        if not self._pending.change(sender_id, row):
            self._pending.add(_NEXT_REPLY, sender_id, {"whose": sender_id, **row})
        locked = self._locked.get(sender_id)
        if locked is not None:
            self._locked[sender_id] = replace(locked, next_reply_seq=seq)

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
        gone = delete(recipients).where(recipients.c.sender_id == once(unused)).returning(recipients.c.sender_id)
        return len((await self._session.scalars(gone)).all())
