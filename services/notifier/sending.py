"""One message to one citizen: taken from their queue, tried, and written down."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from libs.contracts.sealed import ChannelAddress
from libs.runtime.log import get_logger
from libs.runtime.tx import Tx
from libs.seal import CannotOpen

from .content import Words, open_words
from .domain.attempt import (
    Again,
    Attempted,
    AwaitEcho,
    Failed,
    Finished,
    Hold,
    LeftUncertain,
    Onward,
    SendOutcome,
    Sent,
    Stopped,
    Uncertain,
    after_attempt,
)
from .domain.message import MessageState
from .domain.notice import superseded_by
from .domain.permission import Contact, Go, HeldBack, NotBefore, may_write
from .domain.queue import next_message, reply_left
from .parts import CHANNEL, NotifierParts
from .receiving import arrived, clear_up
from .store.channel import ChannelStore
from .store.delivery import DeliveryStore
from .store.message import MessageStore
from .store.recipient import Recipient, RecipientStore
from .store.reply import ReplyStore
from .store.shelf import Message
from .telling import came_to

log = get_logger()

chance: Callable[[], float] = random.SystemRandom().random
INTERRUPTED: Final = Uncertain("interrupted")
"""Whoever sent it died before writing down what came of it."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One part of a message, ready to be handed to the channel."""

    lease_id: UUID
    message: Message
    user_id: str
    words: Words

    @property
    def text(self) -> str:
        """The words of this part."""
        return self.words.parts[self.message.part]

    @property
    def is_last(self) -> bool:
        """Whether buttons belong under it."""
        return self.message.part + 1 >= self.message.parts


async def take_next(tx: Tx[NotifierParts], recipient: Recipient, lease_id: UUID) -> Envelope | None:
    """The next message of a citizen whose turn it is, marked as being sent; none when nothing may go now.

    Marked and committed before the call: if this process dies meanwhile, nobody takes the message for unsent.
    """
    store = MessageStore(tx.session)
    while True:
        queue = await store.queue_of(recipient.sender_id)
        picked = next_message([message.queued for message in queue], tx.now)
        if picked is None:
            waits = [message.not_before for message in queue if message.queued.begun and message.not_before]
            await RecipientStore(tx.session).let_go(recipient.sender_id, lease_id, min(waits, default=None))
            return None
        message = next(message for message in queue if message.message_id == picked.message_id)
        if message.state is MessageState.SENDING:
            await _note(tx, message, INTERRUPTED)
            await clear_up(tx, recipient.sender_id)
            continue
        if message.state is MessageState.UNCERTAIN and await clear_up(tx, recipient.sender_id):
            continue
        if not await _may_go(tx, recipient, message):
            continue
        envelope = await _envelope(tx, recipient, message, lease_id)
        if envelope is not None:
            return envelope


async def record(tx: Tx[NotifierParts], envelope: Envelope, outcome: SendOutcome) -> None:
    """Write down what came of a try, and give the citizen back."""
    tried = envelope.message
    assert tried.sender_id is not None
    message = await MessageStore(tx.session).lock_with_citizen(tried.message_id)
    # An echo or another process may have settled it meanwhile, had this one been away for longer than its lease.
    is_ours = message is not None and message.tries == tried.tries and message.state in _UNDER_WAY
    not_before = await _note(tx, message, outcome) if message is not None and is_ours else None
    await RecipientStore(tx.session).let_go(tried.sender_id, envelope.lease_id, not_before)
    if isinstance(outcome, Uncertain):
        await clear_up(tx, tried.sender_id)
    tx.wake("send_due")


_UNDER_WAY: Final = (MessageState.SENDING, MessageState.UNCERTAIN)


async def _may_go(tx: Tx[NotifierParts], recipient: Recipient, message: Message) -> bool:
    contact = Contact(recipient.last_interaction_at, recipient.closed_at)
    queued = message.queued
    plan = may_write(contact, tx.now, tx.parts.permission_rules, is_reply=queued.is_reply, begun=queued.begun)
    match plan:
        case Go():
            return True
        case NotBefore(at):
            await MessageStore(tx.session).change(message.message_id, not_before=at)
        case HeldBack(reason):
            await came_to(tx, message, MessageState.HELD, reason, not_before=None, tries=0)
    return False


