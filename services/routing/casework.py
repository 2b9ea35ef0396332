"""What officers do with a case. The desk's pages and the API both come here: load, decide, save, emit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, assert_never
from uuid import UUID

from sqlalchemy import RowMapping

from libs.contracts.events import Progressed, Resolved
from libs.contracts.vocabulary import (
    AgencyId,
    AnswerOutcome,
    CaseState,
    Desk,
    Kind,
    MatterCode,
    RefusalReason,
    RoutedReason,
)
from libs.places import Agency
from libs.runtime.tx import Tx

from .case_file import CaseFile, Handover
from .domain.assignment import NeedsOffice
from .domain.calendar import local_day
from .domain.case import Case
from .domain.consideration import Found, OfficeReason
from .domain.directory import Current, Directory
from .domain.permission import Action, Officer
from .domain.shield import LeaderAccused, desk_at
from .domain.workflow import Allowed, Position, Refusal, Unseen, step
from .parts import RoutingParts
from .store import CaseStore


@dataclass(frozen=True, slots=True)
class Accept:
    """The agency takes the case on."""

    action: ClassVar[Action] = Action.ACCEPT


@dataclass(frozen=True, slots=True)
class Return:
    """The agency says it is not competent: back to the Office. The citizen is not told."""

    action: ClassVar[Action] = Action.RETURN
    note: str


@dataclass(frozen=True, slots=True)
class Assign:
    """The Office gives the case to an agency."""

    action: ClassVar[Action] = Action.ASSIGN
    agency_id: AgencyId
    note: str
    kind: Kind | None = None
    """Needed when nobody has said yet whether it is about conduct: the shield depends on it."""
    matter: MatterCode | None = None
    is_complex: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A new revision of the answer, not yet submitted."""

    action: ClassVar[Action] = Action.ANSWER
    outcome: AnswerOutcome
    text: str


@dataclass(frozen=True, slots=True)
class Submit:
    """The answer is ready to be approved."""

    action: ClassVar[Action] = Action.SUBMIT


@dataclass(frozen=True, slots=True)
class Approve:
    """The answer goes to the citizen."""

    action: ClassVar[Action] = Action.APPROVE


@dataclass(frozen=True, slots=True)
class SendBack:
    """The answer misses the point: work on it again."""

    action: ClassVar[Action] = Action.SEND_BACK
    note: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """The Office decides that the feedback is not handled here."""

    action: ClassVar[Action] = Action.REFUSE
    reason: RefusalReason
    explanation: str = ""
    """To the citizen, besides the text of the reason."""
    note: str | None = None


_WHERE_IT_IS = (Assign, Return, Refuse)
"""What decides who has the case; whoever merely works on it has not judged that."""

Command = Accept | Return | Assign | Answer | Submit | Approve | SendBack | Refuse


@dataclass(frozen=True, slots=True)
class Done:
    """It is done; the case is at this version now."""

    state: CaseState
    version: int


@dataclass(frozen=True, slots=True)
class KindNeeded:
    """Nobody has said yet whether the case is about conduct."""


@dataclass(frozen=True, slots=True)
class NotAssignable:
    """The agency is unknown, gone, or no body a case can be given to; these took its place."""

    instead: tuple[Agency, ...]


Outcome = Done | Refusal | KindNeeded | NotAssignable | LeaderAccused


async def act(
    command: Command, feedback_id: UUID, seen_version: int, officer: Officer, tx: Tx[RoutingParts]
) -> Outcome:
    """Do one thing with a case for an officer who last saw it at a version, or say why not."""
    store = CaseStore(tx.session)
    case = await store.case_of(feedback_id)
    if case is None:
        return Unseen()
    revisions = await store.answers_of(feedback_id)
    allowed = step(command.action, position_of(case, revisions, tx.parts.province.directory), officer, seen_version)
    if not isinstance(allowed, Allowed):
        return allowed
    file = CaseFile(case, tx, officer)
    if isinstance(command, _WHERE_IT_IS):
        file.change(decided_by_person=True)
    refused = await _carry_out(command, file, allowed, revisions)
    if refused is not None:
        return refused
    await file.close()
    return Done(allowed.to, case.version + 1)


