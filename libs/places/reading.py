"""A text cut into words once, and phrases looked up in it word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from libs.places.folding import FoldedText, fold, folded_with_offsets, has_diacritics, spelling, with_one_i

_WORD = re.compile(r"[^\W_]+")
# What may stand between two words of one name: "Văn Miếu - Quốc Tử Giám", "GD&ĐT".
_INSIDE_A_NAME = re.compile(r" ?[-–&/]? ?")
_AFTER_AN_ABBREVIATION = re.compile(r"\. ?")
_ABBREVIATION = re.compile(r"[^aeiouy\d]{1,3}")

Named = TypeVar("Named")


class Reading:
    """One text as words: folded for looking up, verbatim for showing, each with its place in the original."""

    def __init__(self, text: str, folded: FoldedText | None = None) -> None:
        """Read a text, whose folded form may be known already."""
        self.text = text
        self._folded = folded_with_offsets(text) if folded is None else folded
        self._spans = [match.span() for match in _WORD.finditer(self._folded.text)]
        self.words = [with_one_i(self._folded.text[start:end]) for start, end in self._spans]
        self._spellings: dict[int, str | None] = {}

    def __len__(self) -> int:
        return len(self.words)

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Where the words [first, after) stand in the original text."""
        return self._folded.span(self._spans[first][0], self._spans[after - 1][1])

    def gap_before(self, index: int) -> str:
        """What stands between a word and the one before it, folded."""
        return self._folded.text[self._spans[index - 1][1] : self._spans[index][0]]

    def joins(self, index: int) -> bool:
        """Say whether a word may belong to one name with the word before it."""
        gap = self.gap_before(index)
        if _INSIDE_A_NAME.fullmatch(gap):
            return True
        previous = self.words[index - 1]
        return bool(_AFTER_AN_ABBREVIATION.fullmatch(gap) and _ABBREVIATION.fullmatch(previous))

    def comma_before(self, index: int) -> bool:
        """Say whether nothing but a comma stands between a word and the one before it."""
        return self.gap_before(index).strip() == ","

    @cached_property
    def all_capitalised(self) -> bool:
        """Whether capitals say nothing here: every word begins with one."""
        return all(self.capitalised(index) or self.words[index].isdigit() for index in range(len(self)))

    def same_line(self, index: int) -> bool:
        """Say whether no line break stands between a word and the one before it."""
        return "\n" not in self.text[self.span(index - 1, index)[1] : self.span(index, index + 1)[0]]

    def spelled(self, index: int) -> str | None:
        """The word with its diacritics, comparable by `spelling`; None when it was typed without any."""
        if index not in self._spellings:
            start, end = self.span(index, index + 1)
            verbatim = self.text[start:end]
            self._spellings[index] = spelling(verbatim) if has_diacritics(verbatim) else None
        return self._spellings[index]

    def marked(self, first: int, after: int) -> bool:
        """Say whether any of the words [first, after) was typed with diacritics."""
        return any(self.spelled(index) is not None for index in range(first, after))

    def capitalised(self, index: int) -> bool:
        """Say whether a word begins with a capital letter."""
        return self.text[self.span(index, index + 1)[0]].isupper()


@dataclass(frozen=True, slots=True)
class Match(Generic[Named]):
    """Words [first, after) of a reading are a phrase; exact when no diacritic typed contradicts it."""

    first: int
    after: int
    exact: tuple[Named, ...]
    near: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class _Entry(Generic[Named]):
    spellings: tuple[str, ...]
    named: Named


class _Node(Generic[Named]):
    __slots__ = ("after_comma", "entries", "following")

    def __init__(self) -> None:
        self.after_comma = False
        """A name has a comma before this word: "phòng Kinh tế, Hạ tầng và Đô thị"."""
        self.following: dict[str, _Node[Named]] = {}
        self.entries: list[_Entry[Named]] = []

    def may_go_on(self, words: list[str], index: int) -> bool:
        """Say whether a phrase ends here, or the word that follows is one a phrase goes on with."""
        return bool(self.entries) or (index < len(words) and words[index] in self.following)


class Lexicon(Generic[Named]):
    """Phrases of one or more words, each naming something; found at a given word whatever the diacritics."""

    def __init__(self) -> None:
        self._root: _Node[Named] = _Node()

    def add(self, phrase: str, named: Named) -> None:
        """Remember that a phrase names something; the same phrase may name several."""
        node = self._root
        spellings = []
        words = Reading(phrase)
        for index, word in enumerate(words.words):
            node = node.following.setdefault(word, _Node())
            node.after_comma = node.after_comma or (index > 0 and "," in words.gap_before(index))
            spellings.append(words.spelled(index) or word)
        node.entries.append(_Entry(tuple(spellings), named))

    def beginnings(self, reading: Reading) -> list[int]:
        """The words at which a phrase may begin: few of them do, and only they are looked at further."""
        following, words = self._root.following, reading.words
        begun = [index for index, word in enumerate(words) if word in following]
        return [index for index in begun if following[words[index]].may_go_on(words, index + 1)]

    def matches(self, reading: Reading, first: int) -> Iterator[Match[Named]]:
        """Every phrase that begins at a word, the shortest first."""
        node = self._root
        index = first
        while index < len(reading):
            following = node.following.get(reading.words[index])
            if following is None:
                return
            if index > first and not (reading.joins(index) or (following.after_comma and reading.comma_before(index))):
                return
            node = following
            index += 1
            if node.entries:
                yield self._match(reading, first, index, node.entries)

    def best(self, reading: Reading, first: int) -> Match[Named] | None:
        """The longest phrase that begins at a word and agrees in every diacritic typed; else the longest."""
        return best_of(self.matches(reading, first))

    @staticmethod
    def _match(reading: Reading, first: int, after: int, entries: list[_Entry[Named]]) -> Match[Named]:
        typed = [reading.spelled(index) for index in range(first, after)]
        exact: list[Named] = []
        near: list[Named] = []
        for entry in entries:
            agrees = all(word is None or word == known for word, known in zip(typed, entry.spellings, strict=True))
            (exact if agrees else near).append(entry.named)
        return Match(first, after, tuple(exact), tuple(near))


def best_of(matches: Iterable[Match[Named]]) -> Match[Named] | None:
    """Of phrases that begin at one word, the shortest first: the longest that is exact, else the longest."""
    best: Match[Named] | None = None
    for match in matches:
        if match.exact or best is None or not best.exact:
            best = match
    return best


def words_of(phrase: str) -> tuple[str, ...]:
    """The words of a phrase as a reading would have them."""
    return tuple(with_one_i(word) for word in _WORD.findall(fold(phrase)))
