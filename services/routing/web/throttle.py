"""How long whoever guesses passwords has to wait. Pure: what was tried and the time are passed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FORGOTTEN_AFTER: Final = timedelta(hours=1)
"""A quiet hour wipes the slate; it is longer than any wait."""


@dataclass(frozen=True, slots=True)
class Patience:
    """What is borne before waiting begins, and how it grows: it doubles with every further failure."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta = timedelta(minutes=15)

    def wait_after(self, failed: int) -> timedelta:
        """How long to wait once so many tries have failed."""
        if failed < self.free:
            return timedelta(0)
        doubled: int = 1 << min(failed - self.free, 20)
        return min(self.first_wait * doubled, self.longest_wait)


LOGIN: Final = Patience(free=5, first_wait=timedelta(seconds=5))
ADDRESS: Final = Patience(free=20, first_wait=timedelta(seconds=2))
"""A whole office may stand behind one address, so it is given more."""


@dataclass(frozen=True, slots=True)
class Tries:
    """What is remembered of one login or one address."""

    failed: int
    last_at: datetime
    blocked_until: datetime | None = None

    def blocked(self, now: datetime) -> bool:
        """Whether the next try must wait."""
        return self.blocked_until is not None and now < self.blocked_until

    def one_more(self, now: datetime, patience: Patience) -> "Tries":
        """After one more try, counted as failed until it succeeds: so guesses made side by side count as well."""
        failed = 1 if now - self.last_at > FORGOTTEN_AFTER else self.failed + 1
        wait = patience.wait_after(failed)
        return Tries(failed, now, now + wait if wait else None)
