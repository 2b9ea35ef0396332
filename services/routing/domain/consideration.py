"""How a decision is taken so that people can follow it: every rule looked at, whether it held, and why."""

from dataclasses import dataclass, field
from enum import StrEnum

from libs.contracts.vocabulary import Desk, MatterCode
from libs.places import Agency


class Rule(StrEnum):
    """The rules of an assignment, in the order they are looked at."""

    NOT_SENSITIVE = "not_sensitive"
    IN_SCOPE = "in_scope"
    COMPLETE = "complete"
    CERTAIN = "certain"
    MATTER_KNOWN = "matter_known"
    PLACE_KNOWN = "place_known"
    AGENCY_NAMED = "agency_named"
    ACCUSED_UNIT_KNOWN = "accused_unit_known"
    VALID_ON_DAY = "valid_on_day"
    ONE_AGENCY = "one_agency"
    INSIDE_CITY = "inside_city"
    BELOW_CITY_LEVEL = "below_city_level"
    UNDER_THE_CITY = "under_the_city"
    ACCUSED_IS_STAFF = "accused_is_staff"
    CONFIRMED = "confirmed"


class OfficeReason(StrEnum):
    """Why a case stands on the Office's desk."""

    NOT_CLASSIFIED = "not_classified"
    NOT_IN_SCOPE = "not_in_scope"
    SENSITIVE = "sensitive"
    INCOMPLETE = "incomplete"
    NEEDS_REVIEW = "needs_review"
    MATTER_UNKNOWN = "matter_unknown"
    PLACE_UNKNOWN = "place_unknown"
    AGENCY_NOT_NAMED = "agency_not_named"
    ACCUSED_UNIT_UNKNOWN = "accused_unit_unknown"
    ACCUSED_LEADER = "accused_leader"
    SEVERAL_COMPETENT = "several_competent"
    SEVERAL_SUCCESSORS = "several_successors"
    NO_SUCCESSOR = "no_successor"
    CITY_LEVEL = "city_level"
    OUTSIDE_CITY = "outside_city"
    RETURNED = "returned"
    SHIELD_STANDS = "shield_stands"
    WROTE_AGAIN = "wrote_again"
    """The machine ended the sender's last case: now a person reads."""
    ADDED_AFTER_END = "added_after_end"
    """It was over, and then its sender told more."""


@dataclass(frozen=True, slots=True)
class RuleConsidered:
    """One rule, whether it held, and why, in words for officers."""

    rule: Rule
    held: bool
    because: str


@dataclass(frozen=True, slots=True)
class Found:
    """The agency the rules lead to, and the desk there."""

    agency: Agency
    desk: Desk
    matter: MatterCode | None
    office_copy: bool = False
    covering_note: bool = False
    """The agency is not under the city: the case goes with a covering note."""
    confirmed: bool = True
    """False while the province has not confirmed the competence ("chưa xác nhận")."""


@dataclass(slots=True)
class Considered:
    """Collects the rules as they are looked at. The first gate that does not hold is the obstacle."""

    rules: list[RuleConsidered] = field(default_factory=list)
    obstacle: OfficeReason | None = None

    def gate(self, rule: Rule, held: bool, because: str, otherwise: OfficeReason) -> bool:
        """A rule without which no machine assigns."""
        self.rules.append(RuleConsidered(rule, held, because))
        if not held and self.obstacle is None:
            self.obstacle = otherwise
        return held

    def remark(self, rule: Rule, held: bool, because: str) -> bool:
        """A rule that changes how the case is given, not whether."""
        self.rules.append(RuleConsidered(rule, held, because))
        return held
