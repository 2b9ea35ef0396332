"""What triage decides about one text. The shapes mirror the event `Classified`, field by field."""

from dataclasses import dataclass

from libs.contracts.vocabulary import (
    AccusedPost,
    AgencyId,
    AgencyLevel,
    Disposition,
    Field,
    Kind,
    MatterCode,
    Nature,
    PlaceId,
    RefusalReason,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a decision was taken: the words that led to it, verbatim, and the rule that read them."""

    decision: str
    rule: str
    words: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class MatterScore:
    matter: MatterCode
    score: float


@dataclass(frozen=True, slots=True)
class PlaceScore:
    place_id: PlaceId
    score: float


@dataclass(frozen=True, slots=True)
class AgencyScore:
    agency_id: AgencyId
    score: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure each decision is, between 0 and 1; None where there was nothing to decide."""

    disposition: float
    kind: float | None = None
    nature: float | None = None
    field: float | None = None
    matter: float | None = None
    place: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything decided about one text, with the reasons an officer reads at the desk."""

    disposition: Disposition
    confidence: Confidence
    model_version: str
    kind: Kind | None = None
    nature: Nature | None = None
    field: Field | None = None
    matters: tuple[MatterScore, ...] = ()
    places: tuple[PlaceScore, ...] = ()
    agency_level: AgencyLevel | None = None
    agency_span: str | None = None
    agency_start: int | None = None
    agency_end: int | None = None
    accused_unit: tuple[AgencyScore, ...] = ()
    accused_post: AccusedPost = AccusedPost.UNKNOWN
    urgency: Urgency = Urgency.NORMAL
    refusal: RefusalReason | None = None
    sensitive: bool = False
    needs_review: bool = False
    reasons: tuple[Reason, ...] = ()
