"""From what triage and intake say to what the rules need."""

from libs.contracts.events import Classified
from libs.contracts.vocabulary import AccusedPost, Urgency

from .domain.case import Case
from .domain.facts import Facts, Scored
from .domain.review import Label


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
        urgency=event.urgency,
        refusal=event.refusal,
        sensitive=event.sensitive or case.sensitive,
        needs_review=event.needs_review,
        incomplete=case.incomplete,
    )


def facts_as_labelled(label: Label, said: Classified | None, case: Case) -> Facts:
    """What a person says a feedback is about, without doubt, with what was read of place and accused besides."""
    read = facts_of(said, case) if said is not None else None
    return Facts(
        disposition=label.disposition,
        kind=label.kind,
        field=label.field,
        matters=(Scored(label.matter, 1.0),) if label.matter else (),
        confirmed_place=case.confirmed_place,
        places=read.places if read else (),
        accused_units=read.accused_units if read else (),
        accused_post=read.accused_post if read else case.guard.accused_post,
        urgency=read.urgency if read else Urgency.NORMAL,
        refusal=read.refusal if read and read.disposition is label.disposition else None,
        sensitive=case.sensitive,
        incomplete=case.incomplete,
    )


def proposal_of(said: Classified | None) -> Label | None:
    """What triage proposes that a person could confirm as it is; nothing when it said nothing, or too little."""
    if said is None:
        return None
    matter = said.matters[0].matter if said.matters else None
    label = Label(said.disposition, said.kind, said.nature, said.field, matter).applicable
    return label if label.is_whole else None
