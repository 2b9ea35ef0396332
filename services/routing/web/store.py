"""What the desk's pages alone ask of schema `routing`. The shield (`seen_by`) is over every list, count and search."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import AgencyId

from .. import tables as t
from ..domain.permission import Officer, Role
from ..store import Account, Cursor, seen_by
from .queue import Queue
from .throttle import Tries

_BEGINNING: Final = 300
_FOUND_AT_MOST: Final = 20
_ROW: Final = [
    t.cases.c[name]
    for name in (
        "feedback_id", "code", "state", "agency_id", "desk", "act_by", "warn_at", "ended_at", "received_at", "kind",
        "field", "urgency", "shielded", "sensitive", "no_head", "office_reason",
        "ended_alone_at",
    )
]  # fmt: skip


class Unsent(NamedTuple):
    """What an officer typed and did not save yet."""

    outcome: str | None
    text: str
    saved_at: datetime


class DeskStore:
    """Sessions, tries, lists, counts, search, unsent answers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    # --- lists ---------------------------------------------------------------------------------------------------

    async def counts(self, officer: Officer, queues: Sequence[Queue], now: datetime) -> dict[str, int]:
        """How many open cases each list holds, found in one walk over the index `ix_cases_open`."""
        # What all have in common is asked once: repeated, it would send the walk to the cases themselves.
        amounts = [func.count().filter(true(), *_on(queue, officer, now)) for queue in queues]
        if not amounts:
            return {}
        found = await self._session.execute(select(*amounts).where(seen_by(officer), t.cases.c.ended_at.is_(None)))
        return dict(zip((queue.slug for queue in queues), found.one(), strict=True))

    async def page(
        self, officer: Officer, queue: Queue, now: datetime, after: Cursor | None, limit: int
    ) -> Sequence[RowMapping]:
        """One page of a list: what is due first comes first; of closed cases, what was due last."""
        c = t.cases.c
        where = [seen_by(officer), c.ended_at.is_not(None) if queue.closed else c.ended_at.is_(None)]
        where += _on(queue, officer, now)
        order: list[Any] = [c.act_by, c.feedback_id]
        if after is not None:
            here, there = tuple_(c.act_by, c.feedback_id), tuple_(literal(after.act_by), literal(after.feedback_id))
            where.append(here < there if queue.closed else here > there)
        if not queue.closed:
            # First which cases, by the index alone; only those of this page are then read.
            these = select(c.feedback_id).where(*where).order_by(*order).limit(limit)
            return await self._rows(_listed().where(c.feedback_id.in_(these.scalar_subquery())).order_by(*order))
        # One ordered walk per state, each of a page at most, instead of sorting all cases ever closed.
        latest_first = [column.desc() for column in order]
        walks = [
            select(_listed().where(*where, c.state == state.value).order_by(*latest_first).limit(limit).subquery())
            for state in sorted(queue.states)
        ]
        found = union_all(*walks).subquery()
        return await self._rows(select(found).order_by(found.c.act_by.desc(), found.c.feedback_id.desc()).limit(limit))

    async def find(self, officer: Officer, code: str) -> Sequence[RowMapping]:
        """Cases by their whole code; else open ones with these signs in their code."""
        c = t.cases.c
        whole = await self._rows(_listed().where(seen_by(officer), c.code == code))
        if whole:
            return whole
        part = c.code.contains(code, autoescape=True)
        query = _listed().where(seen_by(officer), c.ended_at.is_(None), part)
        return await self._rows(query.order_by(c.act_by, c.feedback_id).limit(_FOUND_AT_MOST))

    async def _rows(self, query: Select[Any]) -> Sequence[RowMapping]:
        rows: Sequence[RowMapping] = (await self._session.execute(query)).mappings().all()
        return rows

    async def refusal_texts(self) -> dict[str, RowMapping]:
        """What the province says to citizens for each reason of refusal."""
        rows = await self._session.execute(select(t.directory_tables["refusal_reasons"]))
        return {row["code"]: row for row in rows.mappings()}

    async def province_facts(self) -> dict[str, str]:
        """What the city and its bodies are called."""
        table = t.directory_tables["province"]
        return {row.key: row.value for row in await self._session.execute(select(table.c.key, table.c.value))}

    async def agency_ids(self) -> list[str]:
        """Every agency and every commune there is or was, in the province's own order."""
        found: list[str] = []
        for name in ("agencies", "communes"):
            found += (await self._session.execute(select(t.directory_tables[name].c.id))).scalars()
        return found

    # --- who is signed in ----------------------------------------------------------------------------------------

    async def begin_session(self, session_id: UUID, officer_id: UUID, at: datetime) -> None:
        """Note that an officer signed in; forget sessions nobody can use any more."""
        await self._session.execute(delete(t.sessions).where(t.sessions.c.started_at < at - timedelta(days=1)))
        await self._session.execute(insert(t.sessions).values(id=session_id, officer_id=officer_id, started_at=at))

    async def end_session(self, session_id: UUID, at: datetime) -> None:
        """Note that an officer signed out."""
        c = t.sessions.c
        await self._session.execute(
            update(t.sessions).where(c.id == session_id, c.ended_at.is_(None)).values(ended_at=at)
        )

    async def account_of_session(self, session_id: UUID, started_after: datetime) -> Account | None:
        """The active officer of a session that is neither ended nor too old."""
        s, o = t.sessions.c, t.officers.c
        found = await self._session.execute(
            select(o.id, o.name, o.agency_id, o.roles)
            .join(t.sessions, s.officer_id == o.id)
            .where(s.id == session_id, s.ended_at.is_(None), s.started_at > started_after, o.active)
        )
        row = found.first()
        return Account(row.id, row.name, AgencyId(row.agency_id), frozenset(map(Role, row.roles))) if row else None

    # --- who guesses ---------------------------------------------------------------------------------------------

    async def tries(self, key: bytes, now: datetime) -> Tries:
        """What is remembered of a login or an address, locked until the transaction ends."""
        c = t.sign_in_tries.c
        new = {"key": key, "failed": 0, "last_at": now}
        await self._session.execute(upsert(t.sign_in_tries).values(new).on_conflict_do_nothing())
        found = await self._session.execute(
            select(c.failed, c.last_at, c.blocked_until).where(c.key == key).with_for_update()
        )
        return Tries(*found.one())

    async def keep_tries(self, key: bytes, tries: Tries) -> None:
        """Remember one more try."""
        values = {"failed": tries.failed, "last_at": tries.last_at, "blocked_until": tries.blocked_until}
        await self._session.execute(update(t.sign_in_tries).where(t.sign_in_tries.c.key == key).values(values))

    async def take_back_try(self, key: bytes) -> None:
        """The try succeeded: it was no guess."""
        c = t.sign_in_tries.c
        await self._session.execute(
            update(t.sign_in_tries)
            .where(c.key == key)
            .values(failed=func.greatest(c.failed - 1, 0), blocked_until=None)
        )

    async def forget_tries(self, key: bytes, before: datetime) -> None:
        """Forget one login's tries, and all that are too old to matter."""
        c = t.sign_in_tries.c
        await self._session.execute(delete(t.sign_in_tries).where(or_(c.key == key, c.last_at < before)))

    # --- what is not sent yet ------------------------------------------------------------------------------------

    async def unsent(self, feedback_id: UUID, officer_id: UUID) -> Unsent | None:
        """What an officer was typing on a case."""
        c = t.unsent_answers.c
        found = await self._session.execute(
            select(c.outcome, c.text, c.saved_at).where(c.feedback_id == feedback_id, c.officer_id == officer_id)
        )
        row = found.first()
        return Unsent(*row) if row else None

    async def keep_unsent(self, feedback_id: UUID, officer_id: UUID, unsent: Unsent) -> None:
        """Keep what an officer is typing; forget what was left lying for a quarter of a year."""
        new = upsert(t.unsent_answers).values(feedback_id=feedback_id, officer_id=officer_id, **unsent._asdict())
        await self._session.execute(
            new.on_conflict_do_update(
                index_elements=["feedback_id", "officer_id"],
                set_={name: new.excluded[name] for name in ("outcome", "text", "saved_at")},
            )
        )
        old = unsent.saved_at - timedelta(days=90)
        await self._session.execute(delete(t.unsent_answers).where(t.unsent_answers.c.saved_at < old))

    async def drop_unsent(self, feedback_id: UUID, officer_id: UUID) -> None:
        """It was saved as a revision, or thrown away."""
        c = t.unsent_answers.c
        await self._session.execute(
            delete(t.unsent_answers).where(c.feedback_id == feedback_id, c.officer_id == officer_id)
        )


def _listed() -> Select[Any]:
    return select(*_ROW, func.left(t.cases.c.text, _BEGINNING).label("beginning"))


def _on(queue: Queue, officer: Officer, now: datetime) -> list[ColumnElement[bool]]:
    """What narrows all open (or all closed) cases an officer may see down to one list: `Queue.holds` in SQL."""
    c = t.cases.c
    where: list[ColumnElement[bool]] = []
    if queue.own_agency:
        where.append(c.agency_id == officer.agency_id)
    if queue.states:
        where.append(c.state.in_(sorted(queue.states)))
    if queue.desks:
        where.append(c.desk.in_(sorted(queue.desks)))
    if queue.reasons:
        where.append(c.office_reason.in_(sorted(queue.reasons)))
    if queue.other_reasons_than:
        where.append(or_(c.office_reason.is_(None), c.office_reason.not_in(sorted(queue.other_reasons_than))))
    if queue.no_head:
        where.append(c.no_head)
    if queue.ended_alone:
        where.append(c.ended_alone_at == c.ended_at)
    if queue.late:
        where.append(c.act_by < now)
    if queue.soon:
        where.append(and_(c.warn_at <= now, c.act_by >= now))
    return where
