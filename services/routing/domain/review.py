"""Classifications a person looks at again: which ones, in what order, and what a decision about one brings about."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Final

from libs.contracts.vocabulary import (
    Desk,
    Disposition,
    Field,
    Kind,
    MatterCode,
    Nature,
    Urgency,
)

from .assignment import ABOUT_THE_CASE_ITSELF, Assignment, NeedsOffice, assign
from .case import Case
from .consideration import OfficeReason
from .ending import Ending, suggested_refusal
from .facts import Facts
from .permission import Action, Officer, lenses
from .province import Province
from .workflow import REVIEWED_STATES

DOUBTED: Final = ABOUT_THE_CASE_ITSELF | {OfficeReason.MATTER_UNKNOWN}
"""Reasons to stand on the Office's desk that put the classification itself in doubt."""
OFFICE_DESKS: Final = frozenset({Desk.OFFICE, Desk.OFFICE_SENSITIVE})

_WITH_FIELD: Final = frozenset({Disposition.IN_SCOPE, Disposition.INQUIRY, Disposition.STATUS_LOOKUP})
_NEVER_AT_ONCE: Final = frozenset({Disposition.COMPLAINT_DENUNCIATION})


class Risk(IntEnum):
    """What a wrong classification could cost, the worst first."""

    SENSITIVE = 1
    """It could expose who sent it."""
    URGENT = 2
    DISMISSED = 3
    """Nobody would look into it."""
    ORDINARY = 4


def risk_of(*, sensitive: bool, urgency: Urgency, disposition: Disposition | None) -> Risk:
    """How soon a person should look at a case, before its deadline is asked."""
    if sensitive:
        return Risk.SENSITIVE
    if urgency is Urgency.HIGH:
        return Risk.URGENT
    return Risk.ORDINARY if disposition in (None, Disposition.IN_SCOPE) else Risk.DISMISSED


def reviews(officer: Officer) -> bool:
    """Whether an officer is one of those who look at classifications again."""
    return officer.of_office and bool(lenses(officer, Action.CLASSIFY))


def is_doubted(case: Case) -> bool:
    """Whether a person can still say what a case is about before anybody decides whose it is."""
    return case.state in REVIEWED_STATES and case.guard.desk in OFFICE_DESKS and case.office_reason in DOUBTED


@dataclass(frozen=True, slots=True)
class Label:
    """What a feedback is about, as a person says; what does not apply to its disposition is left out.

    Source: the triage labelling guide, its table of records.
    """

    disposition: Disposition
    kind: Kind | None = None
    nature: Nature | None = None
    field: Field | None = None
    matter: MatterCode | None = None

    @property
    def applicable(self) -> "Label":
        """The same without what its disposition has no room for."""
        in_scope = self.disposition is Disposition.IN_SCOPE
        return Label(
            self.disposition,
            kind=self.kind if in_scope else None,
            nature=self.nature if in_scope else None,
            field=self.field if self.disposition in _WITH_FIELD else None,
            matter=self.matter if in_scope else None,
        )

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing without which nobody could go by it."""
        return self.disposition is not Disposition.IN_SCOPE or self.kind is not None


def ending_at_once(facts: Facts) -> Ending | None:
    """How a case ends when a person confirms that nothing is to be looked into; None where one must think."""
    if facts.disposition in _NEVER_AT_ONCE:
        return None
    if facts.disposition is Disposition.STATUS_LOOKUP:
        return Ending(None)
    refusal = suggested_refusal(facts)
    return Ending(refusal) if refusal else None


class Settled(StrEnum):
    """How a decision ended."""

    CARRIED_OUT = "carried_out"
    TAKEN_BACK = "taken_back"
    CASE_CHANGED = "case_changed"
    """Somebody or something else was quicker: it was meant for a case that is no longer so."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides about a classification."""

    label: Label
    only_label: bool = False
    """Nothing is told to the citizen yet: the reason of a refusal is chosen at leisure."""


def effect_of(
    decision: Decision, facts: Facts, province: Province, on: date, *, shielded: bool
) -> Assignment | NeedsOffice | Ending:
    """What a decision brings about; `facts` are those of the label, `shielded` is the case so far.

    No case under suspicion of a denunciation leaves the Office by it, and no shield is opened by it: whoever wants
    that says so on the case's own page, with a reason.

    Source: design, section 4 "Conduct shield".
    """
    decided = assign(facts, province, on)
    if facts.suspected_denunciation:
        return decided
    ending = ending_at_once(facts)
    if ending is not None:
        return decided if decision.only_label else ending
    if isinstance(decided, Assignment) and shielded and not facts.shielded:
        found = decided.found
        return NeedsOffice(OfficeReason.SHIELD_STANDS, Desk.OFFICE, decided.rules, proposed=found.agency)
    return decided
