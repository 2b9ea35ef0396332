"""How a state and a deadline look: always a word and a shape, the colour only besides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from libs.contracts.vocabulary import CaseState
from libs.wording import time_left_in_words

SOON: Final = timedelta(hours=24)
"""What is due within a day is soon, whatever the warning the province set."""


class Tone(StrEnum):
    """What a mark means at a glance; each is a class of the style sheet."""

    CALM = "calm"
    SOON = "soon"
    LATE = "late"
    DONE = "done"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Mark:
    """A word with a shape: the name of a shape in parts.html."""

    word: str
    shape: str
    tone: Tone = Tone.CALM


_SHAPES: Final[Mapping[CaseState, tuple[str, Tone]]] = {
    CaseState.OPENED: ("dots", Tone.CALM),
    CaseState.RECEIVED: ("ring", Tone.CALM),
    CaseState.CLASSIFIED: ("ring-dot", Tone.CALM),
    CaseState.ASSIGNED: ("arrow", Tone.CALM),
    CaseState.RETURNED: ("turn", Tone.SOON),
    CaseState.IN_PROGRESS: ("half", Tone.CALM),
    CaseState.AWAITING_CITIZEN: ("pause", Tone.CALM),
    CaseState.EXTENDED: ("plus", Tone.CALM),
    CaseState.AWAITING_APPROVAL: ("diamond", Tone.CALM),
    CaseState.SENT_BACK: ("back", Tone.SOON),
    CaseState.ANSWERED: ("check", Tone.DONE),
    CaseState.PUBLISHED: ("checks", Tone.DONE),
    CaseState.REFUSED: ("cross", Tone.CALM),
    CaseState.TRANSFERRED_OUT: ("out", Tone.CALM),
    CaseState.WITHDRAWN: ("minus", Tone.CALM),
    CaseState.CLOSED: ("square", Tone.DONE),
}


def state_mark(state: CaseState, words: Mapping[CaseState, str]) -> Mark:
    """A case's state as officers see it."""
    shape, tone = _SHAPES[state]
    return Mark(words[state], shape, tone)


def legend(words: Mapping[CaseState, str]) -> list[Mark]:
    """Every state with its shape, in the order a case goes through them."""
    return [state_mark(state, words) for state in _SHAPES]


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: how long there is, when exactly, and how urgent that is."""

    words: str
    at: datetime
    tone: Tone

    @property
    def shape(self) -> str:
        """A deadline is told apart without colour too."""
        return {Tone.LATE: "alarm", Tone.SOON: "clock"}.get(self.tone, "")


def due(at: datetime, now: datetime, warn_at: datetime | None = None) -> Due:
    """A deadline of an open case as seen now."""
    if now > at:
        tone = Tone.LATE
    elif at - now <= SOON or (warn_at is not None and warn_at <= now):
        tone = Tone.SOON
    else:
        tone = Tone.CALM
    return Due(time_left_in_words(at, now), at, tone)
