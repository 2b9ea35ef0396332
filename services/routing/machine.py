"""What happens to a case without a person: the rules decide, or hand it to the Office with the reason."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from libs.contracts.events import Classified, Progressed
from libs.contracts.vocabulary import CaseState, Desk, RoutedReason
from libs.runtime.tx import Tx

from .case_file import CaseFile, Handover
from .classification import facts_of
from .domain.assignment import Assignment, NeedsOffice, assign
from .domain.calendar import local_day
from .domain.case import Case
from .domain.consideration import OfficeReason
from .domain.ending import ending_of
from .domain.facts import Facts
from .domain.reclassification import Later, on_later_classification
from .parts import RoutingParts


async def apply_classification(case: Case, event: Classified, body: Mapping[str, Any], tx: Tx[RoutingParts]) -> None:
    """Act on what triage said of an open case, once and in one transaction; `body` is how it is kept."""
    if case.classified_at is not None and event.occurred_at <= case.classified_at:
        return
    facts = facts_of(event, case)
    file = CaseFile(case, tx)
    match on_later_classification(case, facts):
        case Later.DECIDE | Later.REOPEN as later:
            if later is Later.REOPEN:
                _open_again(file)
            _take_over(file, event, body)
            file.close_shield(facts)
            await _decide(file, facts, tx)
        case Later.TAKE_BACK:
            file.close_shield(facts)
            file.change(classification=body)  # what whoever decides now has to see
            await _take_back(file, facts, tx)
        case Later.SHIELD:
            file.close_shield(facts)
            file.change(office_reason=OfficeReason.SENSITIVE.value)
            file.note("shield_closed")
        case Later.RECORD:
            file.note("classified_again")
            return
    file.change(classified_at=event.occurred_at)
    await file.close()


async def give_up_waiting(case: Case, tx: Tx[RoutingParts]) -> None:
    """Put a case triage says nothing about on the Office's desk; what triage says later is still welcome."""
    file = CaseFile(case, tx)
    file.tell_received()
    await file.stand_at_office(
        CaseState.RECEIVED, NeedsOffice(OfficeReason.NOT_CLASSIFIED, Desk.OFFICE, ()), since=case.received_at
    )
    await file.close()


async def have_read(case: Case, tx: Tx[RoutingParts]) -> None:
    """Open a case again that is over: its sender told more, and nobody else would read it.

    What the machine ended it may decide anew, once triage knows the new words; what a person ended it may not.
    """
    file = CaseFile(case, tx)
    _open_again(file)
    reason = OfficeReason.WROTE_AGAIN
    if not case.is_ended_alone:
        reason = OfficeReason.ADDED_AFTER_END
        file.change(decided_by_person=True)
    hidden = case.sensitive or case.guard.desk is Desk.OFFICE_SENSITIVE
    desk = Desk.OFFICE_SENSITIVE if hidden else Desk.OFFICE
    await file.stand_at_office(CaseState.RECEIVED, NeedsOffice(reason, desk, ()), since=tx.now)
    await file.close()


async def _decide(file: CaseFile, facts: Facts, tx: Tx[RoutingParts]) -> None:
    match assign(facts, tx.parts.province, local_day(tx.now)):
        case Assignment(found, rules):
            await file.route(Handover(found, RoutedReason.ASSIGNED, facts.kind, rules))
        case NeedsOffice() as why:
            ending = ending_of(facts, tx.parts.settings.ends_alone)
            if ending is not None and await file.sender_was_answered_alone(tx.parts.settings.ends_again_after):
                why, ending = replace(why, reason=OfficeReason.WROTE_AGAIN), None
            if ending is not None:
                await file.end_alone(ending, why.rules)
                return
            file.tell_received()
            await file.stand_at_office(why.state, why, since=file.case.received_at)


async def _take_back(file: CaseFile, facts: Facts, tx: Tx[RoutingParts]) -> None:
    """The machine gave a case away that needs the shield: the Office decides, the citizen is not told."""
    sensitive = facts.suspected_denunciation
    reason = OfficeReason.SENSITIVE if sensitive else OfficeReason.NEEDS_REVIEW
    file.say(Progressed, state=CaseState.RETURNED, reason="taken_back")
    file.change(reviewed=False)
    desk = Desk.OFFICE_SENSITIVE if sensitive else Desk.OFFICE
    await file.stand_at_office(CaseState.RETURNED, NeedsOffice(reason, desk, ()), since=tx.now)


def _open_again(file: CaseFile) -> None:
    """What was told to be over goes on."""
    file.say(Progressed, state=CaseState.RECEIVED)
    file.change(refusal_reason=None)


def _take_over(file: CaseFile, event: Classified, body: Mapping[str, Any]) -> None:
    """Keep what the case is about, as triage sees it now."""
    file.change(
        disposition=event.disposition.value,
        kind=event.kind.value if event.kind else None,
        nature=event.nature.value if event.nature else None,
        field=event.field.value if event.field else None,
        matter=event.matters[0].matter if event.matters else None,
        place_id=file.case.confirmed_place or (event.places[0].place_id if event.places else None),
        urgency=event.urgency.value,
        classification=body,
    )
