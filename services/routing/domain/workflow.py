"""What may happen to a case next: states × actions, and who is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from libs.contracts.vocabulary import CaseState

from .permission import Action, Guard, Officer, may_do, may_see

CLOSED_STATES: Final = frozenset(
    {
        CaseState.ANSWERED,
        CaseState.PUBLISHED,
        CaseState.REFUSED,
        CaseState.TRANSFERRED_OUT,
        CaseState.WITHDRAWN,
        CaseState.CLOSED,
    }
)
OPEN_STATES: Final = frozenset(CaseState) - CLOSED_STATES
UNDECIDED_STATES: Final = frozenset({CaseState.OPENED, CaseState.RECEIVED, CaseState.CLASSIFIED, CaseState.RETURNED})
"""Where the case waits for somebody to say whose it is."""
REVIEWED_STATES: Final = UNDECIDED_STATES - {CaseState.OPENED}
"""Where a person can say what the case is about: triage has had its word, or its time."""
MACHINE_MAY_DECIDE: Final = frozenset({CaseState.OPENED, CaseState.RECEIVED, CaseState.CLASSIFIED})


class Told(StrEnum):
    """Which event tells a move."""

    NOBODY = "nobody"
    ROUTED = "routed"
    PROGRESSED = "progressed"
    RESOLVED = "resolved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Move:
    """One action: from where, to where, and which event tells it."""

    action: Action
    origins: frozenset[CaseState]
    to: CaseState | None
    """Nothing: the state stays."""
    told: Told = Told.NOBODY


_WORKING: Final = frozenset({CaseState.IN_PROGRESS, CaseState.SENT_BACK})
_AWAITING_APPROVAL: Final = frozenset({CaseState.AWAITING_APPROVAL})

MOVES: Final[Mapping[Action, Move]] = {
    move.action: move
    for move in (
        Move(Action.ACCEPT, frozenset({CaseState.ASSIGNED}), CaseState.IN_PROGRESS, Told.PROGRESSED),
        Move(Action.RETURN, _WORKING | {CaseState.ASSIGNED}, CaseState.RETURNED, Told.PROGRESSED),
        Move(Action.ASSIGN, UNDECIDED_STATES | _WORKING | {CaseState.ASSIGNED}, CaseState.ASSIGNED, Told.ROUTED),
        Move(Action.ANSWER, _WORKING, None),
        Move(Action.SUBMIT, _WORKING, CaseState.AWAITING_APPROVAL),
        Move(Action.APPROVE, _AWAITING_APPROVAL, CaseState.ANSWERED, Told.RESOLVED),
        Move(Action.SEND_BACK, _AWAITING_APPROVAL, CaseState.SENT_BACK),
        Move(Action.REFUSE, UNDECIDED_STATES | {CaseState.ASSIGNED}, CaseState.REFUSED, Told.REFUSED),
        Move(Action.CLASSIFY, REVIEWED_STATES, None),
    )
}
"""Source: domain rules 3.3; design, section 2."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands when somebody acts on it."""

    state: CaseState
    version: int
    guard: Guard
    writers: frozenset[UUID] = frozenset()
    """Everybody who wrote or submitted an answer of this case."""
    has_draft: bool = False
    office_accused: bool = False


@dataclass(frozen=True, slots=True)
class Allowed:
    """The move may be made."""

    to: CaseState
    told: Told


@dataclass(frozen=True, slots=True)
class Unseen:
    """For this officer the case does not exist."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody else changed the case since this officer looked."""

    version: int
    state: CaseState


@dataclass(frozen=True, slots=True)
class NotYours:
    """The officer sees the case but this is for another role."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """The case is in a state from which this cannot be done."""

    state: CaseState


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Four eyes: who wrote an answer does not approve it."""


@dataclass(frozen=True, slots=True)
class NoDraft:
    """There is no answer to submit or approve."""


@dataclass(frozen=True, slots=True)
class NowhereToReturn:
    """The case is about the Office: it does not go back there."""


Refusal = Unseen | Stale | NotYours | NotNow | OwnWork | NoDraft | NowhereToReturn


def step(action: Action, position: Position, officer: Officer, seen_version: int) -> Allowed | Refusal:
    """Whether an officer may take an action on a case as he last saw it, and where it leads."""
    if not may_see(officer, position.guard):
        return Unseen()
    if seen_version != position.version:
        return Stale(position.version, position.state)
    if not may_do(officer, position.guard, action):
        return NotYours()
    move = MOVES[action]
    if position.state not in move.origins:
        return NotNow(position.state)
    if action in (Action.SUBMIT, Action.APPROVE) and not position.has_draft:
        return NoDraft()
    if action is Action.APPROVE and officer.id in position.writers:
        return OwnWork()
    if action is Action.RETURN and position.office_accused:
        return NowhereToReturn()
    return Allowed(move.to or position.state, move.told)


def possible(position: Position, officer: Officer) -> tuple[Action, ...]:
    """The actions open to an officer on a case now: what a page offers as buttons."""
    return tuple(action for action in MOVES if isinstance(step(action, position, officer, position.version), Allowed))
