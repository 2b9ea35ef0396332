"""Messages leave at a steady pace."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.line import Line

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@given(st.lists(st.floats(min_value=0, max_value=3), max_size=30), st.integers(min_value=1, max_value=50))
def test_however_often_asked_no_more_leave_than_the_pace_allows(pauses: list[float], per_s: int) -> None:
    line, now, sent = Line(per_s), NOW, 0
    for pause in pauses:
        room = line.room(now)
        assert 0 <= room <= per_s
        line.take(room)
        sent += room
        now += timedelta(seconds=pause)
    assert sent <= per_s * (1 + (now - NOW).total_seconds()) + 1


def test_a_clock_set_back_gives_nothing_and_takes_nothing() -> None:
    line = Line(10)
    line.take(line.room(NOW))
    assert line.room(NOW - timedelta(hours=1)) == 0
    assert line.room(NOW) == 10
