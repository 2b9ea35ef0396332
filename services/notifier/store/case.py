"""What the notifier knows of cases: whose they are, their code, and the latest agency and date."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import case, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..tables import cases, messages


@dataclass(frozen=True, slots=True)
class Case:
    """A case as known here; intake tells sender and code, routing the rest."""

    feedback_id: UUID
    sender_id: UUID | None
    code: str | None
    filed_at: datetime | None
    agency_name: str | None
    due_at: datetime | None


_COLUMNS: Final = tuple(cases.c[name] for name in Case.__dataclass_fields__)

# Built once: these run for every event, and building a statement costs more than sending it.
_NEW: Final = insert(cases)
_FIRST_HEARD: Final = _NEW.on_conflict_do_nothing().returning(cases.c.feedback_id)
_IDENTIFIED: Final = _NEW.on_conflict_do_update(
    index_elements=["feedback_id"],
    set_={
        "sender_id": _NEW.excluded.sender_id,
        "code": _NEW.excluded.code,
        "filed_at": func.least(cases.c.filed_at, _NEW.excluded.filed_at),  # passes over NULL
        "updated_at": _NEW.excluded.updated_at,
    },
).returning(*_COLUMNS)
_STEPPED: Final = _NEW.on_conflict_do_update(
    index_elements=["feedback_id"],
    set_={
        "agency_name": case(
            (cases.c.agency_seq < _NEW.excluded.agency_seq, _NEW.excluded.agency_name), else_=cases.c.agency_name
        ),
        "agency_seq": func.greatest(cases.c.agency_seq, _NEW.excluded.agency_seq),
        "due_at": case((cases.c.due_seq < _NEW.excluded.due_seq, _NEW.excluded.due_at), else_=cases.c.due_at),
        "due_seq": func.greatest(cases.c.due_seq, _NEW.excluded.due_seq),
        "updated_at": _NEW.excluded.updated_at,
    },
).returning(*_COLUMNS)


class CaseStore:
    """Every statement about cases."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def identified(
        self, feedback_id: UUID, sender_id: UUID, code: str, at: datetime, now: datetime
    ) -> Case | None:
        """Keep whose case it is, and lock it. The case when something was heard of it before; else none can wait."""
        values = {
            "feedback_id": feedback_id,
            "sender_id": sender_id,
            "code": code,
            "filed_at": at,
            "updated_at": now,
        }
        if (await self._session.execute(_FIRST_HEARD, values)).first() is not None:
            return None
        return Case(*(await self._session.execute(_IDENTIFIED, values)).one())

    async def stepped(
        self, feedback_id: UUID, case_seq: int, agency_name: str | None, due_at: datetime | None, now: datetime
    ) -> Case:
        """Take over what a step of the case says of agency and date, unless a later one said so; lock the case."""
        values = {
            "feedback_id": feedback_id,
            "agency_name": agency_name,
            "agency_seq": case_seq if agency_name else 0,
            "due_at": due_at,
            "due_seq": case_seq if due_at else 0,
            "updated_at": now,
        }
        return Case(*(await self._session.execute(_STEPPED, values)).one())

    async def forget_unused(self, before: datetime, limit: int) -> int:
        """Remove cases nothing was said of since then."""
        unused = (
            select(cases.c.feedback_id)
            .where(cases.c.updated_at < before, ~exists().where(messages.c.feedback_id == cases.c.feedback_id))
            .limit(limit)
        )
        gone = delete(cases).where(cases.c.feedback_id.in_(unused)).returning(cases.c.feedback_id)
        return len((await self._session.scalars(gone)).all())
