"""From what triage and intake say to what the rules need."""

from libs.contracts.events import Classified
from libs.contracts.vocabulary import AccusedPost

from .domain.case import Case
from .domain.facts import Facts, Scored


def facts_of(event: Classified, case: Case) -> Facts:
    """A classification together with what is known of the case. What was once suspected stays so: a person decides."""
    leader = AccusedPost.LEADER in (event.accused_post, case.guard.accused_post)
    return Facts(
        disposition=event.disposition,
        kind=event.kind,
        field=event.field,
        matters=tuple(Scored(one.matter, one.score) for one in event.matters),
        confirmed_place=case.confirmed_place,
        places=tuple(Scored(one.place_id, one.score) for one in event.places),
        accused_units=tuple(Scored(one.agency_id, one.score) for one in event.accused_unit),
        accused_post=AccusedPost.LEADER if leader else event.accused_post,
        sensitive=event.sensitive or case.sensitive,
        needs_review=event.needs_review,
        incomplete=case.incomplete,
    )
