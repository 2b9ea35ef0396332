"""The hours in which nobody is woken, and when they end."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from services.notifier.domain.local_time import QuietHours, next_time

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (local(23, 21, 59), None),
        (local(23, 22), local(24, 6)),
        (local(24, 0), local(24, 6)),
        (local(24, 5, 59), local(24, 6)),
        (local(24, 6), None),
        (local(24, 12), None),
    ],
)
def test_quiet_hours_run_over_midnight(now: datetime, until: datetime | None) -> None:
    assert QuietHours(time(22), time(6), HANOI).until(now) == until


def test_quiet_hours_may_lie_within_a_day_or_not_be_at_all() -> None:
    assert QuietHours(time(12), time(13), HANOI).until(local(23, 12, 30)) == local(23, 13)
    assert QuietHours(time(6), time(6), HANOI).until(local(23, 6)) is None


def test_the_next_time_is_today_s_only_while_it_is_ahead() -> None:
    assert next_time(local(23, 5), time(6), HANOI) == local(23, 6)
    assert next_time(local(23, 6), time(6), HANOI) == local(24, 6)
