"""Decisions about classifications, and the queue of cases that wait for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Self
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Tuple,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import AgencyId, CaseState, Disposition, Field, Kind, MatterCode, Nature, Urgency

from .. import tables as t
from ..domain.permission import Action, Officer
from ..domain.review import DOUBTED, OFFICE_DESKS, Decision, Label, Risk, Settled
from ..domain.workflow import REVIEWED_STATES
from .listing import seen_by

_BEGINNING: Final = 300
_R: Final = t.reviews.c
_C: Final = t.cases.c
_LISTED: Final = [
    _C[name]
    for name in (
        "feedback_id", "code", "state", "agency_id", "desk", "act_by", "warn_at", "ended_at", "received_at", "kind",
        "field", "urgency", "shielded", "sensitive", "no_head", "office_reason",
    )
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that has not taken effect yet."""

    id: UUID
    feedback_id: UUID
    seen_version: int
    decision: Decision
    by: Officer
    """As far as the timeline names him; what he may do was asked when he decided."""
    decided_at: datetime
    takes_effect_at: datetime

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        """A row as it is meant."""
        label = Label(
            Disposition(row["disposition"]),
            kind=Kind(row["kind"]) if row["kind"] else None,
            nature=Nature(row["nature"]) if row["nature"] else None,
            field=Field(row["field"]) if row["field"] else None,
            matter=MatterCode(row["matter"]) if row["matter"] else None,
        )
        by = Officer(row["by"], row["by_name"], AgencyId(row["by_agency"]), frozenset(), of_office=True)
        known = {name: row[name] for name in ("id", "feedback_id", "seen_version", "decided_at", "takes_effect_at")}
        return cls(**known, decision=Decision(label, row["only_label"]), by=by)


class ReviewStore:
    """What officers decided about classifications."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, new: Waiting) -> Waiting:
        """Keep a decision; gives the one that waits for this case already, when there is one."""
        label, by = new.decision.label, new.by
        kept = await self._session.execute(
            upsert(t.reviews)
            .values(
                id=new.id,
                feedback_id=new.feedback_id,
                seen_version=new.seen_version,
                disposition=label.disposition,
                kind=label.kind,
                nature=label.nature,
                field=label.field,
                matter=label.matter,
                only_label=new.decision.only_label,
                by=by.id,
                by_name=by.name,
                by_agency=by.agency_id,
                decided_at=new.decided_at,
                takes_effect_at=new.takes_effect_at,
            )
            .on_conflict_do_nothing(index_elements=["feedback_id"], index_where=_R.settled_at.is_(None))
            .returning(_R.id)
        )
        if kept.first() is not None:
            return new
        # It may be taken back at this very moment: then ours is kept after all.
        return await self.waiting_for(new.feedback_id) or await self.keep(new)

    async def waiting_for(self, feedback_id: UUID) -> Waiting | None:
        """The decision that waits for a case."""
        found = await self._session.execute(
            select(t.reviews).where(_R.feedback_id == feedback_id, _R.settled_at.is_(None))
        )
        row = found.mappings().first()
        return Waiting.of(row) if row else None

    async def newest_by(self, officer_id: UUID) -> Waiting | None:
        """An officer's latest decision that still waits."""
        found = await self._session.execute(
            select(t.reviews)
            .where(_R.by == officer_id, _R.settled_at.is_(None))
            .order_by(_R.decided_at.desc(), _R.id.desc())
            .limit(1)
        )
        row = found.mappings().first()
        return Waiting.of(row) if row else None

    async def decided_on(self, review_id: UUID, by: UUID) -> UUID | None:
        """What an officer's own decision is about, whether it still waits or not."""
        feedback_id: UUID | None = await self._session.scalar(
            select(_R.feedback_id).where(_R.id == review_id, _R.by == by)
        )
        return feedback_id

    async def due(self, now: datetime, limit: int) -> Sequence[UUID]:
        """The decisions whose time has come, the oldest first."""
        rows = await self._session.execute(
            select(_R.id)
            .where(_R.settled_at.is_(None), _R.takes_effect_at <= now)
            .order_by(_R.takes_effect_at)
            .limit(limit)
        )
        return rows.scalars().all()

    async def claim(self, review_id: UUID) -> Waiting | None:
        """A decision that still waits, locked; nothing when it is settled or in other hands."""
        found = await self._session.execute(
            select(t.reviews).where(_R.id == review_id, _R.settled_at.is_(None)).with_for_update(skip_locked=True)
        )
        row = found.mappings().first()
        return Waiting.of(row) if row else None

    async def settle(self, review_id: UUID, how: Settled, at: datetime) -> bool:
        """End a decision that waits; False when it ended before."""
        ended = await self._session.execute(
            update(t.reviews)
            .where(_R.id == review_id, _R.settled_at.is_(None))
            .values(settled_at=at, settled_as=how.value)
            .returning(_R.id)
        )
        return ended.first() is not None

    async def latest_of(self, feedback_id: UUID) -> RowMapping | None:
        """The latest decision about a case that ended."""
        found = await self._session.execute(
            select(t.reviews)
            .where(_R.feedback_id == feedback_id, _R.settled_at.is_not(None))
            .order_by(_R.decided_at.desc())
            .limit(1)
        )
        return found.mappings().first()


