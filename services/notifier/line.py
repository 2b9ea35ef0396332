"""What this process knows of the line to a channel: how fast it may speak, and whether anybody answers."""

from datetime import datetime
from typing import Final

_BURST_S: Final = 1.0


class Line:
    """A bucket of permissions to send, filled at a steady rate. Time is passed in."""

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._most = max(per_s * _BURST_S, 1.0)
        self._room = self._most
        self._filled_at: datetime | None = None
        self.silent = False
        """The latest call got no answer: ask whether anybody is there before risking a message."""

    def room(self, now: datetime) -> int:
        """How many messages may leave now."""
        if self._filled_at is not None:
            passed_s = max((now - self._filled_at).total_seconds(), 0.0)
            self._room = min(self._most, self._room + passed_s * self._per_s)
        self._filled_at = now
        return int(self._room)

    def take(self, count: int) -> None:
        """So many are leaving."""
        self._room -= count
