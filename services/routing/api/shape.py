"""What machines read and write. Times are UTC; names of states and reasons come in Vietnamese beside their codes."""

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, PositiveInt, StringConstraints
from sqlalchemy import RowMapping

from libs.contracts.vocabulary import (
    AgencyId,
    AnswerOutcome,
    CaseState,
    Desk,
    FileState,
    Kind,
    MatterCode,
    RefusalReason,
    Urgency,
)

from ..domain.likeness import NearCase
from ..domain.permission import Action
from ..parts import RoutingParts
from ..sheet import Sheet
from ..store import BEGINNING, Cursor

AT_THE_DESK_ALONE: Final = frozenset({Action.CLASSIFY})
"""What only people do, at pages: machines are not offered it."""

# PostgreSQL keeps no NUL in a text.
_NO_NUL = r"^[^\x00]*$"
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=_NO_NUL)]
MaybeLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=_NO_NUL)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=20, max_length=20_000, pattern=_NO_NUL)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9-]+$")]


class _Read(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class _Written(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True, extra="forbid")


class ReturnBody(_Written):
    note: Line
    """Why the agency is not competent; for the Office, the citizen is not told."""


class AssignBody(_Written):
    agency_id: Code
    note: Line
    kind: Kind | None = None
    """Needed when nobody has said yet whether the case is about conduct."""
    matter: Code | None = None
    complex: bool = False
    """The longer clock, with the reason in `note`."""


class AnswerBody(_Written):
    outcome: AnswerOutcome
    text: Prose


class SendBackBody(_Written):
    note: Line


class RefuseBody(_Written):
    reason: RefusalReason
    explanation: MaybeLine = ""
    """To the citizen, besides the text of the reason."""
    note: Line | None = None


class UnmaskBody(_Written):
    why: Line
    """Written into the case's timeline together with who looked."""


class ActionDone(_Read):
    id: UUID
    state: CaseState
    version: PositiveInt


class CaseLine(_Read):
    """One case in a list."""

    id: UUID
    code: str
    state: CaseState
    state_name: str
    version: int
    agency_id: AgencyId
    agency_name: str
    desk: Desk
    beginning: str
    """The first words of the citizen's text."""
    received_at: AwareDatetime
    due_at: AwareDatetime | None
    """The date promised to the citizen; none before an agency has the case."""
    act_by: AwareDatetime
    """By when whoever has the case must act; lists are ordered by it."""
    urgency: Urgency
    kind: Kind | None
    field: str | None
    matter: MatterCode | None
    shielded: bool
    office_reason: str | None
    suggested_refusal: RefusalReason | None
    proposed_agency: AgencyId | None

    @classmethod
    def of(cls, row: RowMapping, parts: RoutingParts) -> Self:
        """A row of a list."""
        given = {name: row[name] for name in cls.model_fields if name in row}
        return cls(
            **given,
            id=row["feedback_id"],
            state_name=parts.words.states[CaseState(row["state"])],
            agency_name=parts.province.directory.name_of(row["agency_id"]),
        )


class CasePage(_Read):
    cases: list[CaseLine]
    next: str | None
    """Hand it back as `after` for the next page; nothing: this was the last."""


class FileLine(_Read):
    file_id: UUID
    name: str
    kind: str
    state: FileState
    mime: str | None
    size_bytes: int | None


class SupplementLine(_Read):
    text: str
    at: AwareDatetime


class AssignmentLine(_Read):
    case_seq: int
    agency_id: AgencyId
    agency_name: str
    desk: Desk
    reason: str
    note: str | None
    at: AwareDatetime
    accept_by: AwareDatetime
    due_at: AwareDatetime
    ended_at: AwareDatetime | None


class AnswerLine(_Read):
    revision: int
    outcome: AnswerOutcome
    text: str
    written_at: AwareDatetime
    submitted_at: AwareDatetime | None
    approved_at: AwareDatetime | None
    sent_back_at: AwareDatetime | None
    sent_back_note: str | None


class NoticeLine(_Read):
    notice: str
    outcome: str
    detail: str | None
    at: AwareDatetime


class NearDuplicateLine(_Read):
    """A case that says nearly the same."""

    id: UUID
    code: str
    state: CaseState
    agency_id: AgencyId
    received_at: AwareDatetime
    same_sender: bool | None
    """Nothing: not for the caller to know."""


class TimelineLine(_Read):
    at: AwareDatetime
    what: str
    by_name: str | None
    agency_id: AgencyId | None
    note: str | None
    detail: dict[str, Any]


class CaseSheet(CaseLine):
    """One case with everything but who sent it."""

    text: str
    place_id: str | None
    accept_by: AwareDatetime | None
    incomplete: bool
    sensitive: bool
    office_copy: bool
    covering_note: bool
    unconfirmed: bool
    no_head: bool
    refusal_reason: RefusalReason | None
    classification: dict[str, Any] | None
    rules: list[dict[str, Any]]
    actions: list[Action]
    """What the caller can do now."""
    may_unmask: bool
    files: list[FileLine]
    supplements: list[SupplementLine]
    assignments: list[AssignmentLine]
    answers: list[AnswerLine]
    notices: list[NoticeLine]
    timeline: list[TimelineLine]
    near_duplicates: list[NearDuplicateLine]
    """Only cases the caller may know of, the most alike first; nothing is ever merged by machine."""

    @classmethod
    def shown(cls, sheet: Sheet, parts: RoutingParts) -> Self:
        """A sheet as machines read it."""
        row = sheet.row
        given = {name: row[name] for name in cls.model_fields if name in row}
        return cls(
            **{**given, "classification": _without_unseen(row["classification"], sheet.near_duplicates)},
            id=row["feedback_id"],
            state_name=parts.words.states[sheet.case.state],
            agency_name=parts.province.directory.name_of(sheet.case.agency_id),
            beginning=row["text"][:BEGINNING],
            actions=[action for action in sheet.actions if action not in AT_THE_DESK_ALONE],
            may_unmask=sheet.may_unmask,
            files=[FileLine(**file) for file in sheet.files],
            supplements=[SupplementLine(**line) for line in sheet.supplements],
            assignments=[AssignmentLine(**line) for line in sheet.assignments],
            answers=[AnswerLine(**line) for line in sheet.answers],
            notices=[NoticeLine(**line) for line in sheet.notices],
            timeline=[TimelineLine(**line) for line in sheet.timeline],
            near_duplicates=[_near(one) for one in sheet.near_duplicates],
        )


def _near(one: NearCase) -> NearDuplicateLine:
    told = {name: getattr(one, name) for name in NearDuplicateLine.model_fields if name != "id"}
    return NearDuplicateLine(id=one.feedback_id, **told)


def _without_unseen(classification: dict[str, Any] | None, near: Iterable[NearCase]) -> dict[str, Any] | None:
    """What triage said, without the ids of cases the caller may not know of."""
    if classification is None:
        return None
    seen = {str(one.feedback_id) for one in near}
    named = [one for one in classification.get("near_duplicates", ()) if one in seen]
    return {**classification, "near_duplicates": named}


class Sender(_Read):
    """Who sent a case."""

    full_name: str
    phone: str
    residence: str


def cursor_of(after: str) -> Cursor:
    """Read a list's cursor.

    Raises:
        ValueError: it is none of ours.
    """
    try:
        act_by, feedback_id = base64.urlsafe_b64decode(after.encode()).decode().split("|")
        cursor = Cursor(datetime.fromisoformat(act_by), UUID(feedback_id))
    except (binascii.Error, UnicodeError) as error:
        raise ValueError("not a cursor") from error
    if cursor.act_by.tzinfo is None:
        raise ValueError("not a cursor")
    return cursor


def cursor_after(row: RowMapping) -> str:
    """Where a page that ends with this row is continued."""
    return base64.urlsafe_b64encode(f"{row['act_by'].isoformat()}|{row['feedback_id']}".encode()).decode()
