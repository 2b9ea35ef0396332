"""When a person should look before anything is done with a decision."""

from dataclasses import dataclass

from libs.contracts.vocabulary import Disposition, Kind

from .decision import Decision


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How sure each decision must be, between 0 and 1, to go on without a person."""

    disposition: float = 0.7
    kind: float = 0.55
    field: float = 0.5
    matter: float = 0.5
    unit: float = 0.6


def is_doubtful(decision: Decision, least: Thresholds, *, read_whole: bool) -> bool:
    """Whether any decision that the next step stands on is not sure enough, or the text was not read to its end."""
    sure = decision.confidence
    if not read_whole or sure.disposition < least.disposition:
        return True
    if decision.sensitive and decision.disposition is not Disposition.COMPLAINT_DENUNCIATION:
        return True
    if decision.disposition is not Disposition.IN_SCOPE:
        return False
    if (sure.kind or 0.0) < least.kind:
        return True
    if decision.kind is Kind.OFFICIAL_CONDUCT:
        return not decision.accused_unit or decision.accused_unit[0].score < least.unit
    return (sure.field or 0.0) < least.field or (sure.matter or 0.0) < least.matter
