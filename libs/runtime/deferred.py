"""Events a service could not handle yet: kept with their reason, tried again ever later, replayed by people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .bus import Delivery
from .tables import RuntimeTables

RETRY_AFTER: Final = tuple(timedelta(seconds=s) for s in (5, 60, 600, 3_600, 6 * 3_600, 24 * 3_600))
"""Waits before each further try; after the last failure the event is dead and a person must look."""


class DeferredEvent(NamedTuple):
    """One event put aside."""

    event_id: UUID
    name: str
    body: bytes
    attempts: int


async def keep(
    session: AsyncSession,
    tables: RuntimeTables,
    event_id: UUID,
    delivery: Delivery,
    reason: str,
    now: datetime,
    *,
    dead: bool,
) -> None:
    """Put an event aside unless it was already handled or put aside."""
    handled = await session.scalar(select(tables.inbox.c.event_id).where(tables.inbox.c.event_id == event_id))
    if handled is not None:
        return
    await session.execute(
        insert(tables.deferred_events)
        .values(
            event_id=event_id,
            name=delivery.name,
            body=delivery.body,
            reason=reason,
            attempts=0,
            next_at=now + RETRY_AFTER[0],
            dead_at=now if dead else None,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )


async def due(session: AsyncSession, tables: RuntimeTables, now: datetime, limit: int) -> Sequence[UUID]:
    """Ids of events whose next try is due, oldest first."""
    d = tables.deferred_events
    rows = await session.scalars(
        select(d.c.event_id).where(d.c.dead_at.is_(None), d.c.next_at <= now).order_by(d.c.next_at).limit(limit)
    )
    return rows.all()


async def take(session: AsyncSession, tables: RuntimeTables, event_id: UUID) -> DeferredEvent | None:
    """Lock one for this transaction and remove it; None when another process has it. A roll-back puts it back."""
    d = tables.deferred_events
    mine = select(d.c.event_id).where(d.c.event_id == event_id, d.c.dead_at.is_(None)).with_for_update(skip_locked=True)
    gone = await session.execute(
        delete(d).where(d.c.event_id.in_(mine)).returning(d.c.event_id, d.c.name, d.c.body, d.c.attempts)
    )
    row = gone.first()
    return DeferredEvent(*row) if row else None


async def failed_again(
    session: AsyncSession, tables: RuntimeTables, event: DeferredEvent, reason: str, now: datetime, *, dead: bool
) -> bool:
    """Record one more failure; True when it was the last and the event is dead now."""
    attempts = event.attempts + 1
    over = dead or attempts >= len(RETRY_AFTER)
    d = tables.deferred_events
    await session.execute(
        update(d)
        .where(d.c.event_id == event.event_id)
        .values(
            attempts=attempts,
            reason=reason,
            next_at=now if over else now + RETRY_AFTER[attempts],
            dead_at=now if over else None,
        )
    )
    return over


async def replay(session: AsyncSession, tables: RuntimeTables, event_ids: Sequence[UUID] | None, now: datetime) -> int:
    """Make dead and waiting events due at once (all of them when no ids are given); returns how many."""
    d = tables.deferred_events
    statement = update(d).values(next_at=now, dead_at=None, attempts=0)
    if event_ids is not None:
        statement = statement.where(d.c.event_id.in_(event_ids))
    changed = await session.execute(statement)
    return int(changed.rowcount)  # type: ignore[attr-defined]


async def probe(session: AsyncSession, tables: RuntimeTables, now: datetime) -> None:
    """Write something of no meaning, to learn whether writing is possible: a full disk still reads."""
    row = {"name": "probe", "holder": UUID(int=0), "fence": 0, "until": now}
    await session.execute(
        insert(tables.leases).values(row).on_conflict_do_update(index_elements=["name"], set_={"until": now})
    )
