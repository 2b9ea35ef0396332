"""What an assistant model may say about a decision, and the little that comes of it.

Its answer is believed only in one closed shape and with words that stand in the text. It may raise a doubt: towards a
person, towards the shield, towards an ordinary feedback. It never takes one away and never dismisses anybody, so a
text that steers the assistant can at most bring itself before an officer.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libs.contracts.vocabulary import Disposition

from .decision import Decision, Reason
from .mask import pieces
from .policy import DISMISSING

LONGEST_QUOTE: Final = 200
"""Code points of the words it must quote."""
RULE: Final = "assistant"

# One letter with the marks typed after it: decomposed text is sent composed, as models write it when they quote.
_LETTER: Final = re.compile(r".[\u0300-\u036f]*", re.DOTALL)
_WEIGHT: Final = {
    **dict.fromkeys(DISMISSING, 0),
    Disposition.INQUIRY: 1,
    Disposition.STATUS_LOOKUP: 1,
    Disposition.IN_SCOPE: 2,
    Disposition.COMPLAINT_DENUNCIATION: 3,
}
"""How much is lost when one of these is taken for one that weighs less."""


class Outcome(StrEnum):
    """What became of a question to the assistant."""

    HELD_BACK = "held_back"
    """Sensitive from now on, and before a person."""
    DOUBTED = "doubted"
    """Before a person from now on."""
    AGREED = "agreed"
    IGNORED = "ignored"
    """It names another disposition that weighs no more: not for it to say."""
    UNREADABLE = "unreadable"
    """Not the closed shape that was asked for."""
    UNFOUNDED = "unfounded"
    """It quotes what is not in the text."""
    OUTDATED = "outdated"
    """The citizen added something, an officer decided, the text is gone, or another model is at work."""
    REFUSED = "refused"
    """The endpoint does not take the question: wrong key, model or form."""
    NO_ANSWER = "no_answer"
    LATE = "late"
    """Nobody could be asked in time."""


class Answer(BaseModel):
    """The whole of what the assistant may answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    disposition: Disposition
    sensitive: bool
    quote: Annotated[str, Field(min_length=1, max_length=LONGEST_QUOTE)]


@dataclass(frozen=True, slots=True)
class Sent:
    """A text as the assistant reads it, and for each of its letters where the citizen's text has it."""

    text: str
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """An answer that can be believed: what it says, and where the words it quotes stand in the citizen's text."""

    disposition: Disposition
    sensitive: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """What advice raises about a decision; a person looks in any case."""

    start: int
    end: int
    in_scope: bool = False
    """It may be an ordinary feedback."""
    sensitive: bool = False
    """It may be a complaint or denunciation, or would expose its sender."""

    def reason(self, decision: str, text: str) -> Reason:
        """The words the assistant quotes, as they were written."""
        return Reason(decision, RULE, text[self.start : self.end], self.start, self.end)


def is_worth_asking(decision: Decision, below: float) -> bool:
    """Whether a decision goes on alone with little margin, or dismisses somebody.

    Units: `below` is the share of confidence from which nobody is asked.
    """
    if decision.needs_review or decision.sensitive:
        return False
    return decision.disposition in DISMISSING or decision.confidence.disposition < below


def sent_of(text: str) -> Sent:
    """A citizen's text without the numbers that lead to a person, in composed letters."""
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for piece in pieces(text):
        if piece.words != text[piece.start : piece.end]:
            letters.append(piece.words)
            places += [(piece.start, piece.end)] * len(piece.words)
            continue
        for found in _LETTER.finditer(piece.words):
            composed = unicodedata.normalize("NFC", found.group())
            letters.append(composed)
            places += [(piece.start + found.start(), piece.start + found.end())] * len(composed)
    return Sent("".join(letters), tuple(places))


def advice_in(content: str, sent: Sent) -> Advice | Outcome:
    """What an answer says, or why it is not believed."""
    try:
        answer = Answer.model_validate_json(content)
    except (ValidationError, UnicodeEncodeError):
        return Outcome.UNREADABLE
    at = _place_of(answer.quote, sent.text)
    if at is None:
        return Outcome.UNFOUNDED
    start, end = sent.places[at][0], sent.places[at + len(answer.quote) - 1][1]
    return Advice(answer.disposition, answer.sensitive, start, end)


def doubt_of(decision: Decision, advice: Advice) -> Doubt | Outcome:
    """The doubt advice raises about a decision, or why none: it only ever adds caution."""
    weightier = _WEIGHT[advice.disposition] > _WEIGHT[decision.disposition]
    denounces = advice.sensitive or advice.disposition is Disposition.COMPLAINT_DENUNCIATION
    if not weightier and not (denounces and not decision.sensitive):
        return Outcome.AGREED if advice.disposition is decision.disposition else Outcome.IGNORED
    in_scope = weightier and advice.disposition is Disposition.IN_SCOPE
    return Doubt(advice.start, advice.end, in_scope=in_scope, sensitive=denounces)


def _place_of(quote: str, text: str) -> int | None:
    """Where whole words stand verbatim in a text."""
    if not quote.strip():
        return None
    before = r"(?<!\w)" if quote[0].isalnum() else ""
    after = r"(?!\w)" if quote[-1].isalnum() else ""
    found = re.search(before + re.escape(quote) + after, text)
    return found.start() if found else None
