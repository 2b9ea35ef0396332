"""Answers «who would answer for this, by when, and why» without keeping anything: for integrators and rehearsals."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from libs.contracts.vocabulary import AccusedPost, AgencyId, Desk, Disposition, Kind, MatterCode, PlaceId, RefusalReason
from libs.contracts.vocabulary import Field as Subject
from libs.places import Resolved

from .domain.assignment import Assignment, assign
from .domain.calendar import local_day
from .domain.consideration import OfficeReason, Rule
from .domain.deadline import Clock, Deadline, reply_deadlines
from .domain.facts import Facts, Scored
from .domain.province import Province

Share = Annotated[float, Field(ge=0.0, le=1.0)]


def _of_our_time(at: datetime) -> datetime:
    if not datetime(2000, 1, 1, tzinfo=UTC) <= at < datetime(2100, 1, 1, tzinfo=UTC):
        raise ValueError("between the years 2000 and 2100")
    return at


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class MatterScore(_Shape):
    matter: MatterCode
    score: Share = 1.0


class PlaceScore(_Shape):
    place_id: PlaceId
    score: Share = 1.0


class AgencyScore(_Shape):
    agency_id: AgencyId
    score: Share = 1.0


class Question(_Shape):
    """A classification, a place and a day. The fields of triage's answer are read as they are."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"disposition": "in_scope", "matters": [{"matter": "HT01"}], "place": "phường Láng"}
        }
    )

    disposition: Disposition = Disposition.IN_SCOPE
    kind: Kind | None = None
    field: Subject | None = None
    matters: tuple[MatterScore, ...] = Field(default=(), max_length=10)
    place_id: PlaceId | None = None
    """The commune, when it is certain."""
    place: str | None = Field(default=None, max_length=200)
    """Its name instead, as people write it: "phường Láng", "p. Lang Ha cu"."""
    places: tuple[PlaceScore, ...] = Field(default=(), max_length=20)
    accused_unit: tuple[AgencyScore, ...] = Field(default=(), max_length=20)
    accused_post: AccusedPost = AccusedPost.UNKNOWN
    refusal: RefusalReason | None = None
    sensitive: bool = False
    needs_review: bool = False
    incomplete: bool = False
    is_complex: bool = False
    at: Annotated[AwareDatetime, AfterValidator(_of_our_time)] | None = None
    """When it would be assigned; now, when nothing is said."""


class RuleSeen(_Shape):
    rule: Rule
    held: bool
    because: str


class ClockSeen(_Shape):
    clock: Clock
    started_at: AwareDatetime
    warn_at: AwareDatetime | None
    due_at: AwareDatetime


class Explanation(_Shape):
    """Who would answer, by when, and every rule that was considered."""

    assigned: bool
    """Whether the machine would assign; else a person at the Office decides, and the agency is a proposal."""
    agency_id: AgencyId | None
    agency_name: str | None
    desk: Desk
    office_reason: OfficeReason | None = None
    suggested_refusal: RefusalReason | None = None
    office_copy: bool = False
    covering_note: bool = False
    confirmed: bool = True
    """False: the province has not confirmed the competence yet ("chưa xác nhận")."""
    deadlines: tuple[ClockSeen, ...] = ()
    rules: tuple[RuleSeen, ...]


def explain(question: Question, province: Province, now: datetime) -> Explanation:
    """Take the decision a case would meet, and tell it whole."""
    at = question.at or now
    facts = _facts(question, province, local_day(at))
    decision = assign(facts, province, local_day(at))
    rules = tuple(RuleSeen(rule=rule.rule, held=rule.held, because=rule.because) for rule in decision.rules)
    if not isinstance(decision, Assignment):
        proposed = decision.proposed
        return Explanation(
            assigned=False,
            agency_id=AgencyId(proposed.id) if proposed else None,
            agency_name=proposed.name if proposed else None,
            desk=decision.desk,
            office_reason=decision.reason,
            suggested_refusal=decision.suggested_refusal,
            rules=rules,
        )
    found = decision.found
    owed = reply_deadlines(question.kind, at, province.clocks, province.calendar, is_complex=question.is_complex)
    return Explanation(
        assigned=True,
        agency_id=AgencyId(found.agency.id),
        agency_name=found.agency.name,
        desk=found.desk,
        office_copy=found.office_copy,
        covering_note=found.covering_note,
        confirmed=found.confirmed,
        deadlines=(_clock(owed.accept), _clock(owed.reply)),
        rules=rules,
    )


def _facts(question: Question, province: Province, on: date) -> Facts:
    return Facts(
        disposition=question.disposition,
        kind=question.kind,
        field=question.field,
        matters=tuple(Scored(one.matter, one.score) for one in question.matters),
        confirmed_place=question.place_id or _named_place(question.place, province, on),
        places=tuple(Scored(one.place_id, one.score) for one in question.places),
        accused_units=tuple(Scored(one.agency_id, one.score) for one in question.accused_unit),
        accused_post=question.accused_post,
        refusal=question.refusal,
        sensitive=question.sensitive,
        needs_review=question.needs_review,
        incomplete=question.incomplete,
    )


def _named_place(name: str | None, province: Province, on: date) -> PlaceId | None:
    if not name:
        return None
    match province.directory.gazetteer.resolve(name, on, today=on):
        case Resolved(place_id):
            return PlaceId(place_id)
        case _:
            return None


def _clock(deadline: Deadline) -> ClockSeen:
    return ClockSeen(
        clock=deadline.clock, started_at=deadline.started_at, warn_at=deadline.warn_at, due_at=deadline.due_at
    )
