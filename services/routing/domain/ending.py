"""What the machine ends without a person: what surely is no feedback, and only once for each sender.

Source: design, section 4, point 4.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from libs.contracts.vocabulary import Disposition, RefusalReason, Urgency

from .facts import Facts

LOOK_UP: Final = "status_lookup"
"""The reason of a closing that intake answers with where the sender's cases stand."""
MACHINE_MAY_END: Final = frozenset(
    {Disposition.SPAM_ADS, Disposition.OUT_OF_SCOPE_OTHER, Disposition.INQUIRY, Disposition.STATUS_LOOKUP}
)
"""Never what is handled here, what may be a denunciation, nor what is too short to be understood."""

_USUAL_REFUSALS: Final = {
    Disposition.SPAM_ADS: RefusalReason.TCH10,
    Disposition.OUT_OF_SCOPE_OTHER: RefusalReason.TCH04,
    Disposition.INQUIRY: RefusalReason.TCH03,
    Disposition.INSUFFICIENT: RefusalReason.TCH07,
    Disposition.COMPLAINT_DENUNCIATION: RefusalReason.TCH02,
}
"""What the Office would most likely answer; it decides itself."""
_MUST_BE_TOLD: Final = frozenset({Disposition.OUT_OF_SCOPE_OTHER})
"""Several reasons are possible: the machine names none that the words do not tell."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A case that no agency looks into."""

    refusal: RefusalReason | None
    """None: a look-up, which intake answers."""


def suggested_refusal(facts: Facts) -> RefusalReason | None:
    """What the Office would most likely answer."""
    return facts.refusal or _USUAL_REFUSALS.get(facts.disposition)


def ending_of(facts: Facts, allowed: Collection[Disposition]) -> Ending | None:
    """How the machine ends a case alone, where the city allows it; None when a person has to look.

    Triage was sure, nothing may be a denunciation, nobody is in danger, and the citizen finished what he wrote.
    Whether he was answered by the machine before is for the caller to ask: then a person reads it.
    """
    disposition = facts.disposition
    if disposition not in MACHINE_MAY_END or disposition not in allowed:
        return None
    if facts.needs_review or facts.shielded or facts.incomplete or facts.urgency is Urgency.HIGH:
        return None
    if disposition in _MUST_BE_TOLD and facts.refusal is None:
        return None
    return Ending(None if disposition is Disposition.STATUS_LOOKUP else suggested_refusal(facts))
