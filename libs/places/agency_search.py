"""Agencies and offices in a text: by their own names, or by an office word and the place it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from libs.places.folding import has_diacritics
from libs.places.lineage import Lineage
from libs.places.model import Agency, AgencyMention, How, Level, OfficeWord, PlaceMention, Unknown
from libs.places.place_search import PlaceSearch, PlaceWords
from libs.places.reading import Lexicon, Match, Reading, best_of, words_of
from libs.places.resolution import Resolver, places_of
from libs.places.unit_word import ends_another_word, lacks_its_mark

_LONGEST_UNKNOWN_NAME = 4

# An office word counts after a word that says where one went or who works there ...
_GOING = frozenset(words_of("ra lên đến tới"))
_LOCATING = _GOING | frozenset(words_of("ở tại bên qua sang vào nộp bộ viên đạo quan của"))
# ... and the city as the one addressed only after a word of asking or writing.
_ADDRESSING = frozenset(words_of("nghị mong gửi xin cầu thưa nhờ nhắn ý phía"))
_BRANCH = words_of("chi nhánh")


_OfficeWords = dict[int, list[Match[OfficeWord]]]
_Offices = dict[int, tuple[OfficeWord, int]]


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where an office word may point: a commune or a former district named in the text."""

    first: int
    after: int
    after_district: int
    level: Level
    named_ids: tuple[str, ...]
    place: PlaceMention | None = None
    place_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    first: int
    after: int
    mention: AgencyMention


class AgencySearch:
    """Finds the agencies a text names and says who may be given the case on the day of assignment."""

    def __init__(
        self,
        agencies: Iterable[Agency],
        office_words: Iterable[OfficeWord],
        search: PlaceSearch,
        resolver: Resolver,
        lineage: Lineage,
    ) -> None:
        self._search = search
        self._resolver = resolver
        self._lineage = lineage
        self._names: Lexicon[Agency] = Lexicon()
        self._offices: Lexicon[OfficeWord] = Lexicon()
        for agency in agencies:
            if agency.level in ("commune", "district"):
                continue  # named by an office word and their place
            for name in dict.fromkeys((agency.name, agency.short_name, *agency.aliases)):
                self._names.add(name, agency)
        for word in office_words:
            self._offices.add(word.phrase, word)

    def find(self, reading: Reading, on: date, assigned_on: date) -> list[AgencyMention]:
        """Every agency or office named, in the order of the text, none overlapping.

        `on` interprets the names; `agency_ids` are in force on `assigned_on`.
        """
        days = _Days(on, assigned_on)
        words = {
            index: list(self._offices.matches(reading, index))
            for index in self._offices.beginnings(reading)
            if not (ends_another_word(reading, index) or lacks_its_mark(reading, index))
        }
        offices = _before_places(reading, words)
        found = [self._at_ground(reading, ground, offices, days) for ground in self._grounds(reading, offices, days)]
        taken = {index for one in found for index in range(one.first, one.after)}
        candidates = [*self._named(reading, days), *self._on_their_own(reading, words, days)]
        for one in sorted(candidates, key=lambda one: (one.first - one.after, one.first)):
            if taken.isdisjoint(range(one.first, one.after)):
                found.append(one)
                taken.update(range(one.first, one.after))
        return [one.mention for one in sorted(found, key=lambda one: one.first)]

    def _grounds(self, reading: Reading, offices: _Offices, days: _Days) -> list[_Ground]:
        grounds: list[_Ground] = []
        taken: set[int] = set()
        districts = list(self._search.districts_by_word(reading))
        named = {district.district_id for _, _, district in districts}
        hint = tuple(named) if len(named) == 1 else ()
        for found in self._search.communes_by_word(reading):
            grounds.append(self._commune_ground(found, hint, days))
            taken.update(range(found.first, found.after_district))
        for first, after, district in districts:
            if taken.isdisjoint(range(first, after)):
                grounds.append(_Ground(first, after, after, "district", (district.district_id,)))
                taken.update(range(first, after))
        grounds.extend(self._bare_grounds(reading, offices, days, taken))
        return grounds

    def _commune_ground(self, found: PlaceWords, hint: tuple[str, ...], days: _Days) -> _Ground:
        outcome = self._resolver.resolve(found.place, days.on, hint, days.assigned_on)
        place_ids = places_of(outcome)
        old_ids = found.place.commune_ids if isinstance(outcome, Unknown) else outcome.old_ids
        return _Ground(
            found.first, found.after, found.after_district, "commune", old_ids or place_ids, found.place, place_ids
        )

    def _bare_grounds(self, reading: Reading, offices: _Offices, days: _Days, taken: set[int]) -> Iterator[_Ground]:
        """Names without a unit word right after an office word: "UBND Láng Hạ", "công an Hà Đông"."""
        for index, (word, _) in offices.items():
            if index in taken or not word.in_span:
                continue
            district = self._search.bare_district_at(reading, index)
            commune = self._search.bare_name_at(reading, index)
            if district is not None and (commune is None or self._still_a_district(district[1], days)):
                yield _Ground(index, district[0], district[0], "district", (district[1],))
            elif commune is not None:
                yield self._commune_ground(commune, (), days)

    def _still_a_district(self, district_id: str, days: _Days) -> bool:
        agency = self._lineage.agency(district_id)
        return agency is not None and agency.in_force(days.on)

    def _at_ground(self, reading: Reading, ground: _Ground, offices: _Offices, days: _Days) -> _Found:
        word, first = offices.get(ground.first, (None, ground.first))
        begins = _with_branch(reading, first) if word is not None and word.in_span else ground.first
        start, end = reading.span(begins, ground.after)
        named_ids = ground.named_ids
        agency_ids = ground.place_ids or self._in_force(named_ids, days)
        if ground.place is not None and not ground.place.exact:
            agency_ids = ()  # perhaps a place of another province: nobody here answers for it unasked
        if word is not None and word.agency_ids:
            named_ids = self._of_the_time(word.agency_ids, days)
            agency_ids = self._in_force(named_ids, days)
        mention = AgencyMention(
            start=start,
            end=end,
            text=reading.text[start:end],
            how="place" if word is None else "office",
            level=(word.level if word is not None and word.agency_ids else None) or ground.level,
            named_ids=named_ids,
            agency_ids=agency_ids,
            place=ground.place,
            place_ids=ground.place_ids,
        )
        return _Found(first, ground.after_district, mention)

    def _named(self, reading: Reading, days: _Days) -> Iterator[_Found]:
        for index in self._names.beginnings(reading):
            match = self._names.best(reading, index)
            if match is None or not match.exact:
                continue
            named_ids = self._of_the_time(tuple(dict.fromkeys(agency.id for agency in match.exact)), days)
            level = next(agency.level for agency in match.exact if agency.id in named_ids)
            start, end = reading.span(_with_branch(reading, index), match.after)
            agency_ids = self._in_force(named_ids, days)
            mention = AgencyMention(start, end, reading.text[start:end], "name", level, named_ids, agency_ids)
            yield _Found(index, match.after, mention)

    def _on_their_own(self, reading: Reading, words: _OfficeWords, days: _Days) -> Iterator[_Found]:
        """Office words without a known place: "công an phường", "lên xã", "UBND xã Tân Hưng Đông"."""
        for index, matches in words.items():
            match = best_of(matches)
            word = next((word for word in match.exact if word.alone != "no"), None) if match else None
            if match is None or word is None:
                continue
            after = _end_of_unknown_name(reading, match.after) if word.level in ("commune", "district") else match.after
            if after == match.after and not _counts(reading, index, match.after, word):
                continue
            named_ids = self._of_the_time(word.agency_ids, days) if after == match.after else ()
            start, end = reading.span(_with_branch(reading, index), after)
            mention = AgencyMention(
                start=start,
                end=end,
                text=reading.text[start:end],
                how="elsewhere" if after > match.after else _how_alone(word, named_ids),
                level=word.level,
                named_ids=named_ids,
                agency_ids=self._in_force(named_ids, days),
            )
            yield _Found(index, after, mention)

    def _of_the_time(self, agency_ids: tuple[str, ...], days: _Days) -> tuple[str, ...]:
        """Of the agencies that bore one name, the one of that day; when the day fits none, the last to bear it."""
        agencies = [agency for agency in map(self._lineage.agency, agency_ids) if agency is not None]
        standing = tuple(agency.id for agency in agencies if agency.in_force(days.on))
        if standing or not agencies:
            return standing
        return (max(agencies, key=lambda agency: agency.valid_to or date.max).id,)

    def _in_force(self, agency_ids: tuple[str, ...], days: _Days) -> tuple[str, ...]:
        heirs = (heir for one in agency_ids for heir in self._lineage.today_of(one, days.assigned_on))
        return tuple(dict.fromkeys(heirs))


