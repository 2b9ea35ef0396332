"""From a verdict to a whole decision: matters, places, the accused, and when a person must look.

A verdict is what a classifier decides itself; everything else follows from it and from what the rules see.
"""

from dataclasses import dataclass
from typing import Final

from libs.contracts.vocabulary import AccusedPost, Disposition, Field, Kind, Nature, Urgency

from .conduct import accused_post
from .decision import AgencyScore, Confidence, Decision, MatterScore, Reason
from .elsewhere import refusal_of
from .office import accused_unit, places_of
from .rules import Rules, Seen

WITH_FIELD: Final = (Disposition.IN_SCOPE, Disposition.INQUIRY, Disposition.STATUS_LOOKUP)
_UNIT_UNKNOWN: Final = 0.4


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a classifier decides itself, with the words that led to it."""

    disposition: Disposition
    sure: float
    kind: Kind | None = None
    kind_sure: float | None = None
    nature: Nature | None = None
    nature_sure: float | None = None
    field: Field | None = None
    field_sure: float | None = None
    sensitive: bool = False
    reasons: tuple[Reason, ...] = ()
    sensitive_because: tuple[Reason, ...] = ()


def decision_of(verdict: Verdict, seen: Seen, rules: Rules, model_version: str) -> Decision:
    """The whole decision; whether a person must look is asked afterwards."""
    accused = _accused(verdict, seen)
    matters = _matters(verdict, seen, rules, accused.units)
    places = places_of(seen.offices, seen.known_place)
    named = seen.offices.named
    refusal = refusal_of(seen.evidence, verdict.disposition)
    return Decision(
        disposition=verdict.disposition,
        confidence=Confidence(
            disposition=verdict.sure,
            kind=verdict.kind_sure,
            nature=verdict.nature_sure,
            field=verdict.field_sure,
            matter=matters[0].score if matters else None,
            place=places[0].score if places else None,
        ),
        model_version=model_version,
        kind=verdict.kind,
        nature=verdict.nature,
        field=verdict.field,
        matters=matters,
        places=places,
        agency_level=seen.offices.level if named else None,
        agency_span=named.text if named else None,
        agency_start=named.start if named else None,
        agency_end=named.end if named else None,
        accused_unit=accused.units,
        accused_post=accused.post,
        urgency=Urgency.HIGH if seen.evidence.weight("urgency", "high") else Urgency.NORMAL,
        refusal=refusal,
        sensitive=verdict.sensitive,
        reasons=(
            *verdict.reasons,
            *_reasons(seen, accused),
            *(seen.evidence.reasons("refusal", refusal, refusal, limit=2) if refusal else ()),
            *verdict.sensitive_because,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Accused:
    units: tuple[AgencyScore, ...] = ()
    post: AccusedPost = AccusedPost.UNKNOWN
    because: tuple[Reason, ...] = ()


def _accused(verdict: Verdict, seen: Seen) -> _Accused:
    if verdict.kind is not Kind.OFFICIAL_CONDUCT and not verdict.sensitive:
        return _Accused()
    # What is held as sensitive may accuse somebody too: the shield needs to know whom.
    post, because = accused_post(seen.evidence)
    return _Accused(accused_unit(seen.offices, seen.known_place), post, because)


def _matters(verdict: Verdict, seen: Seen, rules: Rules, units: tuple[AgencyScore, ...]) -> tuple[MatterScore, ...]:
    """Who is competent: for conduct the row of the accused unit's tier, else the procedure."""
    if verdict.disposition not in WITH_FIELD:
        return ()
    if verdict.kind is not Kind.OFFICIAL_CONDUCT:
        # Matters of the field decided come first. Where there is none of it, any other would send the case astray.
        found = sorted(seen.topic.matters, key=lambda one: rules.field_of(one.matter) is not verdict.field)
        return tuple(found) if found and rules.field_of(found[0].matter) is verdict.field else ()
    matter = rules.conduct_row(seen, units[0].agency_id if units else None)
    return (MatterScore(matter, units[0].score if units else _UNIT_UNKNOWN),) if matter else ()


def _reasons(seen: Seen, accused: _Accused) -> tuple[Reason, ...]:
    reasons = list(seen.offices.reasons("place"))
    if seen.known_place is not None:
        reasons.append(Reason("place", "confirmed_by_sender"))
    if accused.units:
        reasons += seen.offices.reasons("accused_unit") or (Reason("accused_unit", "confirmed_by_sender"),)
    reasons += accused.because
    reasons += seen.evidence.reasons("urgency", Urgency.HIGH, "urgent", limit=2)
    return tuple(reasons)
