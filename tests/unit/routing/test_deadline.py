from datetime import date, datetime

import pytest

from libs.contracts.vocabulary import Kind
from services.routing.domain.calendar import ZONE, WorkingCalendar
from services.routing.domain.deadline import Clock, ClockRule, Unit, reply_clock, reply_deadlines, start
from tests.unit.routing.hanoi import hanoi

CALENDAR = WorkingCalendar(holidays=frozenset(date(2027, 2, day) for day in range(4, 11)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("kind", "is_complex", "clock"),
    [
        (Kind.OFFICIAL_CONDUCT, False, Clock.REPLY_CONDUCT),
        (Kind.PROCEDURE_DIFFICULTY, False, Clock.REPLY_RULE_OWN),
        (None, False, Clock.REPLY_RULE_OWN),
        (Kind.OFFICIAL_CONDUCT, True, Clock.REPLY_COMPLEX),
        (Kind.PROCEDURE_DIFFICULTY, True, Clock.REPLY_COMPLEX),
    ],
)
def test_which_clock_a_reply_runs_under(kind: Kind | None, is_complex: bool, clock: Clock) -> None:
    assert reply_clock(kind, is_complex=is_complex) is clock


@pytest.mark.parametrize(
    ("kind", "is_complex", "routed", "due"),
    [
        pytest.param(Kind.PROCEDURE_DIFFICULTY, False, "2026-11-21T09:00", "2026-12-15T17:30", id="15 days, a holiday"),
        pytest.param(Kind.OFFICIAL_CONDUCT, False, "2026-11-21T09:00", "2026-12-08T17:30", id="10 days, conduct"),
        pytest.param(Kind.PROCEDURE_DIFFICULTY, True, "2026-11-21T09:00", "2027-01-06T17:30", id="30 days, complex"),
        pytest.param(Kind.PROCEDURE_DIFFICULTY, False, "2027-01-25T09:00", "2027-02-22T17:30", id="over Tết 2027"),
        pytest.param(Kind.OFFICIAL_CONDUCT, False, "2026-08-20T16:00", "2026-09-07T17:30", id="over 2 September"),
    ],
)
def test_hanoi_promises_an_answer_by(kind: Kind, is_complex: bool, routed: str, due: str) -> None:
    province = hanoi()
    deadlines = reply_deadlines(kind, at(routed), province.clocks, province.calendar, is_complex=is_complex)
    assert deadlines.reply.due_at == at(due)


def test_accepting_runs_inside_the_reply_clock() -> None:
    province = hanoi()
    deadlines = reply_deadlines(Kind.OFFICIAL_CONDUCT, at("2026-11-25T09:00"), province.clocks, province.calendar)
    assert deadlines.accept.due_at == at("2026-11-27T17:30")
    assert deadlines.accept.warn_at == at("2026-11-26T08:00")
    assert deadlines.accept.started_at == deadlines.reply.started_at
    assert deadlines.reply.warn_at == at("2026-12-04T08:00"), "the morning of the seventh working day"


def test_a_clock_of_hours_warns_and_ends_to_the_minute() -> None:
    rule = ClockRule(Clock.ACK, 8, Unit.WORKING_HOURS, warn_after=6)
    deadline = start(rule, at("2026-11-23T10:20"), CALENDAR)
    assert (deadline.warn_at, deadline.due_at) == (at("2026-11-24T08:20"), at("2026-11-24T10:20"))


def test_a_clock_without_warning_warns_never() -> None:
    rule = ClockRule(Clock.PROGRESS_NOTE, 7, Unit.WORKING_DAYS)
    assert start(rule, at("2026-11-23T10:20"), CALENDAR).warn_at is None


def test_a_deadline_is_the_same_whenever_it_is_computed() -> None:
    province = hanoi()
    again = [
        reply_deadlines(Kind.OFFICIAL_CONDUCT, at("2027-02-03T17:45"), province.clocks, province.calendar)
        for _ in range(2)
    ]
    assert again[0] == again[1]
