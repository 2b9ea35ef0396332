"""What triage does about each event it hears."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from libs.contracts.envelope import Event
from libs.contracts.events import ClassificationCorrected, FeedbackReceived, FeedbackSupplemented
from libs.contracts.vocabulary import FeedbackId, SupplementReason
from libs.runtime.bus import Subscriptions
from libs.runtime.log import get_logger
from libs.runtime.tx import Tx

from .assistant import ask
from .domain.label import label_of
from .domain.likeness import Comparable, topics_of
from .near_duplicate import near_duplicates_of, seek_ahead
from .parts import TriageParts
from .store import KeptFeedback, LabelStore, Received, TriageStore
from .telling import tell

log = get_logger()
subscriptions = Subscriptions("triage")


@subscriptions.ahead
async def receive_all(events: Sequence[Event], tx: Tx[TriageParts]) -> None:
    """Keep the words of many feedbacks at once."""
    fresh = [_received(event, tx) for event in events if isinstance(event, FeedbackReceived)]
    await TriageStore(tx.session).receive_ahead(fresh)
    await seek_ahead(fresh, tx)


@subscriptions.on(FeedbackReceived)
async def on_feedback_received(event: FeedbackReceived, tx: Tx[TriageParts]) -> None:
    """Decide about a feedback, together with what its sender may have added before it reached us."""
    kept = await TriageStore(tx.session).receive(_received(event, tx))
    await _classify(event.feedback_id, event.event_id, kept, tx)


@subscriptions.on(FeedbackSupplemented)
async def on_feedback_supplemented(event: FeedbackSupplemented, tx: Tx[TriageParts]) -> None:
    """Decide anew when the citizen added words; a file that arrived changes nothing."""
    if event.reason is not SupplementReason.CITIZEN or not event.text.strip():
        return
    store = TriageStore(tx.session)
    forget_at = tx.now + timedelta(days=tx.parts.settings.keep_texts_days)
    kept = await store.supplement(event.feedback_id, event.event_id, event.text, event.occurred_at, forget_at)
    await _classify(event.feedback_id, event.event_id, kept, tx)


@subscriptions.on(ClassificationCorrected)
async def on_classification_corrected(event: ClassificationCorrected, tx: Tx[TriageParts]) -> None:
    """Keep what an officer decided, to learn from; also of a feedback that is still on its way."""
    label = label_of(event.disposition, event.kind, event.nature, event.field, event.matter)
    LabelStore(tx.session).keep(event, label)


def _received(event: FeedbackReceived, tx: Tx[TriageParts]) -> Received:
    forget_at = tx.now + timedelta(days=tx.parts.settings.keep_texts_days)
    return Received(event.feedback_id, event.received_at, event.place_id, event.text, forget_at)


async def _classify(feedback_id: FeedbackId, event_id: UUID, kept: KeptFeedback, tx: Tx[TriageParts]) -> None:
    if kept.received_at is None:
        return  # FeedbackReceived is still on its way, and will decide about what is kept here too
    on = kept.received_at.astimezone(tx.parts.zone).date()
    text = "\n".join(kept.texts)
    decision = tx.parts.classifier.decide(text, on, kept.place_id)
    topics = topics_of(text, ((reason.decision, reason.start, reason.end) for reason in decision.reasons))
    asked = Comparable(feedback_id, kept.received_at, text, decision.field, topics)
    near = await near_duplicates_of(asked, tx)
    # Said also when nothing changed: routing may be waiting for it since it asked the citizen for more.
    said = tell(feedback_id, decision, near, tx)
    TriageStore(tx.session).record(event_id, said, tx.now)
    ask(event_id, feedback_id, decision, kept, tx)
    log.info(
        "feedback_classified",
        feedback_id=str(feedback_id),
        disposition=decision.disposition,
        sensitive=decision.sensitive,
        needs_review=decision.needs_review,
        near_duplicates=len(near),
        model=decision.model_version,
    )
