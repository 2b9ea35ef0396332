"""What officers say a feedback is about: kept first, carried out when nobody took it back in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping

from libs.contracts.events import ClassificationCorrected, Classified
from libs.contracts.vocabulary import CaseState, FeedbackId, RoutedReason
from libs.runtime.ids import uuid7
from libs.runtime.log import get_logger
from libs.runtime.tx import Tx

from .case_file import CaseFile, Handover
from .casework import position_of
from .classification import facts_as_labelled, proposal_of
from .domain.assignment import Assignment, NeedsOffice
from .domain.calendar import local_day
from .domain.case import Case
from .domain.ending import Ending
from .domain.permission import Action, Officer
from .domain.review import Decision, Label, Settled, effect_of, is_doubted
from .domain.workflow import Allowed, NotNow, Refusal, Unseen, step
from .parts import RoutingParts
from .store import CaseStore, ReviewStore, Waiting

log = get_logger()


@dataclass(frozen=True, slots=True)
class Kept:
    """The decision waits; until then it can be taken back."""

    review_id: UUID
    takes_effect_at: datetime


@dataclass(frozen=True, slots=True)
class DecidedAlready:
    """A colleague's decision about the same case waits."""

    by_name: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The decision is gone; nothing was said."""

    feedback_id: UUID


@dataclass(frozen=True, slots=True)
class TooLate:
    """The decision was carried out, or dropped, or taken back before."""

    feedback_id: UUID


@dataclass(frozen=True, slots=True)
class NothingProposed:
    """triage proposed nothing that could be confirmed."""


async def decide(
    decision: Decision | None, feedback_id: UUID, seen_version: int, officer: Officer, tx: Tx[RoutingParts]
) -> Kept | DecidedAlready | NothingProposed | Refusal:
    """Keep what an officer decides about a classification he saw at a version (None: it is right), or say why not."""
    cases, reviews = CaseStore(tx.session), ReviewStore(tx.session)
    case = await cases.case_of(feedback_id)
    if case is None:
        return Unseen()
    position = position_of(case, (), tx.parts.province.directory)
    allowed = step(Action.CLASSIFY, position, officer, seen_version)
    if not isinstance(allowed, Allowed):
        return allowed
    if not is_doubted(case):
        return NotNow(case.state)
    if decision is None:
        decision = await _as_proposed(feedback_id, cases)
        if decision is None:
            return NothingProposed()
    new = Waiting(
        id=uuid7(),
        feedback_id=feedback_id,
        seen_version=seen_version,
        decision=Decision(decision.label.applicable, decision.only_label),
        by=officer,
        decided_at=tx.now,
        takes_effect_at=tx.now + timedelta(seconds=tx.parts.settings.review_undo_s),
    )
    kept = await reviews.keep(new)
    if kept.by.id != officer.id or kept.decision != new.decision:
        return DecidedAlready(kept.by.name)
    return Kept(kept.id, kept.takes_effect_at)  # the form sent twice is one decision


async def _as_proposed(feedback_id: UUID, cases: CaseStore) -> Decision | None:
    found = await cases.sheet(feedback_id)
    proposal = proposal_of(said_of(found[1])) if found is not None else None
    return Decision(proposal) if proposal is not None else None


async def take_back(review_id: UUID, officer: Officer, tx: Tx[RoutingParts]) -> TakenBack | TooLate | Unseen:
    """Undo an officer's own decision while it waits; a colleague's does not exist for him."""
    reviews = ReviewStore(tx.session)
    feedback_id = await reviews.decided_on(review_id, officer.id)
    if feedback_id is None:
        return Unseen()
    in_time = await reviews.settle(review_id, Settled.TAKEN_BACK, tx.now)
    return TakenBack(feedback_id) if in_time else TooLate(feedback_id)


async def carry_out(review_id: UUID, tx: Tx[RoutingParts]) -> None:
    """Let a decision take effect, once, in one transaction; one that is in other hands or settled is left alone."""
    cases, reviews = CaseStore(tx.session), ReviewStore(tx.session)
    waiting = await reviews.claim(review_id)
    if waiting is None:
        return
    case = await cases.case_of(waiting.feedback_id)
    unchanged = case is not None and case.version == waiting.seen_version
    settled = Settled.CARRIED_OUT if unchanged else Settled.CASE_CHANGED
    await reviews.settle(review_id, settled, tx.now)
    if case is None or not unchanged:
        cases.note(waiting.feedback_id, tx.now, "review_dropped", waiting.by)
        log.info("review_dropped", feedback_id=str(waiting.feedback_id))
        return
    found = await cases.sheet(waiting.feedback_id)
    assert found is not None
    _, row = found
    await _carry_out(waiting, case, said_of(row), tx)


def said_of(row: RowMapping) -> Classified | None:
    """What triage said of a case, as the case keeps it."""
    return Classified.model_validate(row["classification"]) if row["classification"] else None


async def _carry_out(waiting: Waiting, case: Case, said: Classified | None, tx: Tx[RoutingParts]) -> None:
    label = waiting.decision.label
    facts = facts_as_labelled(label, said, case)
    file = CaseFile(case, tx, waiting.by)
    _tell_triage(label, waiting, said, tx)
    _keep(label, case, file)
    file.close_shield(facts)
    file.note("reviewed", **_detail(label))
    province, shielded = tx.parts.province, case.guard.shielded
    match effect_of(waiting.decision, facts, province, local_day(tx.now), shielded=shielded):
        case Assignment(found, rules):
            # The rules chose the agency; the person said what it is about.
            await file.route(Handover(found, RoutedReason.ASSIGNED, facts.kind, rules))
        case NeedsOffice() as why:
            # Taken back from an agency, it is so until somebody gives it away again.
            returned = case.state is CaseState.RETURNED
            await file.stand_at_office(CaseState.RETURNED if returned else why.state, why, since=None)
        case Ending() as ending:
            await file.end(ending)
    await file.close()
    log.info("review_carried_out", feedback_id=str(case.feedback_id), disposition=label.disposition.value)


def _tell_triage(label: Label, waiting: Waiting, said: Classified | None, tx: Tx[RoutingParts]) -> None:
    """Say what the person decided, also when triage had it right: that is worth as much to whoever learns from it."""
    tx.emit(
        ClassificationCorrected(
            key=waiting.feedback_id,
            feedback_id=FeedbackId(waiting.feedback_id),
            disposition=label.disposition,
            kind=label.kind,
            nature=label.nature,
            field=label.field,
            matter=label.matter,
            officer_id=waiting.by.id,
            model_version=said.model_version if said else None,
        )
    )


def _keep(label: Label, case: Case, file: CaseFile) -> None:
    # What nobody said of an inquiry's field stands as triage read it.
    still = Label(label.disposition, field=case.field).applicable.field
    field = label.field or still
    file.change(
        decided_by_person=True,
        reviewed=True,
        disposition=label.disposition.value,
        kind=label.kind.value if label.kind else None,
        nature=label.nature.value if label.nature else None,
        field=str(field) if field else None,
        matter=label.matter,
    )


def _detail(label: Label) -> dict[str, str]:
    told = {"disposition": label.disposition, "kind": label.kind, "field": label.field, "matter": label.matter}
    return {name: str(value) for name, value in told.items() if value is not None}
