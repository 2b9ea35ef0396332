"""The one door: everything a province's tables know about its places and agencies, ready to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from libs.places.agency_search import AgencySearch
from libs.places.folding import FoldedText
from libs.places.lineage import Lineage, commune_committees
from libs.places.model import (
    Agency,
    AgencyMention,
    Commune,
    DistrictMention,
    OfficeWord,
    PlaceMention,
    Resolution,
    Successor,
    Unknown,
    VanishedName,
)
from libs.places.place_search import PlaceSearch
from libs.places.reading import Reading
from libs.places.resolution import Resolver

_CITY_WORDS = ("thành phố ", "tỉnh ")


class Gazetteer:
    """Recognises the communes and agencies of one province, old and new, in any spelling. Built once from its rows."""

    def __init__(
        self,
        communes: Iterable[Commune],
        successors: Iterable[Successor],
        agencies: Iterable[Agency],
        vanished_names: Iterable[VanishedName] = (),
        office_words: Iterable[OfficeWord] = (),
    ) -> None:
        communes = tuple(communes)
        agencies = tuple(agencies)
        city = next((agency for agency in agencies if agency.level == "city"), None)
        known = {agency.id for agency in agencies}
        committees = commune_committees(communes, successors, city.id if city else "")
        self._agencies = agencies + tuple(one for one in committees if one.id not in known)
        self._lineage = Lineage(communes, self._agencies)
        self._search = PlaceSearch(communes, vanished_names, _city_name(city))
        self._resolver = Resolver(self._search, self._lineage)
        self._offices = AgencySearch(agencies, office_words, self._search, self._resolver, self._lineage)

    def commune(self, commune_id: str) -> Commune | None:
        """The commune of that id, whether in force or gone."""
        return self._lineage.commune(commune_id)

    def agency(self, agency_id: str) -> Agency | None:
        """The agency of that id, whether in force or gone; communes' committees bear their commune's id."""
        return self._lineage.agency(agency_id)

    def find_communes(self, text: str) -> list[PlaceMention]:
        """Every commune a text names with its unit word: "phường Láng", "p. Lang", "UBND xã X"."""
        return self._search.communes(Reading(text))

    def find_districts(self, text: str) -> list[DistrictMention]:
        """Every former district a text names with its unit word, to tell namesakes apart."""
        return self._search.districts(Reading(text))

    def resolve(
        self, place: PlaceMention | str, on: date, district_ids: Sequence[str] = (), *, today: date | None = None
    ) -> Resolution:
        """Find the commune of today meant by a mention or a name, or the ones to choose between.

        `on` is the day the text speaks of. `district_ids` are hints from elsewhere in the text. `today` is the day
        whose communes are wanted; without it, the last ones known.
        """
        if isinstance(place, PlaceMention):
            return self._resolver.resolve(place, on, district_ids, today)
        reading = Reading(place)
        places = self._search.communes(reading) or self._search.bare_names(reading)
        return self._resolver.resolve(places[0], on, district_ids, today) if places else Unknown()

    def resolve_answer(
        self, text: str, on: date, district_ids: Sequence[str] = (), *, today: date | None = None
    ) -> Resolution:
        """Find the commune meant by a reply to "phường, xã nào?": there a bare name is enough."""
        return self._resolver.resolve_answer(text, on, district_ids, today)

    def find_agencies(
        self, text: str, on: date, assigned_on: date | None = None, *, folded: FoldedText | None = None
    ) -> list[AgencyMention]:
        """Every agency or office a text names.

        `on` interprets names that meant different bodies at different times; `agency_ids` of a mention are in force
        on `assigned_on` (by default the same day) and only those may be given a case. `folded` is the text folded
        already, for who needs it for more than this question.
        """
        return self._offices.find(Reading(text, folded), on, assigned_on or on)

    def heirs_of_district(self, district_id: str) -> tuple[str, ...]:
        """Today's communes on the ground of a former district, those that took the most of it first."""
        return self._lineage.heirs_of_district(district_id)

    def today_of(self, agency_id: str, on: date) -> list[str]:
        """Who stands on a day where an agency or commune stood, through any number of reorganisations.

        Never one that is not in force on that day; empty when nobody is known.
        """
        return self._lineage.today_of(agency_id, on)


def _city_name(city: Agency | None) -> str:
    if city is None:
        return ""
    lowered = city.name.lower()
    return next((city.name[lowered.index(word) + len(word) :] for word in _CITY_WORDS if word in lowered), "")
