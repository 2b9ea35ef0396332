"""Where a message to a citizen stands, in the words of this service."""

from enum import StrEnum
from typing import Final

from libs.contracts.vocabulary import NoticeOutcome


class MessageState(StrEnum):
    """`waiting` for somebody to say whose case it is · `ready` in the queue · `sending` · `uncertain` whether it
    arrived · `held` until something changes · the rest are ends."""

    WAITING = "waiting"
    READY = "ready"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    HELD = "held"
    SENT = "sent"
    DELIVERED = "delivered"
    SEEN = "seen"
    SUPERSEDED = "superseded"
    FAILED = "failed"


UNSENT: Final = frozenset({MessageState.WAITING, MessageState.READY, MessageState.HELD})
"""The citizen has certainly not read it: it may still be superseded."""

TOLD: Final = frozenset(
    {MessageState.SENDING, MessageState.UNCERTAIN, MessageState.SENT, MessageState.DELIVERED, MessageState.SEEN}
)
"""The citizen has read it, or may have."""

OUTCOME_OF: Final = {
    MessageState.UNCERTAIN: NoticeOutcome.UNCERTAIN,
    MessageState.HELD: NoticeOutcome.HELD,
    MessageState.SENT: NoticeOutcome.SENT,
    MessageState.DELIVERED: NoticeOutcome.DELIVERED,
    MessageState.SEEN: NoticeOutcome.SEEN,
    MessageState.SUPERSEDED: NoticeOutcome.SUPERSEDED,
    MessageState.FAILED: NoticeOutcome.FAILED,
}
"""What others are told when a message comes to a state; the states missing here are nobody else's concern."""
