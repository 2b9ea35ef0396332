"""The outbox: rows written in the speaker's transaction, published by the relay alone."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Insert, Table, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.envelope import Event

from .metrics import Metrics
from .tables import RuntimeTables


async def write(session: AsyncSession, tables: RuntimeTables, events: Sequence[Event], now: datetime) -> None:
    """Put said events into the outbox of the open transaction."""
    rows = [
        {"event_id": e.event_id, "name": e.name, "key": e.key, "body": e.to_bytes(), "created_at": now} for e in events
    ]
    await session.execute(_writing(tables.outbox), rows)


@cache
def _writing(outbox: Table) -> Insert:
    return insert(outbox).inline()


async def unpark(session: AsyncSession, tables: RuntimeTables, event_ids: Sequence[UUID] | None) -> int:
    """Let the relay try again what it gave up (all of it when no ids are given); returns how many."""
    box = tables.outbox
    freed = update(box).where(box.c.parked_at.is_not(None)).values(parked_at=None, attempts=0, next_at=None)
    if event_ids is not None:
        freed = freed.where(box.c.event_id.in_(event_ids))
    changed = await session.execute(freed)
    return int(changed.rowcount)  # type: ignore[attr-defined]


async def measure(session: AsyncSession, tables: RuntimeTables, metrics: Metrics, now: datetime) -> None:
    """Set the gauges operators are woken by: ages of what waits, counts of what was given up."""
    box, deferred = tables.outbox, tables.deferred_events
    oldest, parked = (
        await session.execute(
            select(
                func.min(box.c.created_at).filter(box.c.parked_at.is_(None)),
                func.count().filter(box.c.parked_at.is_not(None)),
            )
        )
    ).one()
    waiting, dead = (
        await session.execute(
            select(
                func.min(deferred.c.created_at).filter(deferred.c.dead_at.is_(None)),
                func.count().filter(deferred.c.dead_at.is_not(None)),
            )
        )
    ).one()
    metrics.outbox_age.set((now - oldest).total_seconds() if oldest else 0)
    metrics.outbox_parked.set(parked)
    metrics.deferred_age.set((now - waiting).total_seconds() if waiting else 0)
    metrics.dead_events.set(dead)
