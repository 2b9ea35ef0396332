"""What follows from one try to send: the rule of retries, holding, uncertainty and giving up."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from .local_time import next_time
from .zalo_error import ErrorClass, Verdict

FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 1800.0
_MIDNIGHT: Final = time(0, 5)
_MORNING: Final = time(6, 0)
_SPREAD: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel took the message."""

    message_ref: str | None
    quota: str | None = None
    """What it was counted against, e.g. `reply` (free) or `purchase_quota` (billed)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The channel answered, and did not take it."""

    code: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class TokenDead:
    """Not taken: the access token is no longer valid."""

    code: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """Certainly not taken, and nobody's fault."""

    code: str
    at_least_s: float = 0.0
    everyone: bool = False
    """It was said of all messages, not of this one: too many come."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The answer was lost: it may be on the citizen's phone already."""

    code: str


SendOutcome = Sent | Refused | TokenDead | TryLater | Uncertain


@dataclass(frozen=True, slots=True)
class Attempted:
    """One part of a message that was just tried."""

    parts: int
    part: int
    """0-based."""
    tries: int
    """How often this part was tried, this time included."""
    lost: int
    """Answers lost for this part before this try: 0 or 1."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SendRules:
    """How patient we are."""

    zone: ZoneInfo
    echo_wait: timedelta = timedelta(seconds=60)
    give_up_after: timedelta = timedelta(hours=72)
    stopped_retry: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Onward:
    """This part is with the citizen, the next one follows."""

    message_ref: str | None
    doubled: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole message is with the citizen. `doubled`: one part may be there twice."""

    message_ref: str | None
    doubled: bool


@dataclass(frozen=True, slots=True)
class Again:
    """Later, in the same place of the queue."""

    at: datetime
    reason: str
    pause_everyone: bool = False


@dataclass(frozen=True, slots=True)
class AwaitEcho:
    """It may have arrived: the echo is awaited until then, before the only further try."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class LeftUncertain:
    """Two answers lost: a third copy is never risked. A late echo still clears it up."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now: until an instant, or until the citizen writes (`until` is none)."""

    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Never this way."""

    reason: str
    alarm: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing goes on this channel before a person mends it; looked at again at an instant."""

    retry_at: datetime
    reason: str


AfterAttempt = Onward | Finished | Again | AwaitEcho | LeftUncertain | Hold | Failed | Stopped


def after_attempt(
    attempted: Attempted, outcome: SendOutcome, now: datetime, rules: SendRules, chance: float
) -> AfterAttempt:
    """What becomes of a message after a try.

    Units:  `chance` is a random number from 0 to 1, passed in.
    Source: error classes of reference of the Zalo platform, 3.7; one retry after a lost answer: fault F26.
    """
    match outcome:
        case Sent(message_ref):
            last = attempted.part + 1 >= attempted.parts
            return (Finished if last else Onward)(message_ref, doubled=attempted.lost > 0)
        case Uncertain(code):
            return AwaitEcho(now + rules.echo_wait, code) if attempted.lost == 0 else LeftUncertain(code)
        case Refused(code, verdict):
            return _after_refusal(attempted, code, verdict, now, rules, chance)
        case TryLater(code, at_least_s, everyone):
            return _later(attempted, code, at_least_s, now, rules, chance, pause_everyone=everyone)
        case TokenDead(code):
            return _later(attempted, code, FIRST_WAIT_S, now, rules, chance)


def _after_refusal(
    attempted: Attempted, code: str, verdict: Verdict, now: datetime, rules: SendRules, chance: float
) -> AfterAttempt:
    match verdict.kind:
        case ErrorClass.PERMANENT:
            return Failed(code, verdict.alarm)
        case ErrorClass.PERSON:
            return Stopped(now + rules.stopped_retry, code)
        case ErrorClass.WAIT:
            return Hold(None, code)
        case ErrorClass.QUOTA:
            # When quotas start anew is undocumented; midnight in Vietnam is assumed.
            return Hold(next_time(now, _MIDNIGHT, rules.zone) + chance * _SPREAD, code)
        case ErrorClass.RETRY if verdict.after_night:
            return Again(next_time(now, _MORNING, rules.zone) + chance * _SPREAD, code)
        case ErrorClass.RETRY if verdict.tries is not None and attempted.tries >= verdict.tries:
            return Failed(code, alarm=True)
        case _:
            return _later(attempted, code, verdict.at_least_s, now, rules, chance, pause_everyone=verdict.everyone)


def _later(
    attempted: Attempted,
    code: str,
    at_least_s: float,
    now: datetime,
    rules: SendRules,
    chance: float,
    *,
    pause_everyone: bool = False,
) -> Again | Failed:
    if now - attempted.created_at >= rules.give_up_after:
        return Failed(f"gave_up:{code}", alarm=True)
    wait_s = max(backoff_s(attempted.tries, chance), min(at_least_s, LONGEST_WAIT_S))
    return Again(now + timedelta(seconds=wait_s), code, pause_everyone)


def backoff_s(tries: int, chance: float) -> float:
    """How long to wait after so many tries: doubling, capped, and spread so that all do not come back at once."""
    full = min(FIRST_WAIT_S * 2.0 ** min(max(tries, 1) - 1, 20), LONGEST_WAIT_S)
    return full * (0.5 + 0.5 * chance)
