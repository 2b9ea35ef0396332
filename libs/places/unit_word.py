"""The words phường, xã, quận … as people type them: in full, misspelled as keyboards do, or abbreviated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from libs.places.folding import spelling
from libs.places.reading import Reading, words_of

# Keyboards leave one of the two horns out; "phương", without the tone, is another word.
_SLIPS = {"phường": ("phường", "phuờng", "phừong")}

# Words after which a unit word is the end of another: thị xã, hợp tác xã and, without diacritics, trạm xá; địa phương;
# liên quan, hải quan.
_NOT_A_UNIT_AFTER = {
    "phường": {"dia", "doi", "song"},
    "xã": {"thi", "tac", "tram", "tru"},
    "quận": {"co", "lien", "hai", "chu", "khach", "tham", "si", "hang", "bao"},
}


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
        previous = reading.words[index - 1] if index else ""
        typed = [reading.spelled(position) for position in range(index, after)]
        if previous in _NOT_A_UNIT_AFTER.get(full.unit, ()) and (full.unit == "xã" or not any(typed)):
            return False
        return all(mine is None or mine in known for mine, known in zip(typed, full.spellings, strict=True))
