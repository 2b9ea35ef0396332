"""When the channel's access token is renewed, by whom, and when a person is needed.

Source: reference of the Zalo platform, section 4: refresh tokens are single use; losing the answer to a refresh may
lose the channel.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class TokenAlarm(StrEnum):
    """Why a person must look."""

    MISSING = "missing"
    """There is no pair at all."""
    ANSWER_LOST = "answer_lost"
    """The old refresh token may be used up, the new one unknown: the access token lives on for a while."""
    REFUSED = "refused"
    """The refresh token is not accepted: somebody must consent again."""
    DEAD = "dead"
    """A pair renewed just now is not accepted either: something else is wrong."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """How tokens are kept fresh."""

    refresh_after: timedelta = timedelta(hours=20)
    margin: timedelta = timedelta(hours=1)
    """Renew at least so long before the end of a token that lives shorter than usual."""
    lease: timedelta = timedelta(seconds=40)
    """Longer than the call's time limit, shorter than the minute in which a lost answer must alarm."""
    pause: timedelta = timedelta(minutes=10)
    """Between two refreshes that the channel's refusals ask for: never a loop."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What is known of the pair in use."""

    generation: int
    issued_at: datetime
    expires_at: datetime
    refresh_began_at: datetime | None = None
    """Set while a refresh is under way."""
    last_refresh_at: datetime | None = None
    """When the latest refresh that reached Zalo ended, well or not."""
    alarm: TokenAlarm | None = None


@dataclass(frozen=True, slots=True)
class Fresh:
    """Use it; nothing to do before then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Refresh:
    """Renew it now."""


@dataclass(frozen=True, slots=True)
class Underway:
    """Somebody else is renewing it."""

    until: datetime


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """A renewal was begun and never ended: whoever began it died, or its answer did."""


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """Nothing can be done here."""

    alarm: TokenAlarm


TokenStep = Fresh | Refresh | Underway | AnswerLost | NeedsPerson


def next_step(pair: TokenPair, now: datetime, rules: TokenRules, *, dead: bool = False) -> TokenStep:
    """What to do about a pair; `dead`: the channel has just refused this very access token."""
    if pair.refresh_began_at is not None:
        until = pair.refresh_began_at + rules.lease
        return Underway(until) if now < until else AnswerLost()
    if pair.alarm is TokenAlarm.REFUSED:
        return NeedsPerson(pair.alarm)
    dead = dead or now >= pair.expires_at
    if dead:
        # Also after a lost answer: with the access token dead there is nothing left to lose, and the refresh may
        # never have reached Zalo.
        rested = pair.last_refresh_at is None or now - pair.last_refresh_at >= rules.pause
        return Refresh() if rested else NeedsPerson(pair.alarm or TokenAlarm.DEAD)
    if pair.alarm is TokenAlarm.ANSWER_LOST:
        return NeedsPerson(pair.alarm)
    due = min(pair.issued_at + rules.refresh_after, pair.expires_at - rules.margin)
    return Refresh() if now >= due else Fresh(due)
