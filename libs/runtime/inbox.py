"""«This event was already handled»: one row per event, in the transaction of its effect."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import ARRAY, Table, TextClause, Uuid, any_, delete, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from .db import once
from .tables import RuntimeTables


async def note(session: AsyncSession, tables: RuntimeTables, event_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Note that events are being handled; those that were not handled before.

    Waits for a twin that is not committed yet; ids go in one order, so that nobody waits in a ring.
    """
    noted = await session.scalars(_noting(tables.inbox), {"event_ids": sorted(set(event_ids)), "now": now})
    return set(noted)


@cache
def _noting(inbox: Table) -> TextClause:
    return text(f"""
        INSERT INTO {inbox.fullname} (event_id, handled_at)
        SELECT event_id, :now FROM unnest(CAST(:event_ids AS uuid[])) AS event_id
        ON CONFLICT DO NOTHING RETURNING event_id
    """)  # noqa: S608 - the schema's own table name


async def take_back(session: AsyncSession, tables: RuntimeTables, event_ids: Collection[UUID]) -> None:
    """Undo the note of events that were not handled after all, in the transaction that made it."""
    await session.execute(
        delete(tables.inbox).where(tables.inbox.c.event_id == any_(literal(list(event_ids), ARRAY(Uuid))))
    )


async def forget(session: AsyncSession, tables: RuntimeTables, now: datetime, keep: timedelta, limit: int) -> int:
    """Remove rows older than any redelivery, at most `limit`; returns how many went."""
    old = select(tables.inbox.c.event_id).where(tables.inbox.c.handled_at < now - keep).limit(limit)
    gone = await session.execute(delete(tables.inbox).where(tables.inbox.c.event_id == once(old)))
    return int(gone.rowcount)  # type: ignore[attr-defined]
