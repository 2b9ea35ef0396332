"""One case as an officer may see it. The desk's pages and the API both show this and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from libs.contracts.envelope import Sealed
from libs.contracts.sealed import Contacts
from libs.runtime.tx import Tx

from .casework import position_of
from .domain.case import Case
from .domain.likeness import NearCase
from .domain.permission import Action, Officer, may_do, may_see
from .domain.workflow import NotYours, Unseen, possible
from .near_duplicate import near_cases
from .parts import RoutingParts
from .store import CaseStore, HeardStore


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything but who sent it."""

    case: Case
    row: RowMapping
    files: Sequence[RowMapping]
    supplements: Sequence[RowMapping]
    assignments: Sequence[RowMapping]
    answers: Sequence[RowMapping]
    notices: Sequence[RowMapping]
    timeline: Sequence[RowMapping | Mapping[str, Any]]
    actions: tuple[Action, ...]
    """What this officer can do now."""
    may_unmask: bool
    near_duplicates: tuple[NearCase, ...] = ()
    """Cases that say nearly the same, only those this officer may know of."""


async def sheet_of(feedback_id: UUID, officer: Officer, tx: Tx[RoutingParts]) -> Sheet | Unseen:
    """A case with all that belongs to it, if this officer may know of it."""
    cases, heard = CaseStore(tx.session), HeardStore(tx.session)
    found = await cases.sheet(feedback_id)
    if found is None or not may_see(officer, found[0].guard):
        return Unseen()
    case, row = found
    answers = await cases.answers_of(feedback_id)
    may_unmask = may_do(officer, case.guard, Action.UNMASK)
    return Sheet(
        case=case,
        row=row,
        files=await heard.files_of(feedback_id),
        supplements=await heard.supplements_of(feedback_id),
        assignments=await cases.assignments_of(feedback_id),
        answers=answers,
        notices=await heard.notices_of(feedback_id),
        timeline=_shown(await cases.timeline_of(feedback_id), case, officer, may_unmask),
        actions=possible(position_of(case, answers, tx.parts.province.directory), officer),
        may_unmask=may_unmask,
        near_duplicates=await near_cases(feedback_id, case.guard, row["sender_id"], officer, tx),
    )


def _shown(
    timeline: Sequence[RowMapping], case: Case, officer: Officer, may_unmask: bool
) -> Sequence[RowMapping | Mapping[str, Any]]:
    """The timeline as it may be read: that somebody looked at the sender is told; why may itself say who that is."""
    if may_unmask or officer.of_office or not case.guard.shielded:
        return timeline
    return [{**line, "note": None} if line["what"] == "unmasked" else line for line in timeline]


async def file_of(feedback_id: UUID, file_id: UUID, officer: Officer, tx: Tx[RoutingParts]) -> RowMapping | Unseen:
    """One file of a case, if this officer may know of the case."""
    found = await CaseStore(tx.session).sheet(feedback_id)
    if found is None or not may_see(officer, found[0].guard):
        return Unseen()
    files = await HeardStore(tx.session).files_of(feedback_id)
    return next((file for file in files if file["file_id"] == file_id), Unseen())


@dataclass(frozen=True, slots=True)
class NobodyKnown:
    """The sender's contacts have not arrived, or were erased."""


async def unmask(
    feedback_id: UUID, officer: Officer, why: str, tx: Tx[RoutingParts]
) -> Contacts | NobodyKnown | NotYours | Unseen:
    """Who sent a case, for an officer who says why; the look is written down with the answer."""
    cases = CaseStore(tx.session)
    found = await cases.sheet(feedback_id)
    if found is None or not may_see(officer, found[0].guard):
        return Unseen()
    if not may_do(officer, found[0].guard, Action.UNMASK):
        return NotYours()
    sealed = await HeardStore(tx.session).contacts_of(feedback_id)
    if sealed is None:
        return NobodyKnown()
    cases.note(feedback_id, tx.now, "unmasked", officer, why)
    return tx.parts.sealer.open(Sealed(sealed), Contacts)
