"""What of a case waits for the national portal, and what must never go there.

A case's standing depends on the set of things heard of it, never on their order: each of them only ever raises one of
a few numbers.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from libs.contracts.vocabulary import CaseState, RefusalReason

NEVER_PUSHED: Final = frozenset({RefusalReason.TCH01, RefusalReason.TCH02, RefusalReason.TCH10})
"""Complaints, denunciations, spam: a person decided that they are no feedback. Source: design, section 3."""


class Standing(StrEnum):
    """`held` until somebody decided · `queued` for the portal · `deleted`, and only a trace is kept."""

    HELD = "held"
    QUEUED = "queued"
    DELETED = "deleted"


class Bearing(StrEnum):
    """What one thing heard means for its case."""

    NONE = "none"
    RELEASES = "releases"
    DELETES = "deletes"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing heard of a case."""

    occurred_at: datetime
    case_seq: int = 0
    """The step of the case it tells of; 0 for what came from the citizen."""
    bearing: Bearing = Bearing.NONE


@dataclass(frozen=True, slots=True)
class Case:
    """What all things heard of a case come to."""

    last_at: datetime
    released_at: datetime | None = None
    release_seq: int = 0
    delete_seq: int = 0
    forgotten: bool = False
    """Kept for as long as the rules allow, and removed."""

    @property
    def standing(self) -> Standing:
        """Deleting is final, whatever is heard before or after it."""
        if self.delete_seq or self.forgotten:
            return Standing.DELETED
        return Standing.QUEUED if self.release_seq else Standing.HELD

    @property
    def came_back(self) -> bool:
        """Decided anew after it was deleted here: it can only be entered on the portal by hand."""
        return 0 < self.delete_seq < self.release_seq


def of_refusal(reason: RefusalReason) -> Bearing:
    """A refusal is a person's decision: it deletes what is no feedback at all, and releases everything else."""
    return Bearing.DELETES if reason in NEVER_PUSHED else Bearing.RELEASES


def of_progress(state: CaseState) -> Bearing:
    """A withdrawn case is the citizen's again; one passed on beyond the city was decided on like a routed one."""
    match state:
        case CaseState.WITHDRAWN:
            return Bearing.DELETES
        case CaseState.TRANSFERRED_OUT:
            return Bearing.RELEASES
        case _:
            return Bearing.NONE


def hear(case: Case | None, fact: Fact) -> Case:
    """A case with one more thing heard of it."""
    before = case or Case(last_at=fact.occurred_at)
    releases, deletes = fact.bearing is Bearing.RELEASES, fact.bearing is Bearing.DELETES
    released = [at for at in (before.released_at, fact.occurred_at if releases else None) if at is not None]
    return Case(
        last_at=max(before.last_at, fact.occurred_at),
        released_at=min(released, default=None),
        release_seq=max(before.release_seq, fact.case_seq if releases else 0),
        delete_seq=max(before.delete_seq, fact.case_seq if deletes else 0),
        forgotten=before.forgotten,
    )
