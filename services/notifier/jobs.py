"""What the clock asks of the notifier: send, keep the tokens fresh, tell who cannot be reached, forget."""

import asyncio
from datetime import timedelta
from typing import Final

from libs.runtime.db import is_busy, is_conflict
from libs.runtime.ids import uuid7
from libs.runtime.job import Job
from libs.runtime.run import Run

from .domain.attempt import SendOutcome, TokenDead, TryLater, Uncertain
from .domain.message import MessageState
from .parts import CHANNEL, NotifierParts
from .sending import Envelope, record, take_next
from .store.case import CaseStore
from .store.channel import ChannelStore
from .store.delivery import DeliveryStore
from .store.message import NO_ADDRESS, MessageStore
from .store.recipient import RecipientStore
from .telling import came_to, tell
from .tokens import AccessToken

_BATCH: Final = 500
_RECORD_TRIES: Final = 6
_EARLY_RECEIPTS_KEPT: Final = timedelta(days=2)


async def send_due(run: Run[NotifierParts]) -> bool:
    """Send what is due: one message for each citizen whose turn it is, a few citizens side by side."""
    parts = run.parts
    room = min(parts.line.room(run.clock.now()), parts.settings.send_parallel)
    if room < 1:
        return False
    async with run.begin() as tx:
        if await MessageStore(tx.session).oldest_due(tx.now) is None:
            return False
        state = await ChannelStore(tx.session, CHANNEL).state()
        token = await parts.tokens.current(tx)
    if token is None or (state.retry_at is not None and run.clock.now() < state.retry_at):
        return False
    if parts.line.silent and not await parts.zalo.answers(token.value):
        return False
    parts.line.silent = False
    lease_id, lease = uuid7(), timedelta(seconds=parts.settings.lease_s)
    async with run.begin() as tx:
        # After a stop one message goes ahead to see whether the account was mended.
        most = 1 if state.stopped_at is not None else room
        turn = await RecipientStore(tx.session).claim(CHANNEL, tx.now, lease, lease_id, most)
        taken = [await take_next(tx, recipient, lease_id) for recipient in turn]
    envelopes = [envelope for envelope in taken if envelope is not None]
    parts.line.take(len(envelopes))
    done = await asyncio.gather(*(_deliver(run, envelope, token) for envelope in envelopes), return_exceptions=True)
    for failure in done:
        if failure is not None:
            raise failure
    return bool(turn)


async def _deliver(run: Run[NotifierParts], envelope: Envelope, token: AccessToken) -> None:
    outcome = await _try(run, envelope, token)
    for attempt in range(1, _RECORD_TRIES + 1):
        try:
            async with run.begin() as tx:
                await record(tx, envelope, outcome)
        except Exception as error:
            # What is not written down counts as uncertain and costs the citizen a second copy: insist.
            if attempt == _RECORD_TRIES or not (is_busy(error) or is_conflict(error)):
                raise
            await asyncio.sleep(0.1 * 2**attempt)
        else:
            return


async def _try(run: Run[NotifierParts], envelope: Envelope, token: AccessToken) -> SendOutcome:
    """One try; a second one only with a token renewed because the first was refused."""
    outcome = await _send(run, envelope, token)
    if isinstance(outcome, TokenDead):
        renewed = await run.parts.tokens.after_refusal(run, token.generation)
        if renewed is not None:
            outcome = await _send(run, envelope, renewed)
    run.parts.line.silent = isinstance(outcome, TryLater | Uncertain)
    return outcome


async def _send(run: Run[NotifierParts], envelope: Envelope, token: AccessToken) -> SendOutcome:
    buttons = run.parts.settings.zalo_buttons and envelope.is_last
    options = envelope.words.options if buttons else ()
    return await run.parts.zalo.send_text(token.value, envelope.user_id, envelope.text, options)


async def keep_tokens_fresh(run: Run[NotifierParts]) -> None:
    """Renew the account's tokens in time, and alarm when a person is needed."""
    await run.parts.tokens.keep_fresh(run)
    async with run.begin() as tx:
        alarm = await run.parts.tokens.alarm(tx)
    run.metrics.alarm.labels("zalo_token").set(0 if alarm is None else 1)


async def tell_unreachable(run: Run[NotifierParts]) -> bool:
    """Tell of messages that wait because nobody has said whose they are or how to reach them; they are kept."""
    before = run.clock.now() - timedelta(minutes=run.parts.settings.unreachable_after_min)
    async with run.begin() as tx:
        store = MessageStore(tx.session)
        unreachable = await store.unreachable(before, _BATCH)
        for message in unreachable:
            if message.state is MessageState.WAITING:
                await store.change(message.message_id, reason="unknown_sender")
                tell(tx, message, MessageState.HELD, "unknown_sender")
            else:
                await came_to(tx, message, MessageState.HELD, NO_ADDRESS, not_before=None)
    return len(unreachable) == _BATCH


async def measure_queue(run: Run[NotifierParts]) -> None:
    """Say how much waits and how late the oldest is: age tells more than number."""
    async with run.begin() as tx:
        store = MessageStore(tx.session)
        counts, oldest = await store.counts(), await store.oldest_due(tx.now)
        state = await ChannelStore(tx.session, CHANNEL).state()
    for name in ("waiting", "ready", "sending", "uncertain", "held"):
        run.parts.meters.messages.labels(name).set(counts.get(name, 0))
    run.parts.meters.oldest_due.set(0 if oldest is None else (run.clock.now() - oldest).total_seconds())
    run.metrics.alarm.labels("zalo_stopped").set(0 if state.stopped_at is None else 1)


async def forget(run: Run[NotifierParts]) -> bool:
    """Remove what has been kept for as long as the rules allow."""
    settings = run.parts.settings
    async with run.begin() as tx:
        await DeliveryStore(tx.session, CHANNEL).forget_early(tx.now - _EARLY_RECEIPTS_KEPT)
        removed = await MessageStore(tx.session).forget(
            tx.now - timedelta(days=settings.keep_messages_days), limit=_BATCH
        )
        unused = tx.now - timedelta(days=settings.keep_recipients_days)
        removed += await CaseStore(tx.session).forget_unused(unused, limit=_BATCH)
        removed += await RecipientStore(tx.session).forget_unused(unused, limit=_BATCH)
    return removed >= _BATCH


JOBS: Final = (
    Job("send_due", send_due, every=timedelta(seconds=1), gathers=timedelta(milliseconds=50)),
    Job("keep_tokens_fresh", keep_tokens_fresh, every=timedelta(seconds=10)),
    Job("measure_queue", measure_queue, every=timedelta(seconds=30)),
    Job("tell_unreachable", tell_unreachable, every=timedelta(minutes=1)),
    Job("forget", forget, every=timedelta(hours=1)),
)
