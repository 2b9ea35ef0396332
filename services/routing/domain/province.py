"""What a province decides, as the rules need it: directory, competences, clocks, calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from libs.contracts.vocabulary import AgencyId, Field, MatterCode

from .calendar import WorkingCalendar
from .deadline import ClockRules
from .directory import Directory


class Marker(StrEnum):
    """Answers of the competence table that depend on the case."""

    COMMUNE = "@COMMUNE"
    """The People's Committee of the commune the matter lies in, not of the sender's."""
    DISTRICT = "@DISTRICT"
    """The district of that commune while there were districts, else the commune."""
    AGENCY_NAMED = "@AGENCY_NAMED"
    """The agency the text names."""


@dataclass(frozen=True, slots=True)
class Competence:
    """Who answers for a matter in a period of time."""

    matter: MatterCode
    name: str
    answers: Marker | AgencyId
    confirmed: bool = True
    """False while the row rests on general knowledge and the province has not confirmed it."""
    valid_from: date | None = None
    valid_to: date | None = None
    field: Field | None = None
    """Nothing: it may arise in any."""

    def valid_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @property
    def needs_place(self) -> bool:
        """Whether nobody can say who answers without the commune."""
        return self.answers in (Marker.COMMUNE, Marker.DISTRICT)


@dataclass(frozen=True, slots=True)
class Province:
    """One province's tables."""

    directory: Directory
    competences: Mapping[MatterCode, tuple[Competence, ...]]
    clocks: ClockRules
    calendar: WorkingCalendar
    tie_margin: float = 0.1
    """Candidates whose scores differ by less cannot be told apart."""
