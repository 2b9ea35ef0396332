"""What a person should look at when the notifier does not speak."""

from datetime import timedelta

from libs.runtime.run import Run
from libs.runtime.service import Check

from .parts import CHANNEL, NotifierParts
from .store.channel import ChannelStore
from .store.message import MessageStore


async def tokens(run: Run[NotifierParts]) -> Check:
    """Whether Zalo lets us speak for longer than today."""
    async with run.begin() as tx:
        alarm = await run.parts.tokens.alarm(tx)
    return Check("zalo_token", "ok" if alarm is None else "degraded", "" if alarm is None else alarm.value)


async def channel(run: Run[NotifierParts]) -> Check:
    """Whether sending was stopped until somebody mends the account."""
    async with run.begin() as tx:
        state = await ChannelStore(tx.session, CHANNEL).state()
    stopped = state.stopped_at is not None
    return Check("zalo", "degraded" if stopped else "ok", f"stopped: {state.reason}" if stopped else "")


async def queue(run: Run[NotifierParts]) -> Check:
    """Whether citizens are told in time."""
    async with run.begin() as tx:
        oldest = await MessageStore(tx.session).oldest_due(tx.now)
        late_s = 0.0 if oldest is None else (tx.now - oldest).total_seconds()
    is_late = late_s > timedelta(minutes=run.parts.settings.late_after_min).total_seconds()
    return Check("queue", "degraded" if is_late else "ok", f"oldest message {int(late_s)} s late" if is_late else "")
