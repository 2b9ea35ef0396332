"""One function per event heard: load, decide, save, emit."""

from collections.abc import Sequence
from typing import TypeGuard
from uuid import UUID

from libs.contracts.envelope import Event
from libs.contracts.events import (
    Attachment,
    Classified,
    FeedbackReceived,
    FeedbackSupplemented,
    MessageOutcome,
    SenderIdentified,
)
from libs.contracts.vocabulary import CaseState, Desk, SupplementReason
from libs.runtime.bus import Subscriptions
from libs.runtime.tx import Tx

from .domain.deadline import Clock, start
from .machine import apply_classification, have_read
from .parts import RoutingParts
from .store import CaseStore, HeardStore, NearDuplicateStore

subscriptions = Subscriptions("routing")


@subscriptions.ahead
async def take_cases(events: Sequence[Event], tx: Tx[RoutingParts]) -> None:
    """Open the cases, or lock them, that many events are about."""
    opened: dict[UUID, FeedbackReceived] = {}
    others: set[UUID] = set()
    for event in events:
        if isinstance(event, FeedbackReceived):
            opened.setdefault(event.feedback_id, event)  # of two the first opens the case
        elif isinstance(event, Classified) or _is_word_of_citizen(event):
            others.add(event.feedback_id)
    columns = {feedback_id: _opened(event, tx) for feedback_id, event in opened.items()}
    new = await CaseStore(tx.session).take_ahead(columns, others)
    await HeardStore(tx.session).latest_ahead(new)


@subscriptions.on(FeedbackReceived)
async def on_feedback_received(event: FeedbackReceived, tx: Tx[RoutingParts]) -> None:
    """Open the case; when triage was quicker than we, decide at once."""
    cases, heard = CaseStore(tx.session), HeardStore(tx.session)
    await cases.hold(event.feedback_id)
    case = await cases.open_case(**_opened(event, tx))
    if case is None:
        return
    heard.keep_files(event.feedback_id, _rows(event.attachments))
    cases.note(event.feedback_id, tx.now, "opened", channel=event.channel.value)
    said = await heard.latest_classification(event.feedback_id)
    if said is not None:
        classified = Classified.model_validate(said)
        await apply_classification(case, classified, classified.model_dump(mode="json"), tx)


@subscriptions.on(Classified)
async def on_classified(event: Classified, tx: Tx[RoutingParts]) -> None:
    """Give the case to an agency, or to the Office when the rules cannot decide."""
    cases = CaseStore(tx.session)
    # FeedbackReceived may open the case at this moment: then one of us must see what the other kept.
    await cases.hold(event.feedback_id)
    case = await cases.case_of(event.feedback_id)
    body = event.model_dump(mode="json")
    HeardStore(tx.session).keep_classification(event.event_id, event.feedback_id, body, event.occurred_at)
    NearDuplicateStore(tx.session).keep(event.feedback_id, event.near_duplicates)
    if case is not None:
        await apply_classification(case, event, body, tx)


@subscriptions.on(SenderIdentified)
async def on_sender_identified(event: SenderIdentified, tx: Tx[RoutingParts]) -> None:
    """Keep who sent a feedback, as sealed as it came."""
    if event.feedback_id is not None and event.contacts is not None:
        HeardStore(tx.session).keep_contacts(event.feedback_id, event.sender_id, event.contacts, event.occurred_at)


@subscriptions.on(FeedbackSupplemented)
async def on_feedback_supplemented(event: FeedbackSupplemented, tx: Tx[RoutingParts]) -> None:
    """Show officers what was added. No state changes and no clock stops; only what is over goes back to the Office."""
    heard = HeardStore(tx.session)
    heard.keep_files(event.feedback_id, _rows(event.attachments))
    if _is_word_of_citizen(event):
        heard.keep_supplement(event.event_id, event.feedback_id, event.text, event.occurred_at)
        cases = CaseStore(tx.session)
        cases.note(event.feedback_id, tx.now, "supplemented", files=len(event.attachments))
        case = await cases.case_of(event.feedback_id)
        if case is not None and case.opens_when_added_to:
            await have_read(case, tx)


@subscriptions.on(MessageOutcome)
async def on_message_outcome(event: MessageOutcome, tx: Tx[RoutingParts]) -> None:
    """Show officers where a message to the citizen stands."""
    if event.feedback_id is not None:
        HeardStore(tx.session).keep_notice(
            event.message_id, event.feedback_id, event.notice.value, event.outcome.value, event.detail, event.at
        )


def _is_word_of_citizen(event: Event) -> TypeGuard[FeedbackSupplemented]:
    """Whether somebody has to read it: what only tells of a file disturbs no case."""
    return isinstance(event, FeedbackSupplemented) and event.reason is SupplementReason.CITIZEN


def _opened(event: FeedbackReceived, tx: Tx[RoutingParts]) -> dict[str, object]:
    """A new case: the Office's until somebody or something decides."""
    province = tx.parts.province
    return {
        "feedback_id": event.feedback_id,
        "code": event.code,
        "sender_id": event.sender_id,
        "channel": event.channel.value,
        "applicant_type": event.applicant_type.value,
        "visibility": event.visibility.value,
        "text": event.text,
        "location": event.location.model_dump() if event.location else None,
        "place_id": event.place_id,
        "confirmed_place": event.place_id,
        "incomplete": event.incomplete,
        "received_at": event.received_at,
        "opened_at": tx.now,
        "state": CaseState.OPENED.value,
        "version": 1,
        "agency_id": province.directory.office_id,
        "desk": Desk.OFFICE.value,
        "act_by": start(province.clocks[Clock.CLASSIFY], event.received_at, province.calendar).due_at,
    }


def _rows(attachments: tuple[Attachment, ...]) -> list[dict[str, object]]:
    return [attachment.model_dump() for attachment in attachments]
