"""What intake hears: news of cases, kept as the copy citizens look at."""

from typing import Final

from libs.contracts.events import Progressed, Refused, Resolved, Routed
from libs.contracts.vocabulary import CaseState
from libs.runtime.bus import Subscriptions
from libs.runtime.tx import Tx

from .look_up_answer import answer_look_up
from .parts import IntakeParts
from .store import News, TrackingStore

subscriptions = Subscriptions("intake")
_LOOK_UP: Final = "status_lookup"
"""Why a case ends that only asked where others stand. Source: design, section 4, point 4."""


@subscriptions.on(Routed)
async def on_routed(event: Routed, tx: Tx[IntakeParts]) -> None:
    """The case has an agency and a promised date."""
    news = News(
        event.case_seq,
        event.occurred_at,
        CaseState.ASSIGNED,
        agency_id=event.agency_id,
        agency_name=event.agency_name,
        due_at=event.due_at,
        reason=event.reason,
    )
    TrackingStore(tx.session).take_in(event.feedback_id, news)


@subscriptions.on(Progressed)
async def on_progressed(event: Progressed, tx: Tx[IntakeParts]) -> None:
    """The case moved."""
    news = News(
        event.case_seq,
        event.occurred_at,
        event.state,
        agency_id=event.agency_id,
        agency_name=event.agency_name,
        due_at=event.due_at,
        reason=event.reason,
    )
    TrackingStore(tx.session).take_in(event.feedback_id, news)
    if event.state is CaseState.CLOSED and event.reason == _LOOK_UP:
        await answer_look_up(tx, event.feedback_id)


@subscriptions.on(Refused)
async def on_refused(event: Refused, tx: Tx[IntakeParts]) -> None:
    """The case is not handled here; the officer's words are for the sender alone."""
    explanation = tx.parts.sealer.seal_bytes(event.explanation.encode()) if event.explanation else None
    news = News(event.case_seq, event.occurred_at, CaseState.REFUSED, reason=event.reason, explanation=explanation)
    TrackingStore(tx.session).take_in(event.feedback_id, news)


@subscriptions.on(Resolved)
async def on_resolved(event: Resolved, tx: Tx[IntakeParts]) -> None:
    """The answer is there."""
    store = TrackingStore(tx.session)
    news = News(
        event.case_seq,
        event.occurred_at,
        CaseState.ANSWERED,
        agency_id=event.agency_id,
        agency_name=event.agency_name,
    )
    store.take_in(event.feedback_id, news)
    answer = {
        "agency_name": event.agency_name,
        "outcome": event.outcome,
        "answer": tx.parts.sealer.seal_bytes(event.answer.encode()),
        "attachments": [attachment.model_dump(mode="json") for attachment in event.attachments],
        "answered_at": event.answered_at,
    }
    await store.take_in_answer(event.feedback_id, event.case_seq, answer)
