"""A citizen's text as words: each in two forms, with and without its marks, and at its place in the original.

Citizens write composed or decomposed letters, with the tone on either vowel (hoà, hòa), with y or i (kỹ, kĩ), in
capitals, or without any marks at all. A word of theirs therefore keeps two forms: `marked` is one spelling for all of
those, `plain` has no marks. Offsets always count the code points of the text as it came.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from libs.places import FoldedText, fold, folded_with_offsets
from libs.places.folding import spelling, with_one_i

LONGEST_READ: Final = 5_000
"""Code points of a text that rules read. Source: the longest message the channel's form accepts, with room."""

# A letter may be followed by combining marks (decomposed text) or by invisible joiners; neither ends a word.
_WORD: Final = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u200b-\u200d\u2060\ufeff]+[^\W_]*)*")
# "20tr", "500k": an amount and its unit are two words, which begin and end together.
_AMOUNT: Final = re.compile(r"^(\d+)([^\W\d_]{1,5})\d?$")
_VOWELS: Final = frozenset("aeiouy0123456789")
_ENDS_CLAUSE: Final = re.compile(r"[!?;\n\u2026]|\.(?=\s)")
_LONGEST_REMEMBERED: Final = 20
_ACCENTED_SHARE: Final = 0.25


class Word(NamedTuple):
    """One word, where it stands, and the clause it belongs to."""

    marked: str
    plain: str
    start: int
    end: int
    clause: int

    @property
    def unmarked(self) -> bool:
        """Typed without any mark, so it may stand for any marked word of these letters."""
        return self.marked == self.plain


@dataclass(frozen=True)
class Reading:
    """A text and its words, in order."""

    text: str
    words: tuple[Word, ...]
    accented: bool
    """Its writer types marks: at least every fourth word has one, as half of all Vietnamese words do."""
    decoded: FoldedText | None = None
    """The text folded, where it had to be decoded first."""

    @cached_property
    def folded(self) -> FoldedText:
        """The text folded for searching, once for all who search it."""
        return self.decoded or folded_with_offsets(self.text)


def read(text: str) -> Reading:
    """The words of the first `LONGEST_READ` code points of a text."""
    text = text[:LONGEST_READ]
    words: list[Word] = []
    clause = 0
    with_marks = 0
    previous_end = 0
    for found in _WORD.finditer(text):
        start, end = found.span()
        plainly_on = start == previous_end + 1 and text[previous_end] == " "
        if words and not plainly_on and _ends_clause(text[previous_end : start + 1], words[-1]):
            clause += 1
        previous_end = end
        word = found.group()
        for marked, plain in _remembered(word) if len(word) <= _LONGEST_REMEMBERED else _parts(word):
            words.append(Word(marked, plain, start, end, clause))
            with_marks += marked != plain
    return Reading(text, tuple(words), accented=with_marks >= _ACCENTED_SHARE * len(words) > 0)


def forms(word: str) -> tuple[str, str]:
    """The two forms of one word: with its marks in one spelling, and without."""
    return spelling(word), with_one_i(fold(word))


def words_in(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of a text stand, amounts with their units in one."""
    return (found.span() for found in _WORD.finditer(text))


def _parts(word: str) -> tuple[tuple[str, str], ...]:
    return tuple(forms(part) for part in _AMOUNT.sub(r"\1 \2", word).split())


_remembered = lru_cache(maxsize=16_384)(_parts)


def _ends_clause(between: str, before: Word) -> bool:
    found = _ENDS_CLAUSE.search(between)
    # "p. Mễ Trì", "TP. Hà Nội": a dot after a few letters without a vowel shortens a word.
    return found is not None and not (found.group() == "." and _VOWELS.isdisjoint(before.plain))
