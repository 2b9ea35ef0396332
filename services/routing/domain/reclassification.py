"""What a classification may still change when it is not the first: the citizen added something, or triage was late."""

from enum import StrEnum

from .case import Case
from .facts import Facts
from .workflow import CLOSED_STATES, MACHINE_MAY_DECIDE


class Later(StrEnum):
    """What a classification that comes after the first one may do."""

    DECIDE = "decide"
    """Nobody has decided yet: the rules look again."""
    TAKE_BACK = "take_back"
    """It needs the shield where the machine gave it away, or more than anybody knew: back to the Office."""
    SHIELD = "shield"
    """A person decided where it is; the shield closes over it there."""
    REOPEN = "reopen"
    """No person has read what the machine ended, and now there is more to it: it is decided anew."""
    RECORD = "record"


def on_later_classification(case: Case, facts: Facts) -> Later:
    """What to do with a further classification of a case: it never undoes what a person decided, unless it tells of a
    denunciation that person knew nothing of, and it never opens a shield; it may only close one.

    Source: SECURITY.md: a suspected complaint or denunciation stands on the Office's sensitive desk only.
    """
    if case.is_ended_alone:
        return Later.REOPEN
    if case.state in CLOSED_STATES:
        return Later.RECORD
    if case.state in MACHINE_MAY_DECIDE and not case.decided_by_person:
        return Later.DECIDE
    if facts.suspected_denunciation and not case.sensitive:
        return Later.TAKE_BACK
    if not facts.shielded or case.guard.shielded:
        return Later.RECORD
    return Later.SHIELD if case.decided_by_person else Later.TAKE_BACK
