"""«This event was already handled»: one row per event, in the transaction of its effect."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .tables import RuntimeTables


async def first_time(session: AsyncSession, tables: RuntimeTables, event_id: UUID, now: datetime) -> bool:
    """Note that an event is being handled; False when it already was. Waits for a twin that is not committed yet."""
    inserted = await session.execute(
        insert(tables.inbox)
        .values(event_id=event_id, handled_at=now)
        .on_conflict_do_nothing()
        .returning(tables.inbox.c.event_id)
    )
    return inserted.first() is not None


async def forget(session: AsyncSession, tables: RuntimeTables, now: datetime, keep: timedelta, limit: int) -> int:
    """Remove rows older than any redelivery, at most `limit`; returns how many went."""
    old = select(tables.inbox.c.event_id).where(tables.inbox.c.handled_at < now - keep).limit(limit)
    gone = await session.execute(delete(tables.inbox).where(tables.inbox.c.event_id.in_(old)))
    return int(gone.rowcount)  # type: ignore[attr-defined]
