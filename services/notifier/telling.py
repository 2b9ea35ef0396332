"""Writes down what a message came to, and says so to whoever follows the case."""

from typing import Any

from libs.contracts.events import MessageOutcome
from libs.contracts.vocabulary import FeedbackId
from libs.runtime.tx import Tx

from .domain.message import OUTCOME_OF, MessageState
from .parts import NotifierParts
from .store.message import MessageStore
from .store.shelf import Message


async def came_to(
    tx: Tx[NotifierParts], message: Message, state: MessageState, detail: str | None = None, **values: Any
) -> None:
    """Change a message's state and say so."""
    await MessageStore(tx.session).change(message.message_id, state=state, reason=detail, **values)
    tell(tx, message, state, detail)


def tell(tx: Tx[NotifierParts], message: Message, state: MessageState, detail: str | None = None) -> None:
    """Say what a message came to; states that are nobody else's concern are not said."""
    outcome = OUTCOME_OF.get(state)
    key = message.feedback_id or message.sender_id
    if outcome is None or key is None:
        return
    tx.parts.meters.outcomes.labels(message.notice, outcome).inc()
    tx.emit(
        MessageOutcome(
            key=key,
            feedback_id=FeedbackId(message.feedback_id) if message.feedback_id else None,
            message_id=message.message_id,
            notice=message.notice,
            outcome=outcome,
            at=tx.now,
            caused_by=message.caused_by,
            detail=detail,
        )
    )
