"""The clocks of a case: how long each runs, when to warn, when it is due.

A deadline is a function of a stored instant, the province's rules and the calendar, never of when a job ran.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from libs.contracts.vocabulary import Kind

from .calendar import WorkingCalendar


class Clock(StrEnum):
    """The clocks the province sets. Source: domain rules 2.4."""

    ACK = "ack"
    CLASSIFY = "classify"
    TRANSFER = "transfer"
    ACCEPT_BY_AGENCY = "accept_by_agency"
    REPLY_CONDUCT = "reply_conduct"
    REPLY_RULE_OWN = "reply_rule_own"
    REPLY_COMPLEX = "reply_complex"
    PROGRESS_NOTE = "progress_note"
    APPROVE_PUBLISH = "approve_publish"
    SUPPLEMENT_WAIT = "supplement_wait"
    EXTENSION = "extension"
    CLOSE_AFTER_ANSWER = "close_after_answer"


class Unit(StrEnum):
    """What a clock counts in."""

    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long one clock runs."""

    clock: Clock
    amount: int
    unit: Unit
    warn_after: int | None = None
    """In the same unit, counted from the start."""


ClockRules = Mapping[Clock, ClockRule]


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of one case, started."""

    clock: Clock
    started_at: datetime
    warn_at: datetime | None
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ReplyDeadlines:
    """What an agency owes from the moment it is given a case."""

    accept: Deadline
    reply: Deadline


@lru_cache(maxsize=512)  # what is decided in one transaction starts at one instant
def start(rule: ClockRule, started_at: datetime, calendar: WorkingCalendar) -> Deadline:
    """Start a clock: working days end at the close of the last day, working hours to the minute."""
    match rule.unit:
        case Unit.WORKING_DAYS:
            due_at = calendar.end_of_day(started_at, rule.amount)
            warn_at = calendar.start_of_day(started_at, rule.warn_after) if rule.warn_after else None
        case Unit.WORKING_HOURS:
            due_at = calendar.add(started_at, timedelta(hours=rule.amount))
            warn_at = calendar.add(started_at, timedelta(hours=rule.warn_after)) if rule.warn_after else None
    return Deadline(rule.clock, started_at, warn_at, due_at)


def reply_clock(kind: Kind | None, *, is_complex: bool = False) -> Clock:
    """Which reply clock a case runs under: an officer's "complex" wins, then conduct, then the ordinary one."""
    if is_complex:
        return Clock.REPLY_COMPLEX
    return Clock.REPLY_CONDUCT if kind is Kind.OFFICIAL_CONDUCT else Clock.REPLY_RULE_OWN


def reply_deadlines(
    kind: Kind | None, routed_at: datetime, rules: ClockRules, calendar: WorkingCalendar, *, is_complex: bool = False
) -> ReplyDeadlines:
    """What an agency owes from `routed_at`: to accept or return, and to answer. The first runs inside the second."""
    reply = start(rules[reply_clock(kind, is_complex=is_complex)], routed_at, calendar)
    accept = start(rules[Clock.ACCEPT_BY_AGENCY], routed_at, calendar)
    return ReplyDeadlines(accept=accept, reply=reply)
