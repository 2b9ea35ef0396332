"""Every statement the portal bridge sends to its schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, bindparam, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.runtime.db import append, once, write_appended

from .domain import Case, Standing
from .tables import cases, entries

_COLUMNS: Final = tuple(cases.c[name] for name in Case.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that waits for the portal; its body is sealed."""

    event_id: UUID
    feedback_id: UUID
    case_seq: int
    name: str
    body: bytes
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits, and since when."""

    held_cases: int
    queued_cases: int
    deleted_cases: int
    held_entries: int
    queued_entries: int
    came_back: int
    oldest_queued_at: datetime | None


# Built once: these run for every event, and building a statement costs more than sending it.
_NEW: Final = insert(cases)
# An update locks the row and gives it back, whether it was there or not.
_HEARD_OF: Final = _NEW.on_conflict_do_update(
    index_elements=["feedback_id"], set_={"last_at": func.greatest(cases.c.last_at, _NEW.excluded.last_at)}
)
_LOCK: Final = _HEARD_OF.returning(*_COLUMNS)
_LOCK_ALL: Final = _HEARD_OF.returning(cases.c.feedback_id, *_COLUMNS)
_STANDS: Final = (
    update(cases)
    .where(cases.c.feedback_id == bindparam("which"))
    .values({name: bindparam(f"now_{name}") for name in ("standing", *Case.__dataclass_fields__)})
)
_KEEP: Final = insert(entries).on_conflict_do_nothing(index_elements=["event_id"]).inline()


def _new(feedback_id: UUID, at: datetime) -> dict[str, Any]:
    return {
        "feedback_id": feedback_id,
        "standing": Standing.HELD,
        "release_seq": 0,
        "delete_seq": 0,
        "forgotten": False,
        "last_at": at,
    }


class BridgeStore:
    """Cases and what waits of them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._locked: dict[UUID, Case] = session.info.setdefault("cases", {})

    async def lock_ahead(self, heard_at: Mapping[UUID, datetime]) -> None:
        """Lock many cases, as `lock` does, in one go."""
        unlocked = sorted(heard_at.keys() - self._locked.keys())
        rows = [_new(feedback_id, heard_at[feedback_id]) for feedback_id in unlocked]
        if rows:
            found = await self._session.execute(_LOCK_ALL, rows)
            self._locked.update((row[0], Case(*row[1:])) for row in found)

    async def lock(self, feedback_id: UUID, at: datetime) -> Case:
        """A case as it stands, known or not, and heard of at this time; locked until the transaction ends."""
        known = self._locked.get(feedback_id)
        if known is None:
            known = Case(*(await self._session.execute(_LOCK, _new(feedback_id, at))).one())
        return known

    async def change(self, feedback_id: UUID, case_now: Case) -> None:
        """Write down how a case stands."""
        columns = {f"now_{name}": getattr(case_now, name) for name in Case.__dataclass_fields__}
        now = {"which": feedback_id, **columns, "now_standing": case_now.standing}
        if feedback_id in self._locked:
            self._locked[feedback_id] = case_now
            append(self._session, _STANDS, now)
        else:
            await self._session.execute(_STANDS, now)

    def keep(self, entry: Entry) -> None:
        """Keep one thing for the portal; twice is once."""
        append(self._session, _KEEP, {name: getattr(entry, name) for name in Entry.__dataclass_fields__})

    async def keep_nothing(self, feedback_id: UUID) -> None:
        """Delete what is kept of a case."""
        await write_appended(self._session, _KEEP)
        await self._session.execute(delete(entries).where(entries.c.feedback_id == feedback_id))

    async def queue(self, limit: int) -> list[Entry]:
        """What would be pushed next: cases by the day they were released, each in its own order."""
        statement = (
            select(*(entries.c[name] for name in Entry.__dataclass_fields__))
            .join(cases, cases.c.feedback_id == entries.c.feedback_id)
            .where(cases.c.standing == Standing.QUEUED)
            .order_by(
                cases.c.released_at,
                cases.c.feedback_id,
                entries.c.case_seq,
                entries.c.name,
                entries.c.occurred_at,
                entries.c.event_id,
            )
            .limit(limit)
        )
        return [Entry(*row) for row in await self._session.execute(statement)]

    async def waiting(self) -> Waiting:
        """How much waits, and since when."""
        of_cases = await self._session.execute(select(cases.c.standing, func.count()).group_by(cases.c.standing))
        of_entries = await self._session.execute(
            select(cases.c.standing, func.count())
            .join(entries, entries.c.feedback_id == cases.c.feedback_id)
            .group_by(cases.c.standing)
        )
        by_case = {row[0]: row[1] for row in of_cases}
        by_entry = {row[0]: row[1] for row in of_entries}
        came_back = and_(cases.c.delete_seq > 0, cases.c.release_seq > cases.c.delete_seq)
        others = select(
            func.min(case((cases.c.standing == Standing.QUEUED, cases.c.released_at))),
            func.count().filter(came_back),
        )
        oldest, back = (await self._session.execute(others)).one()
        return Waiting(
            held_cases=by_case.get(Standing.HELD, 0),
            queued_cases=by_case.get(Standing.QUEUED, 0),
            deleted_cases=by_case.get(Standing.DELETED, 0),
            held_entries=by_entry.get(Standing.HELD, 0),
            queued_entries=by_entry.get(Standing.QUEUED, 0),
            came_back=back,
            oldest_queued_at=oldest,
        )

    async def forget(self, before: datetime, limit: int) -> int:
        """Remove what is kept of cases of which nothing was heard since then; how many they were."""
        old = (
            select(cases.c.feedback_id)
            .where(cases.c.last_at < before, cases.c.standing != Standing.DELETED)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        forgotten = list(
            await self._session.scalars(
                update(cases)
                .where(cases.c.feedback_id == once(old))
                .values(forgotten=True, standing=Standing.DELETED)
                .returning(cases.c.feedback_id)
            )
        )
        await self._session.execute(delete(entries).where(entries.c.feedback_id.in_(forgotten)))
        return len(forgotten)
