"""One function per event heard: each is kept sealed, and the case's standing taken anew."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.contracts.envelope import Event
from libs.contracts.events import FeedbackReceived, Progressed, Refused, Resolved, Routed, SenderIdentified
from libs.runtime.bus import Subscriptions
from libs.runtime.tx import Tx

from .domain import Bearing, Fact, Standing, hear, of_progress, of_refusal
from .parts import BridgeParts
from .store import BridgeStore, Entry

subscriptions = Subscriptions("portal_bridge")


@subscriptions.ahead
async def lock_cases(events: Sequence[Event], tx: Tx[BridgeParts]) -> None:
    """Lock the cases of many events at once."""
    heard_at: dict[UUID, datetime] = {}
    for event in events:
        if (feedback_id := _case_of(event)) is not None:
            heard_at[feedback_id] = max(event.occurred_at, heard_at.get(feedback_id, event.occurred_at))
    await BridgeStore(tx.session).lock_ahead(heard_at)


@subscriptions.on(FeedbackReceived)
async def on_feedback_received(event: FeedbackReceived, tx: Tx[BridgeParts]) -> None:
    """Hold what the citizen sent until somebody decided what it is."""
    await _keep(tx, event, event.feedback_id)


@subscriptions.on(SenderIdentified)
async def on_sender_identified(event: SenderIdentified, tx: Tx[BridgeParts]) -> None:
    """Hold whose feedback it is; a sender without a feedback is none of the portal's business."""
    if (feedback_id := _case_of(event)) is not None:
        await _keep(tx, event, feedback_id)


@subscriptions.on(Routed)
async def on_routed(event: Routed, tx: Tx[BridgeParts]) -> None:
    """An agency has it: it may go to the portal."""
    await _keep(tx, event, event.feedback_id, event.case_seq, Bearing.RELEASES)


@subscriptions.on(Progressed)
async def on_progressed(event: Progressed, tx: Tx[BridgeParts]) -> None:
    """Queue a step behind the steps before it."""
    await _keep(tx, event, event.feedback_id, event.case_seq, of_progress(event.state))


@subscriptions.on(Refused)
async def on_refused(event: Refused, tx: Tx[BridgeParts]) -> None:
    """Delete what is a complaint, a denunciation or spam; queue every other refusal."""
    await _keep(tx, event, event.feedback_id, event.case_seq, of_refusal(event.reason))


@subscriptions.on(Resolved)
async def on_resolved(event: Resolved, tx: Tx[BridgeParts]) -> None:
    """Queue the answer."""
    await _keep(tx, event, event.feedback_id, event.case_seq)


def _case_of(event: Event) -> UUID | None:
    """The case an event is kept for, if any: a sender alone is none of the portal's business."""
    if isinstance(event, SenderIdentified) and event.contacts is None:
        return None
    return event.feedback_id


async def _keep(
    tx: Tx[BridgeParts], event: Event, feedback_id: UUID, case_seq: int = 0, bearing: Bearing = Bearing.NONE
) -> None:
    store = BridgeStore(tx.session)
    before = await store.lock(feedback_id, event.occurred_at)
    case = hear(before, Fact(event.occurred_at, case_seq, bearing))
    if case != before:
        await store.change(feedback_id, case)
    if case.standing is Standing.DELETED:
        await store.keep_nothing(feedback_id)
    else:
        body = tx.parts.sealer.seal_bytes(event.to_bytes())
        store.keep(Entry(event.event_id, feedback_id, case_seq, event.name, body, event.occurred_at))
