"""What the words of a text speak for: every cue found, by the decision it belongs to."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from libs.places import FoldedText, has_diacritics

from .decision import Reason
from .phrase import Hit, Lexicon, Meaning, Phrase, longest
from .reading import Reading
from .row import CueRow

_Decided = tuple[str, str]
_SHORT: Final = 2
_MOST_HITS: Final = 64
"""Of one outcome in one text: whoever repeats a word more often says nothing new, and is compared no further."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What finding some words means."""

    decision: str
    value: str
    words: str
    weight: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The cues found in one text."""

    reading: Reading
    found: dict[_Decided, tuple[Hit[Cue], ...]] = field(default_factory=dict)
    _weights: dict[_Decided, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def hits(self, decision: str, value: str) -> tuple[Hit[Cue], ...]:
        """The cues for one outcome, in the order of the text."""
        return self.found.get((decision, value), ())

    def weight(self, decision: str, value: str) -> float:
        """How strongly a text speaks for one outcome; the same words said twice count once."""
        weight = self._weights.get((decision, value))
        if weight is None:  # asked several times of one text
            weight = self._weights[decision, value] = weight_of(self.hits(decision, value))
        return weight

    def without(self, decision: str, value: str, dropped: Iterable[Hit[Cue]]) -> "Evidence":
        """The same evidence, but for some cues that were found not to count."""
        gone = set(dropped)
        kept = tuple(hit for hit in self.hits(decision, value) if hit not in gone)
        return Evidence(self.reading, {**self.found, (decision, value): kept})

    def reasons(self, decision: str, value: str, rule: str, limit: int = 4) -> tuple[Reason, ...]:
        """The strongest cues for one outcome, as an officer reads them."""
        strongest = sorted(self.hits(decision, value), key=lambda hit: (-worth_of(hit), hit.start))[:limit]
        return tuple(quote(self.reading, hit, decision, rule) for hit in strongest)


def worth_of(hit: Hit[Cue]) -> float:
    """The weight of one cue: a short one typed without its marks may be other words, and weighs less."""
    return max(hit.meaning.weight - 1.0, 0.5) if hit.unmarked and hit.length <= _SHORT else float(hit.meaning.weight)


def weight_of(hits: Collection[Hit[Cue]]) -> float:
    """The weight of some cues, each phrase counted once."""
    return sum({hit.meaning.words: worth_of(hit) for hit in hits}.values()) if hits else 0


def quote(reading: Reading, hit: Hit[Meaning], decision: str, rule: str) -> Reason:
    """A reason that quotes the words of a hit verbatim."""
    return Reason(decision, rule, reading.text[hit.start : hit.end], hit.start, hit.end)


@dataclass(frozen=True, slots=True)
class _Pattern:
    cue: Cue
    marked: re.Pattern[str]
    folded: re.Pattern[str]


_INSIDE_A_WORD: Final = re.compile(r"[^\W_]")


class CueBook:
    """All cues of a province and of the language, found in one pass."""

    def __init__(self, rows: Iterable[CueRow]) -> None:
        rows = tuple(rows)
        self._lexicon = Lexicon(
            Phrase(row.words, _cue(row), row.needs_marks) for row in rows if row.pattern == "phrase"
        )
        self._patterns = tuple(
            _Pattern(_cue(row), re.compile(row.words), re.compile(row.folded)) for row in rows if row.pattern == "regex"
        )

    def find(self, reading: Reading) -> Evidence:
        """Every cue in a text; of two for the same decision that share a word the longer counts."""
        by_decision: dict[str, list[Hit[Cue]]] = {}
        for hit in (*self._lexicon.find(reading), *self._matches(reading)):
            by_decision.setdefault(hit.meaning.decision, []).append(hit)
        found: dict[_Decided, list[Hit[Cue]]] = {}
        for hits in by_decision.values():
            for hit in _strongest(hits):
                found.setdefault((hit.meaning.decision, hit.meaning.value), []).append(hit)
        return Evidence(reading, {decided: tuple(hits[:_MOST_HITS]) for decided, hits in found.items()})

    def _matches(self, reading: Reading) -> list[Hit[Cue]]:
        folded = reading.folded
        hits = []
        for pattern in self._patterns:
            for match in pattern.folded.finditer(folded.text):
                hit = _hit(reading, folded, pattern, *match.span())
                if hit is not None:
                    hits.append(hit)
        return hits


def _cue(row: CueRow) -> Cue:
    return Cue(row.decision, row.value, row.words, row.weight)


def _hit(reading: Reading, folded: FoldedText, pattern: _Pattern, first: int, after: int) -> Hit[Cue] | None:
    if first == after or _inside_a_word(folded.text, first, after):
        return None
    start, end = folded.span(first, after)
    verbatim = reading.text[start:end]
    if has_diacritics(verbatim) and not pattern.marked.fullmatch(
        unicodedata.normalize("NFC", " ".join(verbatim.casefold().split()))
    ):
        return None
    matched = tuple(index for index, word in enumerate(reading.words) if word.start < end and start < word.end)
    return Hit(pattern.cue, matched, start, end, reading.words[matched[0]].clause) if matched else None


def _inside_a_word(text: str, first: int, after: int) -> bool:
    before = first > 0 and _INSIDE_A_WORD.match(text[first - 1]) and _INSIDE_A_WORD.match(text[first])
    behind = after < len(text) and _INSIDE_A_WORD.match(text[after - 1]) and _INSIDE_A_WORD.match(text[after])
    return bool(before or behind)


def _strongest(hits: list[Hit[Cue]]) -> Iterable[Hit[Cue]]:
    if len(hits) == 1:
        return hits
    best: dict[tuple[str, tuple[int, ...]], Hit[Cue]] = {}
    for hit in longest(hits):
        known = best.get((hit.meaning.value, hit.matched))
        if known is None or hit.meaning.weight > known.meaning.weight:
            best[hit.meaning.value, hit.matched] = hit
    return best.values()
