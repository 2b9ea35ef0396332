"""How days, hours, numbers and telephone numbers read, everywhere alike."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.wording import (
    clock_in_words,
    date_in_words,
    day_in_words,
    moment_in_words,
    number_in_words,
    phone_in_words,
    size_in_words,
    time_left_in_words,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


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
    at = datetime(2026, 12, 15, 10, 30, tzinfo=UTC)
    assert moment_in_words(at, HANOI) == "17:30 Thứ Ba 15/12/2026"
    assert clock_in_words(at, HANOI) == "17:30"


def test_a_date_is_day_month_year_with_all_its_figures() -> None:
    assert date_in_words(date(2026, 2, 3)) == "03/02/2026"
    assert date_in_words(date(800, 1, 1)) == "01/01/0800"


@given(st.integers(0, 7_000_000_000))
def test_the_same_instant_reads_the_same_in_whatever_zone_it_is_kept(seconds: int) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert moment_in_words(at, HANOI) == moment_in_words(at.astimezone(HANOI), HANOI)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=3, hours=23), "còn 3 ngày"),
        (timedelta(days=1), "còn 1 ngày"),
        (timedelta(hours=23, minutes=59), "còn 23 giờ"),
        (timedelta(hours=1), "còn 1 giờ"),
        (timedelta(minutes=59), "còn 59 phút"),
        (timedelta(seconds=30), "còn 1 phút"),
        (timedelta(0), "còn 1 phút"),
        (timedelta(seconds=-1), "quá hạn 1 phút"),
        (timedelta(hours=-5), "quá hạn 5 giờ"),
        (timedelta(days=-2, hours=-3), "quá hạn 2 ngày"),
    ],
)
def test_a_deadline_says_how_long_there_is_or_how_late_it_is(left: timedelta, words: str) -> None:
    assert time_left_in_words(NOW + left, NOW) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (999, "999"), (1234, "1.234"), (1234.5, "1.234,5"), (1_000_000, "1.000.000"), (-1234.5, "-1.234,5")],
)
def test_a_number_has_points_between_thousands_and_a_comma_before_decimals(number: float, words: str) -> None:
    assert number_in_words(number) == words


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (0, "1 kB"),
        (340_999, "340 kB"),
        (999_999, "999 kB"),
        (1_000_000, "1,0 MB"),
        (1_240_000, "1,2 MB"),
        (25_000_000, "25,0 MB"),
    ],
)
def test_a_size_is_told_in_the_figure_that_matters(size_bytes: int, words: str) -> None:
    assert size_in_words(size_bytes) == words


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("84912345678", "0912 345 678"),
        ("842438253536", "02438253536"),
        ("", ""),
        ("0912345678", "0912 345 678"),
    ],
)
def test_a_telephone_number_is_written_as_at_home(kept: str, words: str) -> None:
    assert phone_in_words(kept) == words
