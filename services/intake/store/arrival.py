"""Channel events as they arrive: stored once, whoever repeats them, however many come together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import TextClause, delete, func, literal_column, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import Channel
from libs.runtime.db import once

from ..tables import channel_event_keys, channel_events, citizens


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event as it is to be stored."""

    event_id: UUID
    channel: Channel
    sender_key: bytes | None
    event_name: str
    event_at: datetime | None
    received_at: datetime
    body: bytes
    """Sealed."""
    keys: tuple[bytes, ...]
    """Of the happenings it tells: an event all of whose keys are known is a repetition."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A stored event that waits to be read."""

    event_id: UUID
    body: bytes
    """Sealed."""
    received_at: datetime


# One statement for the whole group. Keys are taken in their own order, so that two groups that meet wait for one
# another instead of deadlocking; an event is stored when at least one of its keys was new.
_KEEP: Final[TextClause] = text(
    """
    WITH told AS (
        INSERT INTO intake.channel_event_keys (key, event_id, kept_at)
        SELECT key, event_id, kept_at
        FROM unnest(CAST(:keys AS bytea[]), CAST(:key_events AS uuid[]), CAST(:key_times AS timestamptz[]))
             AS fresh (key, event_id, kept_at)
        ORDER BY key, event_id
        ON CONFLICT (key) DO NOTHING
        RETURNING event_id
    )
    INSERT INTO intake.channel_events (id, channel, sender_key, event_name, event_at, received_at, body)
    SELECT id, channel, sender_key, event_name, event_at, received_at, body
    FROM unnest(CAST(:ids AS uuid[]), CAST(:channels AS text[]), CAST(:sender_keys AS bytea[]), CAST(:names AS text[]),
                CAST(:event_times AS timestamptz[]), CAST(:times AS timestamptz[]), CAST(:bodies AS bytea[]))
         AS arrived (id, channel, sender_key, event_name, event_at, received_at, body)
    WHERE id IN (SELECT event_id FROM told)
    RETURNING id
    """
)


class ArrivalStore:
    """Channel events and the keys that make a repetition one."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, arrivals: Sequence[Arrival]) -> set[UUID]:
        """Store events, all together, and tell which of them were new."""
        keyed = [(key, arrival) for arrival in arrivals for key in arrival.keys]
        stored = await self._session.scalars(
            _KEEP,
            {
                "keys": [key for key, _ in keyed],
                "key_events": [arrival.event_id for _, arrival in keyed],
                "key_times": [arrival.received_at for _, arrival in keyed],
                "ids": [arrival.event_id for arrival in arrivals],
                "channels": [str(arrival.channel) for arrival in arrivals],
                "sender_keys": [arrival.sender_key for arrival in arrivals],
                "names": [arrival.event_name for arrival in arrivals],
                "event_times": [arrival.event_at for arrival in arrivals],
                "times": [arrival.received_at for arrival in arrivals],
                "bodies": [arrival.body for arrival in arrivals],
            },
        )
        return set(stored)

    async def claim_unaddressed(self, now: datetime, limit: int) -> list[Unread]:
        """Take events that belong to no conversation, the oldest first; they stay ours until the commit."""
        rows = await self._session.execute(
            select(channel_events.c.id, channel_events.c.body, channel_events.c.received_at)
            .where(
                channel_events.c.state == literal_column("'new'"),  # no value: it is the index's condition
                channel_events.c.sender_key.is_(None),
                func.coalesce(channel_events.c.next_at, now) <= now,
            )
            .order_by(channel_events.c.received_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [Unread(*row) for row in rows]

    async def senders(self, keys: Iterable[bytes]) -> dict[bytes, UUID]:
        """The citizens we know by these keys."""
        rows = await self._session.execute(
            select(citizens.c.sender_key, citizens.c.sender_id).where(citizens.c.sender_key.in_(list(keys)))
        )
        return {row.sender_key: row.sender_id for row in rows}

    async def postpone(self, event_id: UUID, until: datetime) -> None:
        """An event cannot be read now: not before `until`."""
        await self._session.execute(
            update(channel_events)
            .where(channel_events.c.id == event_id)
            .values(next_at=until, attempts=channel_events.c.attempts + 1)
        )

    async def done(self, event_id: UUID, outcome: str, now: datetime) -> None:
        """Record what became of an event."""
        await self._session.execute(
            update(channel_events)
            .where(channel_events.c.id == event_id)
            .values(state="done", done_at=now, outcome=outcome)
        )

    async def forget_keys(self, before: datetime, limit: int) -> int:
        """Remove keys older than any redelivery, and tell how many."""
        old = (
            select(channel_event_keys.c.key)
            .where(channel_event_keys.c.kept_at < before)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        removed = await self._session.scalars(
            delete(channel_event_keys)
            .where(channel_event_keys.c.key == once(old))
            .returning(channel_event_keys.c.event_id)
        )
        return len(removed.all())
