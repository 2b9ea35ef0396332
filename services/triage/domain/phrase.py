"""Finding many phrases in one pass over a text's words.

A phrase is written as people write it, with its marks: `hộ khẩu`. Two signs widen it: `…` stands for up to
`WIDEST_GAP` words of the same clause, `#` for a number: `hẹn # lần`, `trả … # lần`.

A word of a text matches a word of a phrase when both carry the same marks, or when the text's word was typed without
any. A phrase of one syllable always needs its marks: "thue" may be `thuế` or `thuê`, "cho" is hardly ever `chợ`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

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


@dataclass(frozen=True, slots=True)
class Hit(Generic[Meaning]):
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


@dataclass(slots=True)
class _Node(Generic[Meaning]):
    marked: "dict[str, _Node[Meaning]]" = field(default_factory=dict)
    plain: "dict[str, list[_Node[Meaning]]]" = field(default_factory=dict)
    gap: "_Node[Meaning] | None" = None
    number: "_Node[Meaning] | None" = None
    meanings: list[Meaning] = field(default_factory=list)
    carries_marks: bool = False


class Lexicon(Generic[Meaning]):
    """Phrases with their meanings, ready to be found."""

    def __init__(self, phrases: Iterable[Phrase[Meaning]]) -> None:
        self._any: _Node[Meaning] = _Node()
        self._with_marks: _Node[Meaning] = _Node()
        for phrase in phrases:
            parts = _parts(phrase.words)
            needs_marks = phrase.needs_marks or len(parts) == 1
            node = self._with_marks if needs_marks else self._any
            for part in parts:
                node = _grown(node, part, needs_marks=needs_marks)
            if parts and phrase.meaning not in node.meanings:
                node.meanings.append(phrase.meaning)

    def find(self, reading: Reading) -> list[Hit[Meaning]]:
        """Every phrase in the text, overlapping ones too, in the order of the text.

        Somebody who types marks elsewhere would have typed them here: then words without marks mean themselves.
        """
        words = reading.words
        hits: list[Hit[Meaning]] = []
        for first, word in enumerate(words):
            for start in (*_after(self._with_marks, word), *_after(self._any, word)):
                for matched, node in _matches(start, words, (first,), first + 1):
                    unmarked = node.carries_marks and all(words[index].unmarked for index in matched)
                    if not (unmarked and reading.accented):
                        end = words[matched[-1]].end
                        hits.extend(
                            Hit(meaning, matched, word.start, end, word.clause, unmarked) for meaning in node.meanings
                        )
        return hits


def longest(hits: Iterable[Hit[Meaning]]) -> list[Hit[Meaning]]:
    """The hits that remain when of two that share a word the longer wins; equals on the same words all stay."""
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


def _matches(
    node: _Node[Meaning], words: tuple[Word, ...], matched: _Matched, at: int
) -> Iterator[tuple[_Matched, _Node[Meaning]]]:
    """Every way to go on from a node at a word, within the clause; a gap may skip words first."""
    if node.meanings:
        yield matched, node
    clause = words[matched[0]].clause
    if at >= len(words) or words[at].clause != clause:
        return
    for following in _after(node, words[at]):
        yield from _matches(following, words, (*matched, at), at + 1)
    if node.gap is not None:
        for index in range(at, min(at + WIDEST_GAP + 1, len(words))):
            if words[index].clause != clause:
                return
            for following in _after(node.gap, words[index]):
                yield from _matches(following, words, (*matched, index), index + 1)


def _after(node: _Node[Meaning], word: Word) -> list[_Node[Meaning]]:
    found = []
    same = node.marked.get(word.marked)
    if same is not None:
        found.append(same)
    if word.unmarked:
        found.extend(following for following in node.plain.get(word.plain, ()) if following is not same)
    if node.number is not None and (word.plain[:1].isdigit() or word.marked in _NUMBERS):
        found.append(node.number)
    return found


def _grown(node: _Node[Meaning], part: str | Word, *, needs_marks: bool) -> _Node[Meaning]:
    if part == GAP:
        node.gap = node.gap or _Node(carries_marks=node.carries_marks)
        return node.gap
    if part == NUMBER:
        node.number = node.number or _Node(carries_marks=node.carries_marks)
        return node.number
    assert isinstance(part, Word)
    following = node.marked.get(part.marked)
    if following is None:
        following = node.marked[part.marked] = _Node(carries_marks=node.carries_marks or not part.unmarked)
        if not needs_marks:
            node.plain.setdefault(part.plain, []).append(following)
    return following


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