async def _envelope(tx: Tx[NotifierParts], recipient: Recipient, message: Message, lease_id: UUID) -> Envelope | None:
    assert recipient.address is not None
    assert message.body is not None
    try:
        address = tx.parts.sealer.open(recipient.address, ChannelAddress)
        words = open_words(tx.parts.sealer, message.body)
    except CannotOpen:
        # A key is missing here: one citizen must not hold up the others, and the message must not be lost.
        tx.parts.meters.alarms.labels("cannot_open").inc()
        later = tx.now + tx.parts.send_rules.stopped_retry
        await came_to(tx, message, MessageState.HELD, "cannot_open", not_before=later, tries=0)
        return None
    if message.seq is not None:
        await _leaves(tx, recipient, message.seq)
    marked = replace(
        message,
        state=MessageState.SENDING,
        tries=message.tries + 1,
        attempted_at=message.attempted_at if message.lost else tx.now,
    )
    await MessageStore(tx.session).change(
        message.message_id, state=marked.state, tries=marked.tries, attempted_at=marked.attempted_at
    )
    return Envelope(lease_id, marked, address.address, words)


async def _leaves(tx: Tx[NotifierParts], recipient: Recipient, seq: int) -> None:
    """A reply leaves: those that waited only for numbers below it may follow."""
    if seq < recipient.next_reply_seq:
        return  # in its order: whatever waited for it was let go when it arrived
    replies = ReplyStore(tx.session)
    left = reply_left(recipient.next_reply_seq, seq, await replies.ready(recipient.sender_id))
    if seq > recipient.next_reply_seq:
        tx.parts.meters.gaps.inc()
    await replies.free(recipient.sender_id, left.free, tx.now)
    await RecipientStore(tx.session).next_reply(recipient.sender_id, left.next_seq)


async def _note(tx: Tx[NotifierParts], message: Message, outcome: SendOutcome) -> datetime | None:
    """Write down what a try means for its message; returns until when the citizen's queue waits."""
    tx.parts.meters.attempts.labels(type(outcome).__name__).inc()
    tried = Attempted(message.parts, message.part, message.tries, message.lost, message.created_at)
    after = after_attempt(tried, outcome, tx.now, tx.parts.send_rules, chance())
    match after:
        case Onward(message_ref, doubled) | Finished(message_ref, doubled):
            await _with_citizen(tx, message, message_ref, outcome, doubled=doubled)
        case Again(at, reason, pause_everyone):
            if pause_everyone:
                await ChannelStore(tx.session, CHANNEL).pause(at, reason)
            return await _again(tx, message, at, reason)
        case AwaitEcho(until, reason):
            await came_to(tx, message, MessageState.UNCERTAIN, reason, not_before=until, lost=message.lost + 1)
            return until
        case LeftUncertain(reason):
            lost = message.lost + 1
            await came_to(tx, message, MessageState.UNCERTAIN, f"twice:{reason}", not_before=None, lost=lost)
        case Hold() | Failed() | Stopped():
            await _refused(tx, message, after)
    return None


async def _with_citizen(
    tx: Tx[NotifierParts], message: Message, message_ref: str | None, outcome: SendOutcome, *, doubled: bool
) -> None:
    if message_ref is not None:
        quota = outcome.quota if isinstance(outcome, Sent) else None
        await DeliveryStore(tx.session, CHANNEL).settle_as(message, message_ref, quota, tx.now)
    await tx.parts.tokens.accepted(tx, CHANNEL)
    await arrived(tx, message, message_ref, doubled=doubled)


async def _refused(tx: Tx[NotifierParts], message: Message, after: Hold | Failed | Stopped) -> None:
    channel = ChannelStore(tx.session, CHANNEL)
    match after:
        case Hold(until, reason):
            await channel.works()  # a refusal about one citizen or message: the account itself is in order
            await came_to(tx, message, MessageState.HELD, reason, not_before=until, tries=0)
            if until is None and message.sender_id is not None:
                await RecipientStore(tx.session).closed(message.sender_id, tx.now)
        case Failed(reason, alarm):
            if alarm:
                log.error("message_failed", reason=reason, notice=message.notice, feedback_id=message.feedback_id)
                tx.parts.meters.alarms.labels(reason).inc()
            else:
                await channel.works()
            await came_to(tx, message, MessageState.FAILED, reason, not_before=None)
        case Stopped(retry_at, reason):
            log.error("channel_stopped", channel=CHANNEL, reason=reason)
            await channel.stop(tx.now, retry_at, reason)
            await came_to(tx, message, MessageState.HELD, reason, not_before=retry_at, tries=0)


async def _again(tx: Tx[NotifierParts], message: Message, at: datetime, reason: str) -> datetime | None:
    """Back into the queue, unless a later notice has made it pointless while it was out."""
    store = MessageStore(tx.session)
    if message.feedback_id is not None and message.case_seq is not None and message.part == 0 and message.lost == 0:
        known = await store.notices_of(message.feedback_id)
        by = superseded_by(message.notice, message.case_seq, known)
        if by is not None:
            await came_to(tx, message, MessageState.SUPERSEDED, f"by:{by}", not_before=None)
            return None
    await store.change(message.message_id, state=MessageState.READY, reason=reason, not_before=at)
    return at
