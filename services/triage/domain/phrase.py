"""Finding many phrases in one pass over a text's words.

A phrase is written as people write it, with its marks: `hộ khẩu`. Two signs widen it: `…` stands for up to
`WIDEST_GAP` words of the same clause, `#` for a number: `hẹn # lần`, `trả … # lần`.

A word of a text matches a word of a phrase when both carry the same marks, or when the text's word was typed without
any. A phrase of one syllable always needs its marks: "thue" may be `thuế` or `thuê`, "cho" is hardly ever `chợ`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

from .reading import Reading, Word, forms, read

WIDEST_GAP: Final = 6
GAP: Final = "…"
NUMBER: Final = "#"
_NUMBER_WORDS: Final = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "bẩy", "tám", "chín", "mười", "chục", "trăm")
_NUMBERS: Final = frozenset(form for word in (*_NUMBER_WORDS, "mấy", "vài", "nhiều", "nửa") for form in forms(word))

Meaning = TypeVar("Meaning")
_Matched = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Phrase(Generic[Meaning]):
    """A phrase to look for, and what finding it means."""

    words: str
    meaning: Meaning
    needs_marks: bool = False


class Hit(NamedTuple, Generic[Meaning]):
    """A phrase found: what it means, which words matched, and where they stand in the text."""

    meaning: Meaning
    matched: _Matched
    start: int
    end: int
    clause: int
    unmarked: bool = False
    """Typed without the marks the phrase has, so it may be other words."""

    @property
    def first(self) -> int:
        return self.matched[0]

    @property
    def last(self) -> int:
        return self.matched[-1]

    @property
    def length(self) -> int:
        """How many words matched: the longer a phrase, the less likely it is chance."""
        return len(self.matched)


class _Node(Generic[Meaning]):
    """The beginning of some phrases, and by which words they go on."""

    __slots__ = ("carries_marks", "gap", "marked", "meanings", "numbers", "unmarked")

    def __init__(self, *, carries_marks: bool = False) -> None:
        self.marked: dict[str, list[_Node[Meaning]]] = {}
        self.unmarked: dict[str, list[_Node[Meaning]]] = {}
        """By a word typed without marks: the phrase's word spelled so first, then those it may stand for."""
        self.numbers: list[_Node[Meaning]] = []
        self.gap: _Node[Meaning] | None = None
        self.meanings: list[Meaning] = []
        self.carries_marks = carries_marks

    def after(self, word: Word) -> "list[_Node[Meaning]]":
        """Where a word leads to."""
        marked, plain, _, _, _ = word
        found = self.unmarked.get(plain, _NOWHERE) if marked == plain else self.marked.get(marked, _NOWHERE)
        if self.numbers and _is_number(marked, plain):
            return [*found, *self.numbers]
        return found

    def grow(self, part: str | Word, *, needs_marks: bool) -> "_Node[Meaning]":
        """Where one more part of a phrase leads to, made if it leads nowhere yet."""
        if part == GAP:
            self.gap = self.gap or _Node(carries_marks=self.carries_marks)
            return self.gap
        if part == NUMBER:
            self.numbers = self.numbers or [_Node(carries_marks=self.carries_marks)]
            return self.numbers[0]
        assert isinstance(part, Word)
        if part.marked in self.marked:
            return self.marked[part.marked][0]
        following: _Node[Meaning] = _Node(carries_marks=self.carries_marks or not part.unmarked)
        self.marked[part.marked] = [following]
        if part.unmarked:
            self.unmarked.setdefault(part.plain, []).insert(0, following)
        elif not needs_marks:
            self.unmarked.setdefault(part.plain, []).append(following)
        return following

    def joined(self, other: "_Node[Meaning]") -> "_Node[Meaning]":
        """One node that leads where this one and then another would."""
        both: _Node[Meaning] = _Node()
        for node in (self, other):
            for word, following in node.marked.items():
                both.marked.setdefault(word, []).extend(following)
            for word, following in node.unmarked.items():
                both.unmarked.setdefault(word, []).extend(following)
            both.numbers.extend(node.numbers)
        return both


_NOWHERE: Final[list[Any]] = []


