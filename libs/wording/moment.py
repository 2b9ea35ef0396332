"""Days and hours as citizens and officers read them; an instant is read by the clocks of a zone."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_WEEKDAYS: Final = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def date_in_words(day: date) -> str:
    """A calendar day in a line of figures: `23/11/2026`."""
    return f"{day:%d/%m}/{day.year:04}"


def clock_in_words(at: datetime, zone: ZoneInfo) -> str:
    """The hour alone, where the day is plain: `17:30`."""
    return f"{at.astimezone(zone):%H:%M}"


def day_in_words(at: datetime, zone: ZoneInfo) -> str:
    """The day an instant falls on: `Thứ Hai 23/11/2026`."""
    local = at.astimezone(zone)
    return f"{_WEEKDAYS[local.weekday()]} {date_in_words(local)}"


def moment_in_words(at: datetime, zone: ZoneInfo) -> str:
    """A promised or remembered moment, its hour first: `17:30 Thứ Ba 15/12/2026`."""
    return f"{clock_in_words(at, zone)} {day_in_words(at, zone)}"


def time_left_in_words(due_at: datetime, now: datetime) -> str:
    """How a deadline stands, in whole units: `còn 3 ngày`, `còn 5 giờ`, `quá hạn 2 ngày`."""
    late = now > due_at
    span = now - due_at if late else due_at - now
    if span >= timedelta(days=1):
        amount = f"{span.days} ngày"
    elif span >= timedelta(hours=1):
        amount = f"{span.seconds // 3600} giờ"
    else:
        amount = f"{max(span.seconds // 60, 1)} phút"
    return f"{'quá hạn' if late else 'còn'} {amount}"
