"""From a name somebody used to a commune of today: by level word, district, date; and when to ask instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from libs.places.lineage import Lineage
from libs.places.model import Ambiguous, Commune, PlaceMention, Resolution, Resolved, Unknown, VanishedName
from libs.places.place_search import PlaceSearch
from libs.places.reading import Reading, words_of

# What surrounds the name in an answer to "which commune?": yes, I am at … ; … please. No district begins with one of
# the first or ends with one of the second, so the name itself stays whole.
_BEFORE_AN_ANSWER = frozenset(words_of("ở tại thuộc là nhà em tôi mình e t tui con cháu bên chỗ khu dạ vâng thì"))
_AFTER_AN_ANSWER = frozenset(words_of("ạ ah nhé nha nhỉ em bạn ơi"))


class Resolver:
    """Turns named places into today's communes, or says between which ones the citizen must choose."""

    def __init__(self, search: PlaceSearch, lineage: Lineage) -> None:
        self._search = search
        self._lineage = lineage

    def resolve(
        self, place: PlaceMention, on: date, district_ids: Sequence[str] = (), today: date | None = None
    ) -> Resolution:
        """Find the commune of today that a mention means.

        `on` is the day the text speaks of: a name in force that day wins over the same name of another time. A
        district written beside the place decides between namesakes; `district_ids`, from elsewhere, only when it can.
        """
        return _Question(self._lineage, place, on, tuple(district_ids), today).answer()

    def resolve_answer(
        self, text: str, on: date, district_ids: Sequence[str] = (), today: date | None = None
    ) -> Resolution:
        """Find the commune meant by a reply to "which ward or commune?", where a bare name is enough."""
        reading = Reading(text)
        places = self._search.communes(reading)
        districts = tuple(dict.fromkeys(one.district_id for one in self._search.districts(reading)))
        if not places:
            bare = Reading(_without_surroundings(reading))
            places = self._search.bare_names(reading) or self._search.bare_names(bare)
            district_id = self._search.district_named(bare)
            if district_id is not None:
                return self._commune_or_district(places, district_id, on, today)
        if not places:
            return self._only_districts(districts)
        outcomes = [self.resolve(place, on, districts or district_ids, today) for place in places]
        return outcomes[0] if len(outcomes) == 1 else _in_agreement(outcomes)

    def _only_districts(self, district_ids: tuple[str, ...]) -> Resolution:
        heirs = _unique(heir for district in district_ids for heir in self._lineage.heirs_of_district(district))
        return Ambiguous(heirs, "district_only") if heirs else Unknown()

    def _commune_or_district(
        self, places: list[PlaceMention], district_id: str, on: date, today: date | None
    ) -> Resolution:
        # "Đống Đa" was a district of hundreds of thousands of people before it was a ward.
        named = [heir for place in places for heir in places_of(self.resolve(place, on, today=today))]
        old_ids = _unique(commune_id for place in places for commune_id in place.commune_ids)
        heirs = _unique((*named, *self._lineage.heirs_of_district(district_id)))
        return Ambiguous(heirs, "district_namesake" if named else "district_only", old_ids)


