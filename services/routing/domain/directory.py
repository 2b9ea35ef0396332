"""Everybody a case can be given to, and who an agency is on a given day."""

from dataclasses import dataclass
from datetime import date

from libs.contracts.vocabulary import AgencyId, PlaceId
from libs.places import Agency, Gazetteer


@dataclass(frozen=True, slots=True)
class Current:
    """The one agency that stands on the day for the agency asked about."""

    agency: Agency
    instead_of: Agency | None = None
    """The agency asked about, when it is another."""


@dataclass(frozen=True, slots=True)
class Split:
    """Several agencies took over, and nothing says which of them is meant."""

    gone: Agency
    heirs: tuple[Agency, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """The agency does not exist on the day, or not at all, and nobody took over."""

    agency_id: AgencyId


@dataclass(frozen=True, slots=True)
class Directory:
    """The city's agencies through time, communes' People's Committees among them under their communes' ids."""

    gazetteer: Gazetteer
    office_id: AgencyId
    """The city's focal unit."""
    home_affairs_id: AgencyId
    """Who answers for the conduct of leaders."""

    def current(self, agency_id: AgencyId, on: date, place_id: PlaceId | None = None) -> Current | Split | Gone:
        """Who an agency is on a day: itself, its successor's successor …, or of several heirs the place's commune.

        Source: domain rules 5.2, rule 3.
        """
        asked = self.agency(agency_id)
        heirs = self.heirs(agency_id, on)
        if asked is None or not heirs:
            return Gone(agency_id)
        if len(heirs) > 1 and place_id is not None:
            of_the_place = self.heirs(AgencyId(place_id), on)
            heirs = tuple(heir for heir in heirs if heir in of_the_place) or heirs
        if len(heirs) > 1:
            return Split(asked, heirs)
        return Current(heirs[0], instead_of=None if heirs[0] is asked else asked)

    def heirs(self, agency_id: AgencyId, on: date) -> tuple[Agency, ...]:
        """The agencies in force on a day in which an agency lives on, itself included."""
        agencies = (self.gazetteer.agency(heir) for heir in self.gazetteer.today_of(agency_id, on))
        return tuple(agency for agency in agencies if agency is not None)

    def agency(self, agency_id: AgencyId) -> Agency | None:
        """The agency with that id, in force or gone."""
        return self.gazetteer.agency(agency_id)

    def name_of(self, agency_id: AgencyId) -> str:
        """What an agency is called, for people; its id when nobody knows it."""
        agency = self.agency(agency_id)
        return agency.name if agency else agency_id

    def short_name_of(self, agency_id: AgencyId) -> str:
        """What citizens know it as, e.g. `UBND phường Láng`; its id when nobody knows it."""
        agency = self.agency(agency_id)
        return agency.short_name if agency else agency_id

    def vertical(self, agency: Agency) -> bool:
        """Whether it works in the city but answers to a central body: police, tax, social insurance …"""
        parent = self.gazetteer.agency(agency.parent_id) if agency.parent_id else None
        return agency.level != "central" and parent is not None and parent.level == "central"
