"""What the notifier knows of cases: whose they are, their code, and the latest agency and date."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, bindparam, case, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.runtime.db import once

from ..tables import cases, messages
from .shelf import Pending


@dataclass(frozen=True, slots=True)
class Case:
    """A case as known here; intake tells sender and code, routing the rest."""

    feedback_id: UUID
    sender_id: UUID | None = None
    code: str | None = None
    filed_at: datetime | None = None
    agency_name: str | None = None
    agency_seq: int = 0
    due_at: datetime | None = None
    due_seq: int = 0

    def identified(self, sender_id: UUID, code: str, at: datetime) -> "Case":
        """The case when it is said whose it is; as `_HEARD`."""
        filed_at = at if self.filed_at is None else min(self.filed_at, at)
        return replace(self, sender_id=sender_id, code=code, filed_at=filed_at)

    def stepped(self, case_seq: int, agency_name: str | None, due_at: datetime | None) -> "Case":
        """The case after a step, for which a later one may have been heard before; as `_HEARD`."""
        names = bool(agency_name) and self.agency_seq < case_seq
        dates = due_at is not None and self.due_seq < case_seq
        if not names and not dates:
            return self
        return Case(
            self.feedback_id,
            self.sender_id,
            self.code,
            self.filed_at,
            agency_name if names else self.agency_name,
            case_seq if names else self.agency_seq,
            due_at if dates else self.due_at,
            case_seq if dates else self.due_seq,
        )


_NAMES: Final = tuple(Case.__dataclass_fields__)
_COLUMNS: Final = tuple(cases.c[name] for name in _NAMES)
_values: Final[Callable[[Case], tuple[Any, ...]]] = attrgetter(*_NAMES)

# Built once: these run for every event, and building a statement costs more than sending it.
_NEW: Final = insert(cases)
_FIRST_HEARD: Final = _NEW.on_conflict_do_nothing().returning(cases.c.feedback_id)
# What an event does not tell is NULL or 0 in its row, and stays as it was. An update locks the row and gives it back.
_HEARD: Final[dict[str, Any]] = {
    "index_elements": ["feedback_id"],
    "set_": {
        "sender_id": func.coalesce(_NEW.excluded.sender_id, cases.c.sender_id),
        "code": func.coalesce(_NEW.excluded.code, cases.c.code),
        "filed_at": func.least(cases.c.filed_at, _NEW.excluded.filed_at),  # passes over NULL
        "agency_name": case(
            (cases.c.agency_seq < _NEW.excluded.agency_seq, _NEW.excluded.agency_name), else_=cases.c.agency_name
        ),
        "agency_seq": func.greatest(cases.c.agency_seq, _NEW.excluded.agency_seq),
        "due_at": case((cases.c.due_seq < _NEW.excluded.due_seq, _NEW.excluded.due_at), else_=cases.c.due_at),
        "due_seq": func.greatest(cases.c.due_seq, _NEW.excluded.due_seq),
        "updated_at": _NEW.excluded.updated_at,
    },
}
_HEARD_OF: Final = _NEW.on_conflict_do_update(**_HEARD).returning(*_COLUMNS)
_ALL: Final = (
    func.unnest(*(bindparam(column.name, type_=ARRAY(column.type)) for column in _COLUMNS))
    .table_valued(*_NAMES, name="heard")
    .render_derived()
)
_ALL_HEARD_OF: Final = (
    _NEW.from_select(
        [*_NAMES, "updated_at"],
        select(*_ALL.c, bindparam("now", type_=DateTime(timezone=True))),
    )
    .on_conflict_do_update(**_HEARD)
    .returning(*_COLUMNS)
)
_STANDS: Final = (
    update(cases)
    .where(cases.c.feedback_id == bindparam("which"))
    .values({name: bindparam(f"now_{name}") for name in _NAMES[1:]})
)


class CaseStore:
    """Every statement about cases."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._locked: dict[UUID, Case] = session.info.setdefault(Case, {})
        self._pending = Pending(session, _STANDS)

    async def all_heard_of(self, heard: Mapping[UUID, Case], now: datetime) -> None:
        """Take over what the first event of each of many cases says, and lock them in one go.

        `heard`: cases of which nothing is known but what that event says.
        """
        await self._pending.written()
        self._locked.clear()
        if heard:
            ordered = zip(*(_values(heard[feedback_id]) for feedback_id in sorted(heard)), strict=True)
            rows = await self._session.execute(_ALL_HEARD_OF, {**dict(zip(_NAMES, ordered, strict=True)), "now": now})
            self._locked.update((row[0], Case(*row)) for row in rows)

    async def identified(
        self, feedback_id: UUID, sender_id: UUID, code: str, at: datetime, now: datetime
    ) -> Case | None:
        """Keep whose case it is, and lock it. The case when something was heard of it before; else none can wait."""
        locked = self._locked.get(feedback_id)
        if locked is not None:
            return self._stands(locked.identified(sender_id, code, at))
        heard = _row(Case(feedback_id).identified(sender_id, code, at), now)
        if (await self._session.execute(_FIRST_HEARD, heard)).first() is not None:
            return None
        return Case(*(await self._session.execute(_HEARD_OF, heard)).one())

    async def stepped(
        self, feedback_id: UUID, case_seq: int, agency_name: str | None, due_at: datetime | None, now: datetime
    ) -> Case:
        """Take over what a step of the case says of agency and date, unless a later one said so; lock the case."""
        locked = self._locked.get(feedback_id)
        if locked is not None:
            return self._stands(locked.stepped(case_seq, agency_name, due_at))
        heard = _row(Case(feedback_id).stepped(case_seq, agency_name, due_at), now)
        return Case(*(await self._session.execute(_HEARD_OF, heard)).one())

    def _stands(self, now: Case) -> Case:
        if now != self._locked[now.feedback_id]:
            self._locked[now.feedback_id] = now
            row = {f"now_{name}": getattr(now, name) for name in _NAMES[1:]}
            if not self._pending.change(now.feedback_id, row):
                self._pending.add(_STANDS, now.feedback_id, {"which": now.feedback_id, **row})
        return now

    async def forget_unused(self, before: datetime, limit: int) -> int:
        """Remove cases nothing was said of since then."""
        unused = (
            select(cases.c.feedback_id)
            .where(cases.c.updated_at < before, ~exists().where(messages.c.feedback_id == cases.c.feedback_id))
            .limit(limit)
        )
        gone = delete(cases).where(cases.c.feedback_id == once(unused)).returning(cases.c.feedback_id)
        return len((await self._session.scalars(gone)).all())


def _row(heard: Case, now: datetime) -> dict[str, Any]:
    return {**dict(zip(_NAMES, _values(heard), strict=True)), "updated_at": now}
