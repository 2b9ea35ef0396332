"""How alike two texts are, whoever wrote them: numbers to find the few worth comparing by, and the comparison.

Marks, capitals, blanks, links and digits make no difference. Of its `bands` two texts share one the more surely the
more runs of three words they share; they say nothing of what was written. Near duplicates have nearly the same
letters, or one holds nearly all runs of the other, unless they name different procedures.
Source: A. Broder, "On the resemblance and containment of documents", 1997; J. Leskovec, A. Rajaraman, J. Ullman,
"Mining of Massive Datasets", section 3.4.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from libs.contracts.vocabulary import FeedbackId, Field
from libs.places import fold
from libs.places.folding import with_one_i

from .reading import LONGEST_READ

EDITION: Final = 1
"""Counted up whenever the same text gets other bands: those kept from before then meet no more."""
FEWEST_WORDS: Final = 8
"""Shorter texts ("phường làm chậm quá") are alike too often to be about the same thing."""
BANDS: Final = 10
MOST_COMPARED: Final = 10
"""Texts one text is compared with: those that share most bands, of these the newest."""
MOST_TOLD: Final = 5
_ROWS: Final = 2
_RUN: Final = 3
_LONGEST_REMEMBERED: Final = 20

Hashes = npt.NDArray[np.uint64]

_WORD: Final = re.compile(r"(?P<link>(?:https?://|www\.)\S+)|(?P<number>\d[\d .,/:-]*)|[^\W\d_]+")


def _numbers(what: str, count: int) -> Hashes:
    """Odd numbers, the same on every machine and under every version of the libraries."""
    digests = [blake2b(f"{what} {EDITION} {at}".encode(), digest_size=8).digest() for at in range(count)]
    return np.array([int.from_bytes(digest, "little") | 1 for digest in digests], np.uint64)


_IN_RUN: Final = _numbers("place in a run", _RUN)
_FACTORS: Final = _numbers("factor", BANDS * _ROWS)
_SUMMANDS: Final = _numbers("summand", BANDS * _ROWS)
_IN_BAND: Final = _numbers("place in a band", _ROWS)
_OF_BAND: Final = _numbers("band", BANDS)
_HALF: Final = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on two texts are near duplicates; shares between 0 and 1. Source: docs/near-duplicates.md."""

    letters: float = 0.85
    """How much of the letters of both stands in both, in the same order."""
    contained: float = 0.8
    """How many of the shorter one's runs of words the longer one has."""


@dataclass(frozen=True)
class Comparable:
    """A feedback as it is compared with others."""

    feedback_id: FeedbackId
    received_at: datetime
    text: str
    field: Field | None = None
    topics: frozenset[str] = frozenset()
    """The words that named a procedure, folded."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words as they are compared."""
        return words_of(self.text)

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Each three words that follow one another."""
        return frozenset(zip(self.words, self.words[1:], self.words[2:], strict=False))

    @cached_property
    def letters(self) -> str:
        """Its words in one line."""
        return " ".join(self.words)


def topics_of(text: str, reasons: Iterable[tuple[str, int | None, int | None]]) -> frozenset[str]:
    """The words of a text that a decision about it took for a procedure's: of reasons (what for, from, to)."""
    spans = [(start, end) for decision, start, end in reasons if decision == "matter" and end is not None]
    return frozenset(fold(text[start:end]) for start, end in spans)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text without what people write now this way, now that."""
    found = _WORD.finditer(fold(text[:LONGEST_READ]))
    return tuple(f"<{one.lastgroup}>" if one.lastgroup else with_one_i(one.group()) for one in found)


def bands_of(words: tuple[str, ...]) -> tuple[int, ...]:
    """The bands of a text, fit for a signed eight-byte column; none for one too short to be compared."""
    if len(words) < FEWEST_WORDS:
        return ()
    hashed = np.array([_hash_of(word) for word in words], np.uint64)
    runs = hashed[:-2] * _IN_RUN[0] + hashed[1:-1] * _IN_RUN[1] + hashed[2:] * _IN_RUN[2]
    runs = (runs ^ (runs >> _HALF)) * _IN_RUN[0]
    least = ((runs[:, None] * _FACTORS + _SUMMANDS) >> _HALF).min(axis=0).reshape(BANDS, _ROWS)
    bands = ((least * _IN_BAND).sum(axis=1, dtype=np.uint64) + _OF_BAND) * _IN_RUN[1]
    return tuple((bands ^ (bands >> _HALF)).view(np.int64).tolist())


def near_duplicates(asked: Comparable, others: Iterable[Comparable], thresholds: Thresholds) -> tuple[FeedbackId, ...]:
    """Those of the others that say nearly the same, the most alike first, then the newest."""
    alike = [(likeness(asked, other, thresholds), other) for other in others]
    found = [(share, other.received_at, other.feedback_id) for share, other in alike if share]
    return tuple(feedback_id for _, _, feedback_id in sorted(found, reverse=True)[:MOST_TOLD])


def likeness(one: Comparable, other: Comparable, thresholds: Thresholds) -> float:
    """How much of two texts is the same, between 0 and 1; 0 when they are no near duplicates."""
    if one.text == other.text or one.words == other.words:
        return 1.0
    if _about_different_matters(one, other):
        return 0.0
    letters = fuzz.ratio(one.letters, other.letters, score_cutoff=100 * thresholds.letters) / 100
    shorter = min(len(one.runs), len(other.runs))
    contained = len(one.runs & other.runs) / shorter if shorter else 0.0
    return max(letters, contained if contained >= thresholds.contained else 0.0)


def _about_different_matters(one: Comparable, other: Comparable) -> bool:
    """One form of words around two procedures: "khai sinh" here, "kết hôn" there, all else the same.

    Not asked of the matters decided: whether a text is about conduct or procedure, on which they depend, is less sure.
    """
    if one.field and other.field and one.field is not other.field:
        return True
    return bool(one.topics and other.topics) and one.topics.isdisjoint(other.topics)


def _digest(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")


_remembered: Final = lru_cache(maxsize=16_384)(_digest)


def _hash_of(word: str) -> int:
    return _remembered(word) if len(word) <= _LONGEST_REMEMBERED else _digest(word)
