from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.calendar import SPLIT_DAY, ZONE, Session, WorkingCalendar, local_day
from tests.unit.routing.hanoi import hanoi

TET_2027 = frozenset(date(2027, 2, day) for day in range(4, 11))
OFFICE_HOURS = WorkingCalendar(
    holidays=TET_2027 | {date(2026, 9, 1), date(2026, 9, 2), date(2028, 1, 3)},
    make_up_days={date(2027, 2, 13): 3, date(2026, 8, 22): 0},
)
ROUND_THE_CLOCK = WorkingCalendar(week=dict.fromkeys(range(7), (Session(timedelta(0), timedelta(days=1)),)))
SATURDAY_MORNINGS = WorkingCalendar(week={**dict.fromkeys(range(5), SPLIT_DAY), 5: SPLIT_DAY[:1]})

calendars = st.sampled_from([OFFICE_HOURS, ROUND_THE_CLOCK, SATURDAY_MORNINGS])
instants = st.integers(0, 53_000_000).map(lambda s: datetime(2026, 7, 1, tzinfo=UTC) + timedelta(seconds=s))
working_times = st.timedeltas(timedelta(seconds=1), timedelta(hours=60))


def at(text: str) -> datetime:
    """A local time of Việt Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        pytest.param(date(2026, 11, 23), True, id="an ordinary Monday"),
        pytest.param(date(2026, 11, 21), False, id="a Saturday"),
        pytest.param(date(2027, 2, 5), False, id="Tết on a Friday"),
        pytest.param(date(2027, 2, 13), True, id="a Saturday made up for Tết"),
        pytest.param(date(2028, 2, 29), True, id="a leap day on a Tuesday"),
    ],
)
def test_which_days_offices_are_open(day: date, working: bool) -> None:
    assert OFFICE_HOURS.is_working_day(day) is working


@pytest.mark.parametrize(
    ("received", "counted"),
    [
        pytest.param("2026-11-23T09:15", "2026-11-23T09:15", id="in working hours"),
        pytest.param("2026-11-23T06:00", "2026-11-23T08:00", id="before opening"),
        pytest.param("2026-11-23T12:00", "2026-11-23T13:30", id="at the beginning of the lunch break"),
        pytest.param("2026-11-23T13:29", "2026-11-23T13:30", id="in the lunch break"),
        pytest.param("2026-11-23T17:30", "2026-11-24T08:00", id="at closing"),
        pytest.param("2026-11-20T20:00", "2026-11-23T08:00", id="Friday night"),
        pytest.param("2027-02-03T18:00", "2027-02-11T08:00", id="the evening before Tết"),
        pytest.param("2026-12-31T23:59:59", "2027-01-01T08:00", id="the last second of a year"),
    ],
)
def test_a_receipt_outside_hours_counts_from_the_next_working_hour(received: str, counted: str) -> None:
    assert OFFICE_HOURS.counts_from(at(received)) == at(counted)


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        pytest.param("2026-11-23T08:00", 1, "2026-11-24T17:30", id="the day of receipt is not counted"),
        pytest.param("2026-11-23T17:29:59", 1, "2026-11-24T17:30", id="nor in its last second"),
        pytest.param("2026-11-23T17:30", 1, "2026-11-25T17:30", id="after hours the next day is the day of receipt"),
        pytest.param("2026-11-21T10:00", 1, "2026-11-24T17:30", id="Saturday counts as Monday"),
        pytest.param("2027-02-02T10:00", 2, "2027-02-11T17:30", id="over Tết"),
        pytest.param("2027-02-11T10:00", 2, "2027-02-13T17:30", id="a make-up Saturday counts"),
        pytest.param("2026-08-31T10:00", 1, "2026-09-03T17:30", id="over National Day"),
        pytest.param("2028-02-28T10:00", 1, "2028-02-29T17:30", id="onto a leap day"),
        pytest.param("2027-12-31T10:00", 1, "2028-01-04T17:30", id="over New Year and a holiday on Monday"),
    ],
)
def test_working_days_end_at_half_past_five(received: str, days: int, due: str) -> None:
    assert OFFICE_HOURS.end_of_day(at(received), days) == at(due)


def test_a_half_day_ends_at_noon() -> None:
    assert SATURDAY_MORNINGS.end_of_day(at("2026-11-20T10:00"), 1) == at("2026-11-21T12:00")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        pytest.param("2026-11-23T08:00", 4, "2026-11-23T12:00", id="a morning ends before the break"),
        pytest.param("2026-11-23T11:30", 1, "2026-11-23T14:00", id="over the lunch break"),
        pytest.param("2026-11-20T16:30", 8, "2026-11-23T16:30", id="over a weekend"),
        pytest.param("2027-02-03T16:30", 8, "2027-02-11T16:30", id="over Tết"),
    ],
)
def test_working_hours_skip_lunch_nights_and_free_days(start: str, hours: int, end: str) -> None:
    assert OFFICE_HOURS.add(at(start), timedelta(hours=hours)) == at(end)


@pytest.mark.parametrize("wrong", [timedelta(0), timedelta(seconds=-1)])
def test_only_a_positive_working_time_can_be_added(wrong: timedelta) -> None:
    with pytest.raises(ValueError, match="positive"):
        OFFICE_HOURS.add(at("2026-11-23T08:00"), wrong)


def test_no_day_at_all_cannot_be_counted() -> None:
    with pytest.raises(ValueError, match="at least one"):
        OFFICE_HOURS.working_day_after(date(2026, 11, 23), 0)


def test_a_calendar_without_working_time_is_refused() -> None:
    with pytest.raises(ValueError, match="never end"):
        WorkingCalendar(week={0: ()})


@given(calendars, instants, working_times)
def test_no_minute_is_lost(calendar: WorkingCalendar, start: datetime, working_time: timedelta) -> None:
    assert calendar.between(start, calendar.add(start, working_time)) == working_time


@given(calendars, instants, working_times, working_times)
def test_adding_twice_is_adding_the_sum(
    calendar: WorkingCalendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    assert calendar.add(calendar.add(start, first), second) == calendar.add(start, first + second)


@given(calendars, instants, instants, working_times, st.integers(1, 30))
def test_who_comes_later_is_never_due_earlier(
    calendar: WorkingCalendar, one: datetime, other: datetime, working_time: timedelta, days: int
) -> None:
    early, late = sorted((one, other))
    assert calendar.add(early, working_time) <= calendar.add(late, working_time)
    assert calendar.end_of_day(early, days) <= calendar.end_of_day(late, days)
    assert calendar.between(early, late) >= timedelta(0) == calendar.between(late, early)


@given(calendars, st.dates(date(2026, 7, 1), date(2028, 3, 10)), st.integers(1, 20), st.integers(1, 20))
def test_working_days_add_up(calendar: WorkingCalendar, day: date, first: int, second: int) -> None:
    in_steps = calendar.working_day_after(calendar.working_day_after(day, first), second)
    assert in_steps == calendar.working_day_after(day, first + second)


@given(calendars, instants, st.integers(1, 30))
def test_a_deadline_falls_in_working_time_whatever_zone_the_server_speaks(
    calendar: WorkingCalendar, start: datetime, days: int
) -> None:
    due = calendar.end_of_day(start, days)
    assert due == calendar.end_of_day(start.astimezone(ZONE), days)
    assert calendar.is_working_day(local_day(due - timedelta(microseconds=1)))


@given(instants, working_times)
def test_a_calendar_round_the_clock_is_plain_time(start: datetime, time: timedelta) -> None:
    assert ROUND_THE_CLOCK.add(start, time) == start + time


def test_the_zone_never_shifts_its_clocks() -> None:
    offsets = {
        datetime(year, month, 1, tzinfo=ZONE).utcoffset() for year in range(2020, 2041) for month in range(1, 13)
    }
    assert offsets == {timedelta(hours=7)}


def test_hanoi_keeps_the_split_day_and_its_holidays() -> None:
    calendar = hanoi().calendar
    assert calendar.sessions_on(date(2026, 11, 23)) == SPLIT_DAY
    assert not calendar.is_working_day(date(2026, 11, 24)), "Ngày Văn hóa Việt Nam"
    assert calendar.is_working_day(date(2026, 8, 22)), "made up for 31 August"
