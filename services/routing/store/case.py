"""Cases, who has them, the answers written, and what happened."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Result,
    RowMapping,
    Text,
    Uuid,
    any_,
    bindparam,
    column,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import AccusedPost, AgencyId, CaseState, Desk, FeedbackId, Kind, RefusalReason
from libs.runtime.db import append, write_appended

from .. import tables as t
from ..domain.case import Case
from ..domain.consideration import OfficeReason
from ..domain.permission import Guard, Officer, Role
from .shelf import Shelf

_KEPT = (
    "feedback_id", "state", "version", "case_seq", "received_at", "due_at", "kind", "matter", "field",
    "confirmed_place", "incomplete", "sensitive", "decided_by_person", "classified_at",
    "office_reason", "ended_at", "ended_alone_at", "refusal_reason",
)  # fmt: skip
_GUARD = ("agency_id", "desk", "shielded", "accused", "accused_post", "no_head")
_CASE = [t.cases.c[name] for name in (*_KEPT, *_GUARD)]

# Built once: these run for every event, and building a statement costs more than sending it.
_HELD: Final = column("held", Text)
_HOLD: Final = select(func.pg_advisory_xact_lock(func.hashtextextended(_HELD, 0))).select_from(
    func.unnest(bindparam("all", type_=ARRAY(Text))).table_valued(_HELD).render_derived()
)
_IS_OPENED: Final = t.cases.c.state == literal_column(f"'{CaseState.OPENED}'")  # no value: it is the index's condition
_OPEN: Final = upsert(t.cases).on_conflict_do_nothing().returning(*_CASE)
_LOCK: Final = (
    select(*_CASE)
    .where(t.cases.c.feedback_id == any_(bindparam("those", type_=ARRAY(Uuid))))
    .order_by(t.cases.c.feedback_id)
    .with_for_update()
)
_SAVE_LOCKED: Final = update(t.cases).where(t.cases.c.feedback_id == bindparam("which"))
_SAVE: Final = _SAVE_LOCKED.where(t.cases.c.version == bindparam("read_version")).returning(t.cases.c.feedback_id)
_MINE: Final = t.cases.alias("mine")
_ANSWERED_ALONE: Final = (
    select(t.cases.c.feedback_id)
    .join(_MINE, _MINE.c.sender_id == t.cases.c.sender_id)
    .where(_MINE.c.feedback_id == bindparam("which"), t.cases.c.ended_alone_at > bindparam("since"))
    .limit(1)
)
_BEGIN_ASSIGNMENT: Final = insert(t.assignments).inline()
_NOTE: Final = insert(t.timeline).inline()


class StaleWrite(Exception):
    """Somebody else changed the case in between; the transaction must be given up."""


class CaseStore:
    """The cases and the work on them. Methods say what is wanted, not how; they never commit."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._shelf = Shelf.of(session)

    async def take_ahead(self, opened: Mapping[UUID, Mapping[str, Any]], others: Collection[UUID]) -> set[UUID]:
        """Do for many feedbacks at once what `hold`, `open_case` and `case_of` will be asked; the cases opened.

        Whatever waits for others comes in the order of ids, and every hold before any row: nobody waits in a ring.
        """
        shelf = self._shelf
        await self._hold(sorted({*opened, *others} - shelf.held))
        new = await self._open([opened[one] for one in sorted(opened) if one not in shelf.opened])
        shelf.opened.update((one, new.get(one)) for one in opened if one not in shelf.opened)
        shelf.locked.update(dict.fromkeys(new))  # nobody finds them before they are opened
        left = sorted({*others} - shelf.locked.keys())
        found = await self._lock(left)
        shelf.locked.update((one, found.get(one)) for one in left)
        return set(new)

    async def hold(self, feedback_id: UUID) -> None:
        """Be the only one to work on a feedback until the transaction ends, also before it has a case.

        Without it, the two events that open a case, handled at the same moment, would each wait for the other.
        """
        if feedback_id not in self._shelf.held:
            await self._hold([feedback_id])

    async def open_case(self, **columns: Any) -> Case | None:
        """Add a case; none when it is already there."""
        shelf, feedback_id = self._shelf, columns["feedback_id"]
        if feedback_id in shelf.opened:
            row, shelf.opened[feedback_id] = shelf.opened[feedback_id], None
        else:
            row = (await self._open([columns])).get(feedback_id)
        if row is None:
            return None
        shelf.locked[feedback_id] = row
        return _case(row)

    async def case_of(self, feedback_id: UUID) -> Case | None:
        """One case, locked until the transaction ends."""
        locked = self._shelf.locked
        row = locked[feedback_id] if feedback_id in locked else (await self._lock([feedback_id])).get(feedback_id)
        return _case(row) if row else None

    async def unclassified(self, opened_before: datetime, limit: int) -> list[Case]:
        """Cases triage has said nothing about, the oldest first, locked; those in other hands are left out."""
        rows = await self._session.execute(
            select(*_CASE)
            .where(_IS_OPENED, t.cases.c.opened_at < opened_before)
            .order_by(t.cases.c.opened_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        waiting = _by_feedback(rows)
        self._shelf.locked.update(waiting)
        return [_case(row) for row in waiting.values()]

    async def sender_was_answered_alone(self, feedback_id: UUID, since: datetime) -> bool:
        """Whether the machine ended a case of the same sender since then."""
        await write_appended(self._session, _SAVE_LOCKED)
        self._shelf.unsaved.clear()
        return await self._session.scalar(_ANSWERED_ALONE, {"which": feedback_id, "since": since}) is not None

    async def save(self, case: Case, changes: Mapping[str, Any]) -> None:
        """Write what changed about a case, one version further.

        Raises:
            StaleWrite: it is no longer the version that was read.
        """
        shelf, which = self._shelf, case.feedback_id
        saved = {**changes, "which": which, "version": case.version + 1}
        row = shelf.locked.get(which)
        if row is None:
            written = await self._session.execute(_SAVE, {**saved, "read_version": case.version})
            if written.first() is None:
                raise StaleWrite
            return
        if row["version"] != case.version:
            raise StaleWrite
        if which in shelf.unsaved:
            # Two changes of one case may be of different columns, and then are not written in their order.
            await write_appended(self._session, _SAVE_LOCKED)
            shelf.unsaved.clear()
        append(self._session, _SAVE_LOCKED, saved)
        shelf.unsaved.add(which)
        shelf.locked[which] = {name: saved.get(name, value) for name, value in row.items()}

    async def sheet(self, feedback_id: UUID) -> tuple[Case, RowMapping] | None:
        """One case to be looked at, with everything on it."""
        await write_appended(self._session, _SAVE_LOCKED)
        found = await self._session.execute(select(t.cases).where(t.cases.c.feedback_id == feedback_id))
        row = found.mappings().first()
        return (_case(row), row) if row else None

    def begin_assignment(self, **columns: Any) -> None:
        """Note that an agency has a case from now on."""
        append(self._session, _BEGIN_ASSIGNMENT, columns)

    async def end_assignment(self, feedback_id: UUID, at: datetime) -> None:
        """Note that the present agency no longer has it."""
        c = t.assignments.c
        await write_appended(self._session, _BEGIN_ASSIGNMENT)
        await self._session.execute(
            update(t.assignments).where(c.feedback_id == feedback_id, c.ended_at.is_(None)).values(ended_at=at)
        )

    async def assignments_of(self, feedback_id: UUID) -> Sequence[RowMapping]:
        """Every agency that had a case, in order."""
        await write_appended(self._session, _BEGIN_ASSIGNMENT)
        c = t.assignments.c
        rows = await self._session.execute(
            select(t.assignments).where(c.feedback_id == feedback_id).order_by(c.case_seq)
        )
        return rows.mappings().all()

    async def has_head(self, agency_id: str) -> bool:
        """Whether an agency has an active head account."""
        c = t.officers.c
        found = await self._session.scalar(
            select(c.id).where(c.agency_id == agency_id, c.active, c.roles.contains([Role.HEAD.value])).limit(1)
        )
        return found is not None

    async def write_answer(
        self, feedback_id: UUID, agency_id: str, outcome: str, text: str, by: UUID, at: datetime
    ) -> int:
        """Keep a new revision of the answer; returns its number."""
        c = t.answers.c
        revision: int = await self._session.scalar(
            select(func.coalesce(func.max(c.revision), 0) + 1).where(c.feedback_id == feedback_id)
        )  # type: ignore[assignment]
        await self._session.execute(
            insert(t.answers).values(
                feedback_id=feedback_id,
                revision=revision,
                agency_id=agency_id,
                outcome=outcome,
                text=text,
                written_by=by,
                written_at=at,
            )
        )
        return revision

    async def answers_of(self, feedback_id: UUID) -> Sequence[RowMapping]:
        """Every revision of the answer, the newest first."""
        c = t.answers.c
        rows = await self._session.execute(
            select(t.answers).where(c.feedback_id == feedback_id).order_by(c.revision.desc())
        )
        return rows.mappings().all()

    async def mark_answer(self, feedback_id: UUID, revision: int, **columns: Any) -> None:
        """Note that a revision was submitted, approved or sent back."""
        c = t.answers.c
        await self._session.execute(
            update(t.answers).where(c.feedback_id == feedback_id, c.revision == revision).values(columns)
        )

    def note(
        self,
        feedback_id: UUID,
        at: datetime,
        what: str,
        by: Officer | None = None,
        note: str | None = None,
        **detail: Any,
    ) -> None:
        """Add a line to a case's timeline; nothing ever changes one."""
        line = {
            "feedback_id": feedback_id,
            "at": at,
            "what": what,
            "by": by.id if by else None,
            "by_name": by.name if by else None,
            "agency_id": by.agency_id if by else None,
            "note": note,
            "detail": detail,
        }
        append(self._session, _NOTE, line)

    async def timeline_of(self, feedback_id: UUID) -> Sequence[RowMapping]:
        """What happened to a case, in order."""
        await write_appended(self._session, _NOTE)
        c = t.timeline.c
        rows = await self._session.execute(select(t.timeline).where(c.feedback_id == feedback_id).order_by(c.id))
        return rows.mappings().all()

    async def _hold(self, feedback_ids: Sequence[UUID]) -> None:
        if feedback_ids:
            await self._session.execute(_HOLD, {"all": [str(one) for one in feedback_ids]})
            self._shelf.held.update(feedback_ids)

    async def _open(self, cases: Sequence[Mapping[str, Any]]) -> dict[UUID, dict[str, Any]]:
        return _by_feedback(await self._session.execute(_OPEN, cases)) if cases else {}

    async def _lock(self, feedback_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
        return _by_feedback(await self._session.execute(_LOCK, {"those": feedback_ids})) if feedback_ids else {}


def _by_feedback(rows: Result[Any]) -> dict[UUID, dict[str, Any]]:
    return {row.feedback_id: row._asdict() for row in rows}


def _case(row: RowMapping | Mapping[str, Any]) -> Case:
    values = {name: row[name] for name in _KEPT}
    kind = Kind(row["kind"]) if row["kind"] else None
    reason = OfficeReason(row["office_reason"]) if row["office_reason"] else None
    refusal = RefusalReason(row["refusal_reason"]) if row["refusal_reason"] else None
    known = {"feedback_id": FeedbackId(row["feedback_id"]), "state": CaseState(row["state"]), "kind": kind}
    return Case(**{**values, **known, "office_reason": reason, "refusal_reason": refusal}, guard=guard_of(row))


def guard_of(row: RowMapping | Mapping[str, Any]) -> Guard:
    """What decides who may see the case of a row."""
    return Guard(
        agency_id=AgencyId(row["agency_id"]),
        desk=Desk(row["desk"]),
        shielded=row["shielded"],
        accused=frozenset(row["accused"]),
        accused_post=AccusedPost(row["accused_post"]),
        no_head=row["no_head"],
    )
