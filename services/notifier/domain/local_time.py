"""The hours the city lives by: when a clock time comes next, and when nobody is woken."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def next_time(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The next instant at which the city's clocks show this time."""
    local = now.astimezone(zone)
    there = local.replace(hour=at.hour, minute=at.minute, second=at.second, microsecond=0)
    return (there if there > local else there + timedelta(days=1)).astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nobody is to be woken by a notice; may run over midnight. The same start and end: never quiet."""

    start: time
    end: time
    zone: ZoneInfo

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours that are now running end; none outside them."""
        clock = now.astimezone(self.zone).time()
        over_midnight = self.start > self.end
        quiet = (clock >= self.start or clock < self.end) if over_midnight else self.start <= clock < self.end
        return next_time(now, self.end, self.zone) if quiet else None
