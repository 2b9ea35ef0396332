"""Days and hours as the city writes them, and the hours in which nobody is woken."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from services.notifier.domain.local_time import QuietHours, day_in_words, moment_in_words, next_time

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), "Thứ Hai 23/11/2026"),
        (datetime(2026, 11, 22, 16, 59, tzinfo=UTC), "Chủ Nhật 22/11/2026"),
        (datetime(2028, 2, 29, 1, 0, tzinfo=UTC), "Thứ Ba 29/02/2028"),
    ],
)
def test_a_day_is_the_city_s_day(at: datetime, words: str) -> None:
    assert day_in_words(at, HANOI) == words


def test_a_promised_moment_has_its_hour_first() -> None:
    assert moment_in_words(datetime(2026, 12, 15, 10, 30, tzinfo=UTC), HANOI) == "17:30 Thứ Ba 15/12/2026"


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
