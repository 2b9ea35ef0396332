"""What is known of a case when its owner is to be chosen."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from libs.contracts.vocabulary import (
    AccusedPost,
    AgencyId,
    Disposition,
    Field,
    Kind,
    MatterCode,
    PlaceId,
    RefusalReason,
    Urgency,
)

C = TypeVar("C", bound=str)


@dataclass(frozen=True, slots=True)
class Scored(Generic[C]):
    """One candidate with the classifier's score, between 0 and 1."""

    of: C
    score: float


@dataclass(frozen=True, slots=True)
class Facts:
    """The classification of a feedback, with what intake knows better."""

    disposition: Disposition
    kind: Kind | None = None
    field: Field | None = None
    matters: tuple[Scored[MatterCode], ...] = ()
    confirmed_place: PlaceId | None = None
    """From the citizen's own answer; wins over `places`."""
    places: tuple[Scored[PlaceId], ...] = ()
    accused_units: tuple[Scored[AgencyId], ...] = ()
    accused_post: AccusedPost = AccusedPost.UNKNOWN
    urgency: Urgency = Urgency.NORMAL
    refusal: RefusalReason | None = None
    """Of what is not handled here: why, where its words tell."""
    sensitive: bool = False
    needs_review: bool = False
    incomplete: bool = False

    @property
    def suspected_denunciation(self) -> bool:
        """Whether it may be a complaint or denunciation, or would expose its sender."""
        return self.sensitive or self.disposition is Disposition.COMPLAINT_DENUNCIATION

    @property
    def shielded(self) -> bool:
        """Whether the accused unit's ordinary officers must see nothing of the case."""
        return self.suspected_denunciation or self.kind is Kind.OFFICIAL_CONDUCT


def leading(candidates: tuple[Scored[C], ...], tie_margin: float) -> tuple[Scored[C], ...]:
    """The best candidate and those too close behind it to be told apart, best first."""
    ordered = sorted(candidates, key=lambda candidate: candidate.score, reverse=True)
    return tuple(one for one in ordered if ordered[0].score - one.score < tie_margin)


def the_place(facts: Facts, tie_margin: float) -> PlaceId | None:
    """The commune of the matter, or nothing when it is unknown or two are equally likely."""
    if facts.confirmed_place is not None:
        return facts.confirmed_place
    likely = {candidate.of for candidate in leading(facts.places, tie_margin)}
    return likely.pop() if len(likely) == 1 else None
