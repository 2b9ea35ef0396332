"""Days, hours and numbers as people in Vietnam read them. Pure; the time zone is the province's."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAYS: Final = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def day_in_words(at: datetime, zone: ZoneInfo) -> str:
    """`Thứ Hai 23/11/2026`."""
    local = at.astimezone(zone)
    return f"{DAYS[local.weekday()]} {local:%d/%m/%Y}"


def moment_in_words(at: datetime, zone: ZoneInfo) -> str:
    """`17:30 Thứ Ba 15/12/2026`."""
    return f"{at.astimezone(zone):%H:%M} {day_in_words(at, zone)}"


def number_in_words(number: float) -> str:
    """`1.234,5`: a point between thousands, a comma before decimals."""
    return f"{number:,}".replace(",", "_").replace(".", ",").replace("_", ".")


def time_left_in_words(due_at: datetime, now: datetime) -> str:
    """`còn 3 ngày`, `còn 5 giờ`, `quá hạn 2 ngày`."""
    late = now > due_at
    span = now - due_at if late else due_at - now
    if span >= timedelta(days=1):
        amount = f"{span.days} ngày"
    elif span >= timedelta(hours=1):
        amount = f"{span.seconds // 3600} giờ"
    else:
        amount = f"{max(span.seconds // 60, 1)} phút"
    return f"{'quá hạn' if late else 'còn'} {amount}"
