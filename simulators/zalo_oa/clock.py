"""Time as the platform tells it: milliseconds since 1970, and the Vietnamese day."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

NowMs = Callable[[], int]

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")  # no daylight saving since 1975
DAY_MS = 24 * 3600 * 1000


def system_now_ms() -> int:
    """The time of this machine in milliseconds, as webhook bodies carry it."""
    return time.time_ns() // 1_000_000


def vietnam_time(at_ms: int) -> datetime:
    """The same instant on a Vietnamese clock, for night rules and daily quotas."""
    return datetime.fromtimestamp(at_ms / 1000, VIETNAM)


def iso_utc(at_ms: int) -> str:
    """The same instant as an ISO 8601 text, for testers who read JSON."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def start_of_vietnam_day(at_ms: int) -> int:
    """Midnight in Vietnam before the instant, where a daily quota begins anew."""
    midnight = vietnam_time(at_ms).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(midnight.timestamp() * 1000)
