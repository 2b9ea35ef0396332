"""The words phường, xã, quận … as people type them: in full, misspelled as keyboards do, or abbreviated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from libs.places.folding import spelling
from libs.places.reading import Reading, words_of

# Keyboards leave one of the two horns out; "phương", without the tone, is another word.
_SLIPS = {"phường": ("phường", "phuờng", "phừong")}

# Words after which a unit word is the end of another: thị xã, hợp tác xã, and without its own mark trạm xá; địa phương;
# liên quan, hải quan.
_PART_OF_A_WORD = {
    "phường": ("địa", "đối", "song"),
    "xã": ("thị", "tác", "trạm", "trú"),
    "quận": ("cơ", "liên", "hải", "chủ", "khách", "tham", "sĩ", "hàng", "bảo"),
}
_SPELLED_SO = ("thị", "tác")
_NOT_A_UNIT_AFTER = {
    words_of(unit)[0]: {words_of(word)[0]: (spelling(word), word in _SPELLED_SO) for word in before}
    for unit, before in _PART_OF_A_WORD.items()
}


def ends_another_word(reading: Reading, index: int) -> bool:
    """Whether what looks like a unit word is the end of another: "cơ quan", "địa phương", "hợp tác xã"."""
    before = _NOT_A_UNIT_AFTER.get(reading.words[index])
    if before is None or index == 0 or reading.words[index - 1] not in before:
        return False
    spelled, even_with_its_mark = before[reading.words[index - 1]]
    if not even_with_its_mark and reading.spelled(index) is not None:
        return False
    return reading.spelled(index - 1) in (None, spelled)


def lacks_its_mark(reading: Reading, index: int) -> bool:
    """Whether a unit word was typed without its mark beside words that have theirs: "quan" and "xa" mean themselves."""
    if reading.words[index] not in _NOT_A_UNIT_AFTER or reading.spelled(index) is not None:
        return False
    beside = (index - 1, index + 1)
    return any(0 <= other < len(reading) and reading.spelled(other) is not None for other in beside)


@dataclass(frozen=True, slots=True)
class UnitWord:
    """A unit word in a reading: what it says, the word after it, and whether it was only an abbreviation."""

    kind: str
    after: int
    short: bool


@dataclass(frozen=True, slots=True)
class _FullUnit:
    unit: str
    words: tuple[str, ...]
    spellings: tuple[frozenset[str], ...]


class UnitWords:
    """Unit words as typed: in full with or without diacritics, or as one of the usual abbreviations."""

    def __init__(self, full: Iterable[str], short: Mapping[str, str]) -> None:
        self._full: dict[str, _FullUnit] = {}
        for unit in full:
            words = words_of(unit)
            spellings = tuple(frozenset(map(spelling, _SLIPS.get(part, (part,)))) for part in unit.split())
            self._full[words[0]] = _FullUnit(unit, words, spellings)
        self._short = short

    def beginnings(self, reading: Reading) -> list[int]:
        """The words that may be a unit word or begin one."""
        return [index for index, word in enumerate(reading.words) if word in self._full or word in self._short]

    def at(self, reading: Reading, index: int) -> UnitWord | None:
        """The unit word that begins at a word."""
        word = reading.words[index]
        full = self._full.get(word)
        if full is not None and self._is_written(reading, index, full):
            return UnitWord(full.unit, index + len(full.words), short=False)
        if word in self._short and reading.spelled(index) is None:
            return UnitWord(self._short[word], index + 1, short=True)
        return None

    @staticmethod
    def _is_written(reading: Reading, index: int, full: _FullUnit) -> bool:
        after = index + len(full.words)
        if tuple(reading.words[index:after]) != full.words:
            return False
        typed = [reading.spelled(position) for position in range(index, after)]
        if ends_another_word(reading, index):
            return False
        return all(mine is None or mine in known for mine, known in zip(typed, full.spellings, strict=True))