@dataclass(frozen=True, slots=True)
class _Days:
    on: date
    assigned_on: date


def _how_alone(word: OfficeWord, named_ids: tuple[str, ...]) -> How:
    """How an office word without a place speaks: a body of its own, a function whose place is to be told, or a tier."""
    if named_ids or word.level is None:
        return "office"
    return "function" if word.in_span else "unnamed"


def _before_places(reading: Reading, words: _OfficeWords) -> _Offices:
    """By the word they stand right before: the longest office words, as words of a place, not of themselves."""
    offices: _Offices = {}
    for first, matches in words.items():
        for match in matches:
            of_a_place = [word for word in match.exact if not word.outside_the_tiers]
            if of_a_place and match.after < len(reading) and reading.joins(match.after):
                word = next((word for word in of_a_place if word.alone == "no"), of_a_place[0])
                offices.setdefault(match.after, (word, first))
    return offices


def _counts(reading: Reading, first: int, after: int, word: OfficeWord) -> bool:
    previous = reading.words[first - 1] if first else ""
    if word.alone == "addressed":
        return previous in _ADDRESSING
    if word.alone == "located":
        # "xa" and "so" are too many words when typed without diacritics: there only going somewhere tells.
        bare = len(reading.words[first]) <= 2 and has_diacritics(word.phrase) and not reading.marked(first, after)
        return previous in (_GOING if bare else _LOCATING)
    return True


def _with_branch(reading: Reading, first: int) -> int:
    """Where an office begins whose branch is told before it: "chi nhánh số 3 trung tâm phục vụ hành chính công"."""
    before = first
    if first >= 2 and reading.words[first - 1].isdigit() and reading.words[first - 2] == "so":
        before = first - 2
    if before < 2 or tuple(reading.words[before - 2 : before]) != _BRANCH:
        return first
    return before - 2 if all(reading.joins(index) for index in range(before - 1, first + 1)) else first


def _end_of_unknown_name(reading: Reading, first: int) -> int:
    """Where a capitalised name that the tables do not know ends: an office of another province or a misspelling."""
    if reading.all_capitalised:
        return first
    index = first
    while index < min(len(reading), first + _LONGEST_UNKNOWN_NAME):
        if not (reading.joins(index) and reading.same_line(index) and reading.capitalised(index)):
            break
        index += 1
    return index
