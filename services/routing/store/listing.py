"""Lists of cases, a page at a time, and what of them an officer may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import AccusedPost, AgencyId, CaseState

from .. import tables as t
from ..domain.permission import Action, Lens, Officer, WhenAccused, lenses

_LISTED = [
    t.cases.c[name]
    for name in (
        "feedback_id", "code", "state", "version", "agency_id", "desk", "received_at", "act_by", "due_at", "kind",
        "field", "matter", "urgency", "shielded", "no_head", "office_reason", "suggested_refusal", "proposed_agency",
    )
]  # fmt: skip
BEGINNING = 160
"""How much of a case's text a list shows, in characters."""


class Cursor(NamedTuple):
    """Where a page of a list ended."""

    act_by: datetime
    feedback_id: UUID


class Wanted(NamedTuple):
    """What a list is narrowed to."""

    state: CaseState | None = None
    agency_id: AgencyId | None = None
    overdue_at: datetime | None = None


class CaseList:
    """The cases as their officers see them, by keyset: a page costs the same wherever it lies in a million."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, officer: Officer, wanted: Wanted, after: Cursor | None, limit: int) -> Sequence[RowMapping]:
        """The cases an officer may see, the most urgent first; open ones unless a state is asked for."""
        c = t.cases.c
        narrowed: list[ColumnElement[bool]] = [seen_by(officer)]
        narrowed.append(c.state == wanted.state.value if wanted.state else c.ended_at.is_(None))
        if wanted.agency_id is not None:
            narrowed.append(c.agency_id == wanted.agency_id)
        if wanted.overdue_at is not None:
            narrowed += [c.act_by < wanted.overdue_at, c.ended_at.is_(None)]
        if after is not None:
            narrowed.append(tuple_(c.act_by, c.feedback_id) > tuple_(after.act_by, after.feedback_id))
        rows = await self._session.execute(
            select(*_LISTED, func.left(c.text, BEGINNING).label("beginning"))
            .where(*narrowed)
            .order_by(c.act_by, c.feedback_id)
            .limit(limit)
        )
        return rows.mappings().all()


def seen_by(officer: Officer, action: Action = Action.SEE) -> ColumnElement[bool]:
    """The condition under which a row of `cases` may be shown to an officer, or be his to act on: the same lenses
    `may_see` and `may_do` use.
    """
    ways = lenses(officer, action)
    own = t.cases.c.agency_id == officer.agency_id
    # Said once outside the alternatives, so that an agency's list is read from its own index.
    only_own = own if all(lens.own_agency for lens in ways) else true()
    return and_(only_own, or_(*(_through(lens, officer) for lens in ways))) if ways else ~true()


def _through(lens: Lens, officer: Officer) -> ColumnElement[bool]:
    c = t.cases.c
    accused = and_(c.shielded, c.accused.contains([officer.agency_id]))
    match lens.when_accused:
        case WhenAccused.ALWAYS:
            open_to: ColumnElement[bool] = true()
        case WhenAccused.UNLESS_A_LEADER:
            open_to = or_(~accused, c.accused_post != AccusedPost.LEADER.value)
        case WhenAccused.WITHOUT_HEAD:
            open_to = or_(~accused, c.no_head)
        case WhenAccused.NEVER:
            open_to = ~accused
    of_agency = c.agency_id == lens.own_agency if lens.own_agency else true()
    return and_(c.desk == lens.desk.value, of_agency, open_to)
