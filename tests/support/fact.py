"""The facts a city's history is made of: what was tried, and what was found afterwards.

A history can be written to a file, one fact a line, for a program of its own to judge.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Self


@dataclass(frozen=True, slots=True)
class Attempt:
    """An event was handed to us once, by Zalo or by a test in its place."""

    event: str
    """What makes two attempts the same event."""
    status: int | None
    """The answer; none when there was none."""
    took_s: float = 0.0
    retry: int = 0

    @property
    def accepted(self) -> bool:
        """Whether we said that it is safe."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored channel event."""

    row: str
    event: str
    said_by_citizen: bool
    """Whether it is a message of a citizen, so that the conversation must read it."""


@dataclass(frozen=True, slots=True)
class Read:
    """A line of the transcript: the conversation has read a stored event."""

    row: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A citizen said yes to a summary."""

    citizen: str
    event: str
    text: str


@dataclass(frozen=True, slots=True)
class Filed:
    """A feedback that has its code."""

    feedback: str
    citizen: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A case at routing."""

    feedback: str
    code: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """An event one service said to others."""

    event_id: str
    name: str
    hearers: tuple[str, ...]
    feedback: str | None = None
    case_seq: int | None = None
    key: str = ""
    """Whose steps or replies it is numbered among: those of one key are published in the order they were said."""


@dataclass(frozen=True, slots=True)
class Published:
    """The broker carried an event; in the order in which it did."""

    event_id: str


@dataclass(frozen=True, slots=True)
class Heard:
    """An event a service has taken in."""

    event_id: str
    service: str


@dataclass(frozen=True, slots=True)
class Copied:
    """What a citizen who looks a case up is shown: the state of this step."""

    feedback: str
    case_seq: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A message the notifier owes or owed a citizen."""

    message: str
    caused_by: str
    citizen: str
    notice: str
    parts: tuple[str, ...]
    state: str
    doubled: bool = False
    """Recorded as possibly with the citizen twice."""
    feedback: str | None = None
    case_seq: int | None = None
    reply_seq: int | None = None

    @property
    def copies(self) -> tuple[int, int]:
        """How often the citizen may have received it: at least, at most."""
        if self.state in ("sent", "delivered", "seen"):
            return 1, 2 if self.doubled else 1
        return (0, 2) if self.state == "uncertain" else (0, 0)


@dataclass(frozen=True, slots=True)
class Received:
    """A message on a citizen's phone; in the order in which they came."""

    citizen: str
    text: str


@dataclass(slots=True)
class History:
    """Everything that was tried, and everything that came of it."""

    attempts: list[Attempt] = field(default_factory=list)
    stored: list[Stored] = field(default_factory=list)
    read: list[Read] = field(default_factory=list)
    confirmations: list[Confirmation] = field(default_factory=list)
    filed: list[Filed] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)
    """In the order in which they were said."""
    published: list[Published] = field(default_factory=list)
    """Empty where no broker carries anything."""
    heard: list[Heard] = field(default_factory=list)
    copied: list[Copied] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Write it to a file."""
        with path.open("w", encoding="utf-8") as file:
            for name in (each.name for each in fields(self)):
                for fact in getattr(self, name):
                    line = {"fact": name, **asdict(fact)}
                    file.write(f"{json.dumps(line, ensure_ascii=False)}\n")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read one from a file."""
        history = cls()
        with path.open(encoding="utf-8") as file:
            for line in file:
                told: dict[str, Any] = json.loads(line)
                name = told.pop("fact")
                # JSON knows no tuples.
                values = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
                getattr(history, name).append(_KINDS[name](**values))
        return history


_KINDS: Final[dict[str, Any]] = {
    "attempts": Attempt,
    "stored": Stored,
    "read": Read,
    "confirmations": Confirmation,
    "filed": Filed,
    "opened": Opened,
    "spoken": Spoken,
    "published": Published,
    "heard": Heard,
    "copied": Copied,
    "owed": Owed,
    "received": Received,
}
