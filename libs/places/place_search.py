"""Communes and former districts in a text, as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from libs.places.folding import spelling
from libs.places.model import Commune, CommuneKind, DistrictMention, PlaceMention, VanishedName
from libs.places.reading import Lexicon, Match, Reading, words_of
from libs.places.unit_word import UnitWord, UnitWords

_BEFORE_A_NAME = re.compile(r" ?[.:]? ?[\"'“(]?")
_BEFORE_A_DISTRICT = re.compile(r"\)? ?[,(–/-]? ?")
_BEFORE_FORMER = re.compile(r" ?\(?")

_SHORT_COMMUNE_UNITS: dict[str, CommuneKind] = {
    "p": "phường",
    "ph": "phường",
    "f": "phường",
    "phg": "phường",
    "x": "xã",
    "tt": "thị trấn",
}
_DISTRICT_UNITS = ("quận", "huyện", "thị xã")
_SHORT_DISTRICT_UNITS = {"q": "quận", "h": "huyện", "tx": "thị xã"}

_AFTER_AN_ADDRESS = frozenset(words_of("quận huyện thị thành phố tỉnh q h tx tp hn"))


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """A commune in a reading: the words [first, after) name it, those up to `after_district` its district too."""

    first: int
    after: int
    after_district: int
    place: PlaceMention


class PlaceSearch:
    """Finds the communes of all times and the former districts that a text names."""

    def __init__(self, communes: Iterable[Commune], vanished_names: Iterable[VanishedName], city_name: str) -> None:
        self._names: Lexicon[Commune | VanishedName] = Lexicon()
        self._districts: Lexicon[str] = Lexicon()
        self._city = words_of(city_name)
        self._commune_units = UnitWords(get_args(CommuneKind), _SHORT_COMMUNE_UNITS)
        self._district_units = UnitWords(_DISTRICT_UNITS, _SHORT_DISTRICT_UNITS)
        districts: dict[str, str] = {}
        for commune in communes:
            for name in _names_in_use(commune.name):
                self._names.add(name, commune)
            if commune.district_id and commune.district_name:
                districts[commune.district_id] = commune.district_name
        for vanished in vanished_names:
            self._names.add(vanished.name, vanished)
        for district_id, name in districts.items():
            unit = next((unit for unit in _DISTRICT_UNITS if name.startswith(unit + " ")), "")
            self._districts.add(name.removeprefix(unit).strip(), district_id)

    def communes(self, reading: Reading) -> list[PlaceMention]:
        """Every commune named with its unit word, in the order of the text."""
        return [found.place for found in self.communes_by_word(reading)]

    def communes_by_word(self, reading: Reading) -> Iterator[PlaceWords]:
        """Every commune named with its unit word, with the words it takes."""
        after = 0
        for index in self._commune_units.beginnings(reading):
            unit = self._commune_units.at(reading, index) if index >= after else None
            match = self._name_after(reading, unit) if unit else None
            if unit is None or match is None:
                continue
            kind = next(kind for kind in get_args(CommuneKind) if kind == unit.kind)
            place = self._mention(reading, index, match, kind)
            if place is not None:
                yield place
                after = match.after

    def bare_names(self, reading: Reading) -> list[PlaceMention]:
        """Communes named without a unit word, for the answer to a question that supplied it.

        A name of one syllable counts with its diacritics only, or as the whole reading.
        """
        found: list[PlaceMention] = []
        ends_of_districts = {first: after for first, after, _ in self.districts_by_word(reading)}
        index = 0
        while index < len(reading):
            if index in ends_of_districts:  # "quận Đống Đa" is not the ward of that name
                index = ends_of_districts[index]
                continue
            match = self._best_name(reading, index)
            whole = match is not None and match.first == 0 and match.after == len(reading)
            if match is None or not match.exact or not (self._is_plain(reading, match) or whole):
                index += 1
                continue
            place = self._mention(reading, index, match, None)
            if place is None:
                index += 1
                continue
            found.append(place.place)
            index = place.after_district  # the district's bare name may be a commune's too
        return found

    def districts(self, reading: Reading) -> list[DistrictMention]:
        """Every former district named with its unit word."""
        return [district for _, _, district in self.districts_by_word(reading)]

    def districts_by_word(self, reading: Reading) -> Iterator[tuple[int, int, DistrictMention]]:
        """Every former district named with its unit word, with the words [first, after) it takes."""
        after = 0
        for index in self._district_units.beginnings(reading):
            match = self._district_with_unit(reading, index) if index >= after else None
            if match is not None:
                start, end = reading.span(index, match.after)
                yield index, match.after, DistrictMention(start, end, reading.text[start:end], match.exact[0])
                after = match.after

    def district_named(self, reading: Reading) -> str | None:
        """The district whose bare name is the whole reading."""
        match = self._districts.best(reading, 0) if len(reading) else None
        return match.exact[0] if match and match.exact and match.after == len(reading) else None

    def bare_name_at(self, reading: Reading, first: int) -> PlaceWords | None:
        """The commune whose name, without a unit word, begins at a word."""
        match = self._best_name(reading, first)
        if match is None or not match.exact or not self._is_plain(reading, match):
            return None
        return self._mention(reading, first, match, None)

    def bare_district_at(self, reading: Reading, first: int) -> tuple[int, str] | None:
        """The former district whose name, without a unit word, begins at a word, and the word after it."""
        match = self._districts.best(reading, first)
        return (match.after, match.exact[0]) if match and match.exact else None

    def _best_name(self, reading: Reading, first: int) -> Match[Commune | VanishedName] | None:
        best: Match[Commune | VanishedName] | None = None
        for match in self._names.matches(reading, first):
            if self._runs_into_the_city(reading, match.after):
                continue
            if match.exact or best is None or not best.exact:
                best = match
        return best

    def _runs_into_the_city(self, reading: Reading, after: int) -> bool:
        # "phuong lang ha noi" is Láng, Hà Nội: a name may not end inside the city's name.
        for inside in range(1, len(self._city)):
            first = after - inside
            if first >= 0 and tuple(reading.words[first : first + len(self._city)]) == self._city:
                return True
        return False

    @staticmethod
    def _is_plain(reading: Reading, match: Match[Commune | VanishedName]) -> bool:
        return match.after - match.first > 1 or reading.marked(match.first, match.after)

    def _name_after(self, reading: Reading, unit: UnitWord) -> Match[Commune | VanishedName] | None:
        first = unit.after
        if first >= len(reading) or not _BEFORE_A_NAME.fullmatch(reading.gap_before(first)):
            return None
        match = self._best_name(reading, first)
        if match is None or (not match.exact and self._commune_units.at(reading, first) is not None):
            return None  # "xã, phường tự lo" names no place
        if unit.short:
            known = any(isinstance(named, Commune) and named.kind == unit.kind for named in (*match.exact, *match.near))
            dotted = "." in reading.gap_before(first)
            return match if match.exact and known and (dotted or self._is_plain(reading, match)) else None
        if (
            unit.kind == "xã"
            and not reading.marked(unit.after - 1, unit.after)
            and self._means_far(reading, unit, match)
        ):
            return None
        return match if match.exact or match.after - match.first > 1 else None

    @staticmethod
    def _means_far(reading: Reading, unit: UnitWord, match: Match[Commune | VanishedName]) -> bool:
        # "xa" is also "far": somebody who types diacritics elsewhere would have typed them on "xã" too.
        if reading.marked(unit.after - 1, unit.after):
            return False
        if reading.marked(match.first, match.after):
            return True
        return unit.after >= 2 and reading.spelled(unit.after - 2) is not None

    def _mention(
        self, reading: Reading, first: int, match: Match[Commune | VanishedName], kind: CommuneKind | None
    ) -> PlaceWords | None:
        named = match.exact or match.near
        of_kind = tuple(one for one in named if kind is None or one.kind == kind)
        if not of_kind and match.after - match.first == 1:
            return None
        named = of_kind or named  # people keep an old level word: what is written may still be only this place
        former = self._says_former(reading, match)
        start, end = reading.span(first, match.after)
        district_ids, after = self._district_after(reading, match.after + former)
        place = PlaceMention(
            start=start,
            end=end,
            text=reading.text[start:end],
            kind=kind,
            commune_ids=tuple(one.id for one in named if isinstance(one, Commune)),
            vanished=tuple(one for one in named if isinstance(one, VanishedName)),
            district_ids=district_ids,
            former=former,
            exact=bool(match.exact) and (bool(district_ids) or not self._goes_on(reading, match)),
        )
        return PlaceWords(first, match.after, after, place)

    def _goes_on(self, reading: Reading, match: Match[Commune | VanishedName]) -> bool:
        """Whether another capitalised word follows: "xã Tân Hưng Đông" is not Tân Hưng."""
        index = match.after
        if index >= len(reading) or reading.gap_before(index) != " " or not reading.same_line(index):
            return False
        if reading.words[index] in _AFTER_AN_ADDRESS or reading.words[index] in self._city[:1]:
            return False
        capitals = reading.capitalised(match.first) and reading.capitalised(index)
        return capitals and not reading.all_capitalised

    @staticmethod
    def _says_former(reading: Reading, match: Match[Commune | VanishedName]) -> bool:
        index = match.after
        if (
            index >= len(reading)
            or reading.words[index] != "cu"
            or not _BEFORE_FORMER.fullmatch(reading.gap_before(index))
        ):
            return False
        return reading.spelled(index) in (None, spelling("cũ"))

    def _district_after(self, reading: Reading, index: int) -> tuple[tuple[str, ...], int]:
        first = index + 1 if index < len(reading) and reading.words[index] == "thuoc" else index
        if first >= len(reading) or not _BEFORE_A_DISTRICT.fullmatch(reading.gap_before(first)):
            return (), index
        match = self._district_with_unit(reading, first) or self._districts.best(reading, first)
        return (match.exact, match.after) if match and match.exact else ((), index)

    def _district_with_unit(self, reading: Reading, index: int) -> Match[str] | None:
        unit = self._district_units.at(reading, index)
        if unit is None or unit.after >= len(reading) or not _BEFORE_A_NAME.fullmatch(reading.gap_before(unit.after)):
            return None
        match = self._districts.best(reading, unit.after)
        return match if match and match.exact else None


def _names_in_use(name: str) -> set[str]:
    """A commune's name and what people make of it: either half of a double name, a numbered one without its number."""
    return {name, *name.split(" - "), name.rstrip("0123456789 ")}