class Lexicon(Generic[Meaning]):
    """Phrases with their meanings, ready to be found."""

    def __init__(self, phrases: Iterable[Phrase[Meaning]]) -> None:
        with_marks: _Node[Meaning] = _Node()
        without: _Node[Meaning] = _Node()
        for phrase in phrases:
            parts = _parts(phrase.words)
            needs_marks = phrase.needs_marks or len(parts) == 1
            node = with_marks if needs_marks else without
            for part in parts:
                node = node.grow(part, needs_marks=needs_marks)
            if parts and phrase.meaning not in node.meanings:
                node.meanings.append(phrase.meaning)
        self._root = with_marks.joined(without)
        numbers = _NUMBERS if self._root.numbers else ()
        self._first_words = frozenset((*self._root.marked, *self._root.unmarked, *numbers))

    def find(self, reading: Reading) -> list[Hit[Meaning]]:
        """Every phrase in the text, overlapping ones too, in the order of the text.

        Somebody who types marks elsewhere would have typed them here: then words without marks mean themselves.
        """
        words = reading.words
        found: list[tuple[_Matched, _Node[Meaning]]] = []
        for first in self._beginnings(words):
            for start in self._root.after(words[first]):
                _follow(start, words, (first,), found)
        hits: list[Hit[Meaning]] = []
        for matched, node in found:
            unmarked = node.carries_marks and all(words[index].unmarked for index in matched)
            if not (unmarked and reading.accented):
                word = words[matched[0]]
                end = words[matched[-1]].end
                hits.extend(
                    [Hit(meaning, matched, word.start, end, word.clause, unmarked) for meaning in node.meanings]
                )
        return hits

    def _beginnings(self, words: tuple[Word, ...]) -> list[int]:
        """The words at which a phrase may begin: most begin none."""
        known = self._first_words
        if self._root.numbers:
            return [at for at, word in enumerate(words) if word.marked in known or word.plain[:1].isdigit()]
        return [at for at, word in enumerate(words) if word.marked in known]


def longest(hits: Iterable[Hit[Meaning]]) -> list[Hit[Meaning]]:
    """The hits that remain when of two that share a word the longer wins; equals on the same words all stay."""
    hits = list(hits)
    if len(hits) < 2:  # most decisions find one cue or none
        return hits
    taken: dict[int, _Matched] = {}
    kept = []
    for hit in sorted(hits, key=lambda hit: (-hit.length, hit.last - hit.first, hit.first)):
        if all(taken.get(index, hit.matched) == hit.matched for index in hit.matched):
            taken.update(dict.fromkeys(hit.matched, hit.matched))
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.first)


def phrases_of(keywords: str) -> tuple[str, ...]:
    """The phrases of a `|`-separated column, without those that only repeat another one typed without marks."""
    phrases = dict.fromkeys(phrase.strip() for phrase in keywords.split("|") if phrase.strip())
    marked = {_plain(phrase) for phrase in phrases if _carries_marks(phrase)}
    return tuple(phrase for phrase in phrases if _carries_marks(phrase) or _plain(phrase) not in marked)


def _is_number(marked: str, plain: str) -> bool:
    return plain[:1].isdigit() or marked in _NUMBERS


def _follow(
    node: _Node[Meaning],
    words: tuple[Word, ...],
    matched: _Matched,
    found: list[tuple[_Matched, _Node[Meaning]]],
) -> None:
    """Every way to go on from a node, within the clause; a gap may skip words first."""
    if node.meanings:
        found.append((matched, node))
    clause = words[matched[0]].clause
    at = matched[-1] + 1
    if at == len(words) or words[at].clause != clause:
        return
    for following in node.after(words[at]):
        _follow(following, words, (*matched, at), found)
    if node.gap is not None:
        for index in range(at, min(at + WIDEST_GAP + 1, len(words))):
            if words[index].clause != clause:
                return
            for following in node.gap.after(words[index]):
                _follow(following, words, (*matched, index), found)


def _parts(phrase: str) -> list[str | Word]:
    """The words and signs of a phrase; a gap at either end widens nothing and is left out."""
    parts: list[str | Word] = []
    for piece in phrase.replace(GAP, f" {GAP} ").replace(NUMBER, f" {NUMBER} ").split():
        parts.extend((piece,) if piece in (GAP, NUMBER) else read(piece).words)
    while parts and parts[-1] == GAP:
        parts.pop()
    while parts and parts[0] == GAP:
        parts.pop(0)
    return parts


def _carries_marks(phrase: str) -> bool:
    return any(not word.unmarked for word in read(phrase).words)


def _plain(phrase: str) -> str:
    return " ".join(word.plain for word in read(phrase).words)