class _Question:
    """One mention on one day: the communes it may mean, narrowed step by step."""

    def __init__(
        self, lineage: Lineage, place: PlaceMention, on: date, elsewhere: tuple[str, ...], today: date | None
    ) -> None:
        self._lineage = lineage
        self._place = place
        self._on = on
        self._elsewhere = elsewhere
        self._today = today
        self._communes = [one for one in map(lineage.commune, place.commune_ids) if one is not None]

    def answer(self) -> Resolution:
        place = self._place
        districts = place.district_ids or self._elsewhere
        if not self._communes:
            return self._vanished(place.vanished)
        if not place.exact:
            return Ambiguous(self._heirs(self._communes), "spelling", _ids_of_old(self._communes))
        meant = self._of_the_time_said()
        near = [one for one in meant if self._lineage.touches(one.id, districts)]
        vanished = self._vanished_then(districts)
        if vanished and not any(one.in_force(self._on) for one in near or meant):
            return self._vanished(vanished, near)
        if districts and not near and place.district_ids:
            here = tuple(name for name in place.vanished if name.district_id in districts)
            return (
                self._vanished(here) if here else Ambiguous(self._heirs(meant), "district_differs", _ids_of_old(meant))
            )
        if near and place.district_ids:
            return self._decide(self._narrow_in_district(near), by_district=len(near) < len(meant))
        return self._decide_with_a_hint(self._narrow_by_date(meant), near)

    def _decide_with_a_hint(self, communes: list[Commune], near: list[Commune]) -> Resolution:
        # A district named elsewhere picks among what the date leaves; against the date it only raises a doubt.
        hinted = [one for one in communes if one in near]
        if hinted:
            return self._decide(hinted, by_district=len(hinted) < len(communes))
        return self._decide(communes + near, by_district=False)

    def _vanished_then(self, districts: tuple[str, ...]) -> tuple[VanishedName, ...]:
        """The names since gone that were in force on the day."""
        named = (name for name in self._place.vanished if not districts or name.district_id in districts)
        return tuple(name for name in named if self._on <= name.valid_to)

    def _of_the_time_said(self) -> list[Commune]:
        gone = [one for one in self._communes if one.valid_to is not None]
        return gone if self._place.former and gone else self._communes

    def _narrow_in_district(self, communes: list[Commune]) -> list[Commune]:
        # A district is an old word: on a day without districts it may go with the old commune or, by habit, the new.
        standing = [one for one in communes if one.in_force(self._on)]
        if standing and all(one.district_id for one in standing):
            return standing
        return standing + [one for one in communes if one not in standing]

    def _narrow_by_date(self, communes: list[Commune]) -> list[Commune]:
        standing = [one for one in communes if one.in_force(self._on)]
        if not standing:
            return communes
        others = [one for one in communes if one not in standing]
        heirs = set(self._heirs(standing))
        if self._place.kind is None and any(heirs.isdisjoint(self._heirs([one])) for one in others):
            return standing + others  # without its level word the name may be that of another place
        return standing

    def _decide(self, communes: list[Commune], by_district: bool) -> Resolution:
        heirs = self._heirs(communes)
        old_ids = _ids_of_old(communes)
        if not heirs:
            return Unknown()
        if len(heirs) > 1:
            return Ambiguous(heirs, self._doubt(communes), old_ids)
        reason: Literal["current", "moved_whole", "same_heir", "chosen_by_district"]
        if by_district:
            reason = "chosen_by_district"
        elif len(communes) > 1:
            reason = "same_heir"
        else:
            reason = "moved_whole" if old_ids else "current"
        return Resolved(heirs[0], reason, old_ids)

    @staticmethod
    def _doubt(communes: list[Commune]) -> Literal["split", "old_and_new", "namesakes"]:
        if len(communes) == 1:
            return "split"
        return "namesakes" if all(one.valid_to is not None for one in communes) else "old_and_new"

    def _vanished(self, vanished: Sequence[VanishedName], near: Sequence[Commune] = ()) -> Resolution:
        districts = self._place.district_ids or self._elsewhere
        names = [name for name in vanished if name.district_id in districts] or vanished
        ground = (heir for name in names for heir in self._lineage.heirs_of_district(name.district_id))
        heirs = _unique((*self._heirs(near), *ground))
        return Ambiguous(heirs, "vanished") if heirs else Unknown()

    def _heirs(self, communes: Iterable[Commune]) -> tuple[str, ...]:
        lines = [self._lineage.heirs(one.id, self._today) for one in communes]
        return _unique((*(line[0] for line in lines if line), *(heir for line in lines for heir in line)))


def _without_surroundings(reading: Reading) -> str:
    first, after = 0, len(reading)
    while first < after and reading.words[first] in _BEFORE_AN_ANSWER:
        first += 1
    while after > first and reading.words[after - 1] in _AFTER_AN_ANSWER:
        after -= 1
    if first == after:
        return ""
    start, end = reading.span(first, after)
    return reading.text[start:end]


def _in_agreement(outcomes: list[Resolution]) -> Resolution:
    """Several places in one answer: where they agree ("Láng Thượng cũ, nay là Láng") is the place."""
    sets = [set(places_of(outcome)) for outcome in outcomes]
    agreed = set.intersection(*sets)
    old_ids = _unique(old for outcome in outcomes if not isinstance(outcome, Unknown) for old in outcome.old_ids)
    everything = _unique(place for outcome in outcomes for place in places_of(outcome))
    if len(agreed) == 1:
        return Resolved(agreed.pop(), "same_heir", old_ids)
    candidates = tuple(place for place in everything if not agreed or place in agreed)
    return Ambiguous(candidates, "namesakes", old_ids) if candidates else Unknown()


def places_of(outcome: Resolution) -> tuple[str, ...]:
    """The communes an outcome leaves possible, the likeliest first."""
    match outcome:
        case Resolved(place_id):
            return (place_id,)
        case Ambiguous(candidates):
            return candidates
        case Unknown():
            return ()


def _ids_of_old(communes: Iterable[Commune]) -> tuple[str, ...]:
    return tuple(one.id for one in communes if one.valid_to is not None)


def _unique(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
