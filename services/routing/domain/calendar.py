"""Working time of the city's offices: when a clock counts and when it runs out.

Instants go in and come out aware, in UTC; days are local calendar days of Việt Nam.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Session:
    """A stretch of a working day, counted from local midnight."""

    opens: timedelta
    closes: timedelta


SPLIT_DAY: Final = (
    Session(timedelta(hours=8), timedelta(hours=12)),
    Session(timedelta(hours=13, minutes=30), timedelta(hours=17, minutes=30)),
)
"""08:00–12:00 and 13:30–17:30. Source: domain rules 2.4."""
MONDAY_TO_FRIDAY: Final[Mapping[int, tuple[Session, ...]]] = dict.fromkeys(range(5), SPLIT_DAY)
"""Sessions by weekday; Monday is 0."""


def local_day(at: datetime) -> date:
    """The calendar day an instant falls on in Việt Nam."""
    return at.astimezone(ZONE).date()


@dataclass(frozen=True, slots=True, eq=False)
class WorkingCalendar:
    """The days and hours the city's offices work, for every clock of a case. There is one; each equals itself."""

    week: Mapping[int, tuple[Session, ...]] = field(default_factory=lambda: MONDAY_TO_FRIDAY)
    """Sessions by weekday, Monday being 0; a weekday without any is free."""
    holidays: frozenset[date] = frozenset()
    make_up_days: Mapping[date, int] = field(default_factory=dict)
    """Working days that replace a bridge day, each with the weekday whose hours it keeps; they win over all else."""

    def __post_init__(self) -> None:
        if not any(self.week.values()):
            raise ValueError("a calendar without working time would never end a clock")

    def sessions_on(self, day: date) -> tuple[Session, ...]:
        """When offices are open on a day."""
        if day in self.make_up_days:
            return self.week.get(self.make_up_days[day], ())
        return () if day in self.holidays else self.week.get(day.weekday(), ())

    def is_working_day(self, day: date) -> bool:
        """Whether offices are open on a day."""
        return bool(self.sessions_on(day))

    def working_day_after(self, day: date, count: int) -> date:
        """The `count`-th working day after a day, which itself is not counted.

        Raises:
            ValueError: `count` is not positive.
        """
        if count < 1:
            raise ValueError("count at least one working day")
        while count:
            day += _ONE_DAY
            count -= self.is_working_day(day)
        return day

    def counts_from(self, at: datetime) -> datetime:
        """The instant a receipt counts from: itself in working hours, else the next working hour."""
        opens, _ = next(self._sessions_open_after(at))
        return max(at.astimezone(UTC), opens)

    def day_of_receipt(self, at: datetime) -> date:
        """The working day a receipt belongs to."""
        return local_day(self.counts_from(at))

    def start_of_day(self, at: datetime, days: int) -> datetime:
        """When the `days`-th working day after a receipt begins (08:00)."""
        day = self.working_day_after(self.day_of_receipt(at), days)
        return _instant(day, self.sessions_on(day)[0].opens)

    def end_of_day(self, at: datetime, days: int) -> datetime:
        """When the `days`-th working day after a receipt ends (17:30); the day of receipt is not counted.

        Source: domain rules 2.4, "working time".
        """
        day = self.working_day_after(self.day_of_receipt(at), days)
        return _instant(day, self.sessions_on(day)[-1].closes)

    def add(self, at: datetime, working_time: timedelta) -> datetime:
        """The instant at which this much working time has passed since `at`.

        Raises:
            ValueError: the time is not positive.
        """
        if working_time <= timedelta(0):
            raise ValueError("add a positive working time")
        left = working_time
        for opens, closes in self._sessions_open_after(at):
            start = max(opens, at)
            if left <= closes - start:
                return (start + left).astimezone(UTC)
            left -= closes - start
        raise AssertionError("sessions never end")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two instants; none when they are not in order."""
        passed = timedelta(0)
        for opens, closes in self._sessions_open_after(start):
            begins = max(opens, start)
            if begins >= end:
                break
            passed += min(closes, end) - begins
        return passed

    def _sessions_open_after(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every session that closes after an instant, in order, as instants."""
        day = local_day(at)
        while True:
            for session in self.sessions_on(day):
                closes = _instant(day, session.closes)
                if closes > at:
                    yield _instant(day, session.opens), closes
            day += _ONE_DAY


def _instant(day: date, since_midnight: timedelta) -> datetime:
    midnight = datetime.combine(day, time.min)
    return (midnight + since_midnight).replace(tzinfo=ZONE).astimezone(UTC)