class Place(NamedTuple):
    """Where a case stands in the queue: what is riskier, then what is due sooner, comes first."""

    risk: int
    act_by: datetime
    feedback_id: UUID


# `domain.review.risk_of`, for many cases at once.
_RISK: Final[ColumnElement[int]] = case(
    (_C.sensitive, Risk.SENSITIVE.value),
    (_C.urgency == Urgency.HIGH.value, Risk.URGENT.value),
    (or_(_C.disposition.is_(None), _C.disposition == Disposition.IN_SCOPE.value), Risk.ORDINARY.value),
    else_=Risk.DISMISSED.value,
)
_PLACE: Final = (_RISK, _C.act_by, _C.feedback_id)
_BEING_DECIDED: Final = exists().where(_R.feedback_id == _C.feedback_id, _R.settled_at.is_(None))
_PROPOSED: Final = _C.classification["disposition"].astext.label("proposed")
_DROPPED: Final = (
    select(_R.settled_as == Settled.CASE_CHANGED.value)
    .where(_R.feedback_id == _C.feedback_id, _R.settled_at.is_not(None))
    .order_by(_R.decided_at.desc())
    .limit(1)
    .scalar_subquery()
    .label("dropped")
)


class ReviewQueue:
    """The cases whose classification waits for a person, as one officer may decide them."""

    def __init__(self, session: AsyncSession, officer: Officer) -> None:
        self._session = session
        # The first three as the index `ix_cases_for_review` says them, word for word, the others so that no other
        # index is preferred to it: it answers alone, without the cases.
        self._waiting = [
            _C.office_reason.is_not(None),
            ~_C.reviewed,
            _C.ended_at.is_(None),
            _C.office_reason.in_(sorted(DOUBTED)),
            _C.state.not_in(sorted(frozenset(CaseState) - REVIEWED_STATES)),
            _C.desk.in_(sorted(OFFICE_DESKS)),
            seen_by(officer, Action.CLASSIFY),
            ~_BEING_DECIDED,
        ]

    async def count(self) -> int:
        """How many wait."""
        found: int | None = await self._session.scalar(select(func.count()).select_from(t.cases).where(*self._waiting))
        return found or 0

    async def page(self, from_here: Place | None, limit: int) -> Sequence[RowMapping]:
        """The cases in the order they should be looked at, from the beginning or from a place in the queue."""
        where = self._waiting if from_here is None else [*self._waiting, tuple_(*_PLACE) >= _point(from_here)]
        # First which cases, by the index alone; only those of this page are then read.
        these = select(_C.feedback_id).where(*where).order_by(*_PLACE).limit(limit)
        shown = [*_LISTED, func.left(_C.text, _BEGINNING).label("beginning"), _RISK.label("risk"), _PROPOSED, _DROPPED]
        rows = await self._session.execute(
            select(*shown).where(_C.feedback_id.in_(these.scalar_subquery())).order_by(*_PLACE)
        )
        return rows.mappings().all()

    async def next_after(self, here: Place) -> UUID | None:
        """The case to look at next; the first of all when none comes after."""
        found: UUID | None = await self._session.scalar(self._one(tuple_(*_PLACE) > _point(here)))
        return found or await self.first(here.feedback_id)

    async def before(self, here: Place) -> UUID | None:
        """The case before this one."""
        query = (
            select(_C.feedback_id)
            .where(*self._waiting, tuple_(*_PLACE) < _point(here))
            .order_by(*(column.desc() for column in _PLACE))
            .limit(1)
        )
        found: UUID | None = await self._session.scalar(query)
        return found

    async def first(self, other_than: UUID | None = None) -> UUID | None:
        """The case to look at first."""
        found: UUID | None = await self._session.scalar(self._one(_C.feedback_id != other_than))
        return found

    def _one(self, narrowed: ColumnElement[bool]) -> Select[tuple[UUID]]:
        return select(_C.feedback_id).where(*self._waiting, narrowed).order_by(*_PLACE).limit(1)


def _point(here: Place) -> Tuple:
    return tuple_(*(literal(value, column.type) for value, column in zip(here, _PLACE, strict=True)))
