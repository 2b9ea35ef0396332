"""When a person must look at a decision of the model before anything is done with it.

Wrongly dismissed is worse than wrongly asked: a citizen whose feedback vanishes as spam never hears of it. Therefore a
dismissal must be surer than any other decision, and the rules must not see a feedback where the model sees none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from libs.contracts.vocabulary import Disposition, Kind

from .decision import Decision
from .linear import Judgement

DISMISSING: Final = (Disposition.SPAM_ADS, Disposition.OUT_OF_SCOPE_OTHER, Disposition.INSUFFICIENT)
ANSWERING: Final = (Disposition.INQUIRY, Disposition.STATUS_LOOKUP)
"""The sender is told where to read on, and no agency hears of it."""
ENDING: Final = (*DISMISSING, *ANSWERING)
"""Nobody looks into it any more once it goes on alone."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Shares between 0 and 1. Source of the defaults: what they cost and keep is measured in docs/triage.md."""

    disposition: float = 0.47
    """An ordinary decision goes on alone from here."""
    dismissed_in_scope: float = 0.05
    """A dismissal goes on alone while an ordinary feedback is at most this probable."""
    answered_in_scope: float = 0.07
    """The same for a question or a look-up, which at least is answered."""
    sensitive_from: float = 0.1
    """From this probability of a complaint or denunciation a text is held back."""
    kind: float = 0.5
    field: float = 0.4
    matter: float = 0.5
    """What the table of competence says, where it says anything: without a matter routing asks a person itself."""
    unit: float = 0.6
    """Below it several units may be meant, as where a district has many heirs; without one routing asks itself."""


def is_doubtful(
    decision: Decision, judged: Judgement, rules_say: Callable[[], Disposition], least: Policy, *, read_whole: bool
) -> bool:
    """Whether any decision that the next step stands on is not sure enough, or the text was not read to its end.

    The rules are asked only about what may be dismissed.
    """
    sure = decision.confidence
    if not read_whole or sure.disposition < least.disposition:
        return True
    if decision.sensitive and decision.disposition is not Disposition.COMPLAINT_DENUNCIATION:
        return True
    if decision.disposition in DISMISSING:
        return judged.of(Disposition.IN_SCOPE) > least.dismissed_in_scope or rules_say() is Disposition.IN_SCOPE
    if decision.disposition in ANSWERING:
        return judged.of(Disposition.IN_SCOPE) > least.answered_in_scope
    if decision.disposition is not Disposition.IN_SCOPE:
        return False
    if (sure.kind or 0.0) < least.kind or (sure.field or 0.0) < least.field:
        return True
    if decision.kind is Kind.OFFICIAL_CONDUCT:
        return any(unit.score < least.unit for unit in decision.accused_unit[:1])
    return sure.matter is not None and sure.matter < least.matter
