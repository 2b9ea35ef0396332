"""What triage does about each event it hears."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from libs.contracts.envelope import Event
from libs.contracts.events import Classified, FeedbackReceived, FeedbackSupplemented
from libs.contracts.vocabulary import FeedbackId, SupplementReason
from libs.runtime.bus import Subscriptions
from libs.runtime.log import get_logger
from libs.runtime.tx import Tx

from .parts import TriageParts
from .store import KeptFeedback, Received, TriageStore

log = get_logger()
subscriptions = Subscriptions("triage")


@subscriptions.ahead
async def receive_all(events: Sequence[Event], tx: Tx[TriageParts]) -> None:
    """Keep the words of many feedbacks at once."""
    fresh = [_received(event, tx) for event in events if isinstance(event, FeedbackReceived)]
    await TriageStore(tx.session).receive_ahead(fresh)


@subscriptions.on(FeedbackReceived)
async def on_feedback_received(event: FeedbackReceived, tx: Tx[TriageParts]) -> None:
    """Decide about a feedback, together with what its sender may have added before it reached us."""
    kept = await TriageStore(tx.session).receive(_received(event, tx))
    _classify(event.feedback_id, event.event_id, kept, tx)


@subscriptions.on(FeedbackSupplemented)
async def on_feedback_supplemented(event: FeedbackSupplemented, tx: Tx[TriageParts]) -> None:
    """Decide anew when the citizen added words; a file that arrived changes nothing."""
    if event.reason is not SupplementReason.CITIZEN or not event.text.strip():
        return
    store = TriageStore(tx.session)
    forget_at = tx.now + timedelta(days=tx.parts.settings.keep_texts_days)
    kept = await store.supplement(event.feedback_id, event.event_id, event.text, event.occurred_at, forget_at)
    _classify(event.feedback_id, event.event_id, kept, tx)


def _received(event: FeedbackReceived, tx: Tx[TriageParts]) -> Received:
    forget_at = tx.now + timedelta(days=tx.parts.settings.keep_texts_days)
    return Received(event.feedback_id, event.received_at, event.place_id, event.text, forget_at)


def _classify(feedback_id: FeedbackId, event_id: UUID, kept: KeptFeedback, tx: Tx[TriageParts]) -> None:
    if kept.received_at is None:
        return  # FeedbackReceived is still on its way, and will decide about what is kept here too
    on = kept.received_at.astimezone(tx.parts.zone).date()
    decision = tx.parts.classifier.decide("\n".join(kept.texts), on, kept.place_id)
    # Said also when nothing changed: routing may be waiting for it since it asked the citizen for more.
    decided = {name: getattr(decision, name) for name in decision.__dataclass_fields__}
    said = tx.emit(Classified.model_validate({"feedback_id": feedback_id, **decided}, from_attributes=True))
    TriageStore(tx.session).record(event_id, said, tx.now)
    log.info(
        "feedback_classified",
        feedback_id=str(feedback_id),
        disposition=decision.disposition,
        sensitive=decision.sensitive,
        needs_review=decision.needs_review,
        model=decision.model_version,
    )