def position_of(case: Case, revisions: Sequence[RowMapping], directory: Directory) -> Position:
    """Where a case stands; a draft counts only for the agency that has the case, and until it is sent back."""
    newest = revisions[0] if revisions else None
    writers = {revision[by] for revision in revisions for by in ("written_by", "submitted_by")}
    return Position(
        state=case.state,
        version=case.version,
        guard=case.guard,
        writers=frozenset(writers - {None}),
        has_draft=newest is not None and newest["agency_id"] == case.agency_id and newest["sent_back_at"] is None,
        office_accused=case.guard.shielded and directory.office_id in case.guard.accused,
    )


async def _carry_out(
    command: Command, file: CaseFile, allowed: Allowed, revisions: Sequence[RowMapping]
) -> KindNeeded | NotAssignable | LeaderAccused | None:
    match command:
        case Accept():
            await _accept(file)
        case Return(note):
            await _return(file, note)
        case Assign():
            return await _assign(file, command)
        case Answer(outcome, text):
            await _write(file, outcome, text)
        case Submit():
            await _mark(file, revisions[0], "submitted")
        case Approve():
            await _approve(file, revisions[0])
        case SendBack(note):
            await _mark(file, revisions[0], "sent_back", note)
        case Refuse():
            await file.refuse(command.reason, command.explanation, command.note)
        case _:
            assert_never(command)
    if not isinstance(command, Return):
        file.move(allowed.to)
    return None


async def _accept(file: CaseFile) -> None:
    case, directory = file.case, file.province.directory
    file.say(
        Progressed,
        state=CaseState.IN_PROGRESS,
        agency_id=case.agency_id,
        agency_name=directory.short_name_of(case.agency_id),
        due_at=case.due_at,
    )
    file.note("accepted")


async def _return(file: CaseFile, note: str) -> None:
    file.say(Progressed, state=CaseState.RETURNED, agency_id=file.case.agency_id, reason="not_competent")
    file.note("returned", note)
    desk = Desk.OFFICE_SENSITIVE if file.case.sensitive else Desk.OFFICE
    await file.stand_at_office(CaseState.RETURNED, NeedsOffice(OfficeReason.RETURNED, desk, ()), since=file.now)


async def _assign(file: CaseFile, command: Assign) -> KindNeeded | NotAssignable | LeaderAccused | None:
    case, directory = file.case, file.province.directory
    kind = command.kind or case.kind
    if kind is None:
        return KindNeeded()
    standing = directory.current(command.agency_id, local_day(file.now))
    if not isinstance(standing, Current) or standing.instead_of or standing.agency.level in ("city", "central"):
        return NotAssignable(directory.heirs(command.agency_id, local_day(file.now)))
    # What was taken for conduct may turn out to be about the procedure; a suspected denunciation stays shielded.
    shielded = case.sensitive or kind is Kind.OFFICIAL_CONDUCT
    guard = case.guard
    desk = desk_at(command.agency_id, directory, shielded=shielded, accused=guard.accused, post=guard.accused_post)
    if isinstance(desk, LeaderAccused):
        return desk
    file.change(shielded=shielded)
    found = Found(
        standing.agency,
        desk,
        command.matter or case.matter,
        office_copy=shielded and directory.office_id not in guard.accused,
        covering_note=directory.vertical(standing.agency),
    )
    reason = RoutedReason.BY_OFFICER
    await file.route(Handover(found, reason, kind, is_complex=command.is_complex, note=command.note))
    return None


async def _write(file: CaseFile, outcome: AnswerOutcome, text: str) -> None:
    assert file.by is not None
    revision = await file.store.write_answer(
        file.case.feedback_id, file.case.agency_id, outcome.value, text, file.by.id, file.now
    )
    file.note("drafted", revision=revision)


async def _mark(file: CaseFile, revision: RowMapping, how: str, note: str | None = None) -> None:
    assert file.by is not None
    columns = {f"{how}_by": file.by.id, f"{how}_at": file.now}
    if note is not None:
        columns[f"{how}_note"] = note
    await file.store.mark_answer(file.case.feedback_id, revision["revision"], **columns)
    file.note(how, note, revision=revision["revision"])


async def _approve(file: CaseFile, revision: RowMapping) -> None:
    await _mark(file, revision, "approved")
    await file.end_assignment()
    file.say(
        Resolved,
        agency_id=file.case.agency_id,
        agency_name=file.province.directory.short_name_of(file.case.agency_id),
        outcome=revision["outcome"],
        answer=revision["text"],
        answered_at=file.now,
    )
