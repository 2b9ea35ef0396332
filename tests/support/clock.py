"""The time as a test wants it."""

from datetime import UTC, datetime, timedelta


class FixedClock:
    """A clock that moves only when told."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it was set to."""
        return self._at

    def advance(self, by: timedelta) -> datetime:
        """Move forward and tell the new instant."""
        self._at += by
        return self._at
