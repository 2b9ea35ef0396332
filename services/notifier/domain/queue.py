"""In which order one citizen's messages leave: replies by their number first, then notices as their case went."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .message import MessageState


@dataclass(frozen=True, slots=True)
class Queued:
    """One message of a citizen's queue."""

    message_id: UUID
    state: MessageState
    created_at: datetime
    not_before: datetime
    seq: int | None = None
    """A reply's number; none for a notice."""
    feedback_id: UUID | None = None
    case_seq: int | None = None
    part: int = 0
    tries: int = 0

    @property
    def is_reply(self) -> bool:
        """Whether it answers in the conversation, rather than tells of a case."""
        return self.seq is not None

    @property
    def begun(self) -> bool:
        """It was tried, or a part of it is with the citizen: nothing overtakes it."""
        return self.part > 0 or self.tries > 0 or self.state in (MessageState.SENDING, MessageState.UNCERTAIN)


def next_message(queue: Sequence[Queued], now: datetime) -> Queued | None:
    """The one message that may leave now; none while the one begun waits, or when nothing is due."""
    begun = [message for message in queue if message.begun]
    if begun:
        head = min(begun, key=_place)
        return head if head.not_before <= now else None
    due = [message for message in queue if message.not_before <= now]
    replies = [message for message in due if message.is_reply]
    if replies:
        return min(replies, key=_place)
    if not due:
        return None
    oldest = min(due, key=_place)
    # The steps of one case are told in its own order even when they were heard in another.
    return min(
        (other for other in due if other.feedback_id == oldest.feedback_id), key=lambda m: (m.case_seq or 0, _place(m))
    )


def _place(message: Queued) -> tuple[int, datetime, UUID]:
    return (message.seq if message.seq is not None else 0, message.created_at, message.message_id)


@dataclass(frozen=True, slots=True)
class ReplyArrived:
    """Where a reply stands among its sender's replies."""

    next_seq: int
    """The lowest number still missing."""
    free: frozenset[int]
    """The replies that need not wait for another any more."""
    waits: bool
    """A lower number is missing: this one waits for it, for a while."""


def reply_arrives(next_seq: int, seq: int, kept: Collection[int]) -> ReplyArrived:
    """Take a reply into its sender's order. `kept`: the numbers that wait already."""
    if seq > next_seq:
        return ReplyArrived(next_seq, frozenset(), waits=True)
    if seq < next_seq:  # its place was given up or filled: better late than never
        return ReplyArrived(next_seq, frozenset({seq}), waits=False)
    return _onward(seq, kept)


def reply_left(next_seq: int, seq: int, kept: Collection[int]) -> ReplyArrived:
    """A reply left; those that waited only for numbers below it wait no longer."""
    if seq < next_seq:
        return ReplyArrived(next_seq, frozenset(), waits=False)
    return _onward(seq, kept)


def _onward(seq: int, kept: Collection[int]) -> ReplyArrived:
    free = {seq}
    while seq + 1 in kept:
        seq += 1
        free.add(seq)
    return ReplyArrived(seq + 1, frozenset(free), waits=False)
