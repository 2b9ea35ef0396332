"""Citizens, their conversations, and what a conversation brings about. One writer per citizen: leased and fenced."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    any_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import Channel
from libs.runtime.db import once
from libs.runtime.ids import uuid7

from ..tables import channel_events, citizens, conversations, transcript
from .arrays import columns_of, table_of


@dataclass(frozen=True, slots=True)
class Claimed:
    """A citizen whose conversation is ours to move until the lease ends."""

    sender_id: UUID
    channel: Channel
    sender_key: bytes | None
    address: str | None
    """Sealed; None until the first message has been read."""
    version: int
    fence: int
    state: bytes | None
    """Sealed; None before the first move."""


@dataclass(frozen=True, slots=True)
class ToRead:
    """A stored event of a claimed citizen."""

    event_id: UUID
    sender_key: bytes
    event_at: datetime | None
    received_at: datetime
    body: bytes
    """Sealed."""
    attempts: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A conversation after its move."""

    claimed: Claimed
    state: bytes
    """Sealed."""
    due_at: datetime | None
    silent_until: datetime | None


# Built once: these run at every turn, and building a statement costs more than sending it.
_NOW: Final = bindparam("now", type_=DateTime(timezone=True))
_KEYS: Final = bindparam("keys", type_=ARRAY(LargeBinary))
_MOST: Final = bindparam("most", type_=Integer)
_UNREAD: Final = (
    channel_events.c.state == literal_column("'new'"),  # no value: the planner proves the index's condition once
    channel_events.c.sender_key.is_not(None),
    func.coalesce(channel_events.c.next_at, _NOW) <= _NOW,
)
_CONVERSATION: Final = exists().where(
    citizens.c.sender_key == channel_events.c.sender_key, conversations.c.sender_id == citizens.c.sender_id
)
_WAITING: Final = (
    select(
        channel_events.c.sender_key, func.min(channel_events.c.channel).label("channel"), _CONVERSATION.label("known")
    )
    .where(*_UNREAD, ~_CONVERSATION.where(conversations.c.lease_until > _NOW))
    .group_by(channel_events.c.sender_key)
    .order_by(func.min(channel_events.c.received_at))
    .limit(_MOST)
)
_IS_FREE: Final = or_(conversations.c.lease_until.is_(None), conversations.c.lease_until <= _NOW)
_DUE: Final = (
    select(conversations.c.sender_id)
    .where(conversations.c.due_at <= _NOW, _IS_FREE)
    .order_by(conversations.c.due_at)
    .limit(_MOST)
    .subquery()
)
# Each half by an index of its own: who wrote OR is due, in one condition, reads every citizen there is.
_TURNS: Final = union(
    select(citizens.c.sender_id).where(citizens.c.sender_key == any_(_KEYS)), select(_DUE.c.sender_id)
)
_FREE: Final = (
    select(conversations.c.sender_id)
    .where(conversations.c.sender_id == once(_TURNS), _IS_FREE)
    .limit(_MOST)
    .with_for_update(skip_locked=True)
)
_CLAIM: Final = (
    update(conversations)
    .where(conversations.c.sender_id == once(_FREE), conversations.c.sender_id == citizens.c.sender_id)
    .values(lease_until=bindparam("new_lease_until"), lease_fence=conversations.c.lease_fence + 1)
    .returning(
        conversations.c.sender_id,
        citizens.c.channel,
        citizens.c.sender_key,
        citizens.c.address,
        conversations.c.version,
        conversations.c.lease_fence,
        conversations.c.state,
    )
)
_LISTED: Final = (
    select(
        channel_events,
        func.row_number()
        .over(
            partition_by=channel_events.c.sender_key,
            order_by=(func.coalesce(channel_events.c.event_at, channel_events.c.received_at), channel_events.c.id),
        )
        .label("place"),
    )
    .where(*_UNREAD, channel_events.c.sender_key == any_(_KEYS))
    .subquery()
)
_TO_READ: Final = (
    select(
        _LISTED.c.id,
        _LISTED.c.sender_key,
        _LISTED.c.event_at,
        _LISTED.c.received_at,
        _LISTED.c.body,
        _LISTED.c.attempts,
    )
    .where(_LISTED.c.place <= _MOST)
    .order_by(_LISTED.c.sender_key, _LISTED.c.place)
)
_MOVED: Final = table_of(
    sender_id=Uuid, fence=BigInteger, version=BigInteger, state=LargeBinary, due_at=DateTime(timezone=True)
)
_SAVE: Final = (
    update(conversations)
    .where(
        conversations.c.sender_id == _MOVED.c.sender_id,
        conversations.c.lease_fence == _MOVED.c.fence,
        conversations.c.version == _MOVED.c.version,
    )
    .values(
        state=_MOVED.c.state,
        version=_MOVED.c.version + 1,
        due_at=_MOVED.c.due_at,
        lease_until=None,
        touched_at=_NOW,
    )
    .returning(conversations.c.sender_id)
)
_REACHED: Final = table_of(sender_id=Uuid, address=Text)
_IDENTIFY: Final = (
    update(citizens).where(citizens.c.sender_id == _REACHED.c.sender_id).values(address=_REACHED.c.address)
)
_HEARD: Final = (
    update(channel_events)
    .where(channel_events.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .values(state="done", done_at=_NOW, outcome="heard")
)
_WRITE_DOWN: Final = insert(transcript)
_NUMBERED: Final = table_of(sender_id=Uuid, count=BigInteger)
_NUMBER: Final = (
    update(citizens)
    .where(citizens.c.sender_id == _NUMBERED.c.sender_id)
    .values(reply_seq=citizens.c.reply_seq + _NUMBERED.c.count)
    .returning(citizens.c.sender_id, citizens.c.reply_seq)
)


class ConversationStore:
    """Every statement of the conversation's worker."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> list[Claimed]:
        """Take citizens who wrote or whose timer is due, those who waited longest first, and keep others off them."""
        waiting = (await self._session.execute(_WAITING, {"now": now, "most": limit})).all()
        await self._make_known({row.sender_key: row.channel for row in waiting if not row.known}, now)
        keys = [row.sender_key for row in waiting]
        rows = await self._session.execute(
            _CLAIM, {"now": now, "keys": keys, "most": limit, "new_lease_until": lease_until}
        )
        return [Claimed(row[0], Channel(row[1]), *row[2:]) for row in rows]

    async def _make_known(self, unknown: dict[bytes, str], now: datetime) -> None:
        if not unknown:
            return
        fresh = [
            {"sender_id": uuid7(), "channel": channel, "sender_key": key, "known_since": now}
            for key, channel in unknown.items()
        ]
        await self._session.execute(upsert(citizens).values(fresh).on_conflict_do_nothing())
        without = (
            select(citizens.c.sender_id, literal(now, DateTime(timezone=True)))
            .where(citizens.c.sender_key.in_(unknown))
            .where(~exists().where(conversations.c.sender_id == citizens.c.sender_id))
        )
        await self._session.execute(
            upsert(conversations).from_select(["sender_id", "touched_at"], without).on_conflict_do_nothing()
        )

    async def unread(self, claimed: Iterable[Claimed], now: datetime, limit: int) -> dict[UUID, list[ToRead]]:
        """The unread events of claimed citizens, each citizen's in the order they were sent, `limit` each at most.

        By the channel's time, then by id; those whose time could not be read stand where they arrived.
        """
        by_key = {one.sender_key: one.sender_id for one in claimed if one.sender_key is not None}
        found: dict[UUID, list[ToRead]] = {sender_id: [] for sender_id in by_key.values()}
        if not by_key:
            return found
        rows = await self._session.execute(_TO_READ, {"now": now, "keys": list(by_key), "most": limit})
        for row in rows:
            found[by_key[row[1]]].append(ToRead(*row))
        return found

    async def save(self, moved: Sequence[Moved], now: datetime) -> set[UUID]:
        """Store moved conversations and give the claims back; tells whose, leaving out those others have moved."""
        rows = [(one.claimed.sender_id, one.claimed.fence, one.claimed.version, one.state, one.due_at) for one in moved]
        fresh = columns_of(("sender_id", "fence", "version", "state", "due_at"), rows)
        saved = await self._session.scalars(_SAVE, {"now": now, **fresh})
        known = set(saved)
        silent = {one.claimed.sender_id: one.silent_until for one in moved if one.silent_until is not None}
        for sender_id in known.intersection(silent):
            await self._session.execute(
                update(citizens).where(citizens.c.sender_id == sender_id).values(bot_silent_until=silent[sender_id])
            )
        return known

    async def put_off(self, claimed: Claimed, until: datetime) -> None:
        """Give up for now: nobody takes this citizen up again before `until`."""
        await self._session.execute(
            update(conversations)
            .where(conversations.c.sender_id == claimed.sender_id, conversations.c.lease_fence == claimed.fence)
            .values(lease_until=until)
        )

    async def identify(self, addresses: Mapping[UUID, str]) -> None:
        """Keep where citizens can be reached. Addresses are sealed."""
        if addresses:
            await self._session.execute(_IDENTIFY, columns_of(("sender_id", "address"), list(addresses.items())))

    async def heard(self, event_ids: Sequence[UUID], now: datetime) -> None:
        """Events have become part of their conversations."""
        if event_ids:
            await self._session.execute(_HEARD, {"ids": list(event_ids), "now": now})

    async def retry(self, event_id: UUID, at: datetime) -> None:
        """An event could not be taken in: again at `at`."""
        await self._session.execute(
            update(channel_events)
            .where(channel_events.c.id == event_id)
            .values(next_at=at, attempts=channel_events.c.attempts + 1)
        )

    async def bury(self, event_id: UUID, reason: str, now: datetime) -> None:
        """An event cannot be taken in: kept, dead, with the reason, for people to look into."""
        await self._session.execute(
            update(channel_events)
            .where(channel_events.c.id == event_id)
            .values(state="dead", done_at=now, outcome=reason)
        )

    async def write_down(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Add to transcripts. Texts are sealed."""
        if lines:
            await self._session.execute(_WRITE_DOWN, list(lines))

    async def next_seqs(self, counts: Mapping[UUID, int]) -> dict[UUID, int]:
        """Take so many numbers for replies to each citizen; the last of each."""
        if not counts:
            return {}
        rows = await self._session.execute(_NUMBER, columns_of(("sender_id", "count"), list(counts.items())))
        return {row[0]: row[1] for row in rows}
