"""Which notice each step of a case owes the citizen, and which notices a later one makes pointless."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from libs.contracts.vocabulary import CaseState, Notice, RoutedReason

from .message import TOLD, UNSENT, MessageState

_OF_PROGRESS: Final = MappingProxyType(
    {
        CaseState.RECEIVED: Notice.RECEIVED,
        CaseState.IN_PROGRESS: Notice.IN_PROGRESS,
        CaseState.EXTENDED: Notice.EXTENDED,
        CaseState.TRANSFERRED_OUT: Notice.TRANSFERRED_OUT,
        CaseState.WITHDRAWN: Notice.WITHDRAWN,
        CaseState.CLOSED: Notice.CLOSED,
    }
)

_ANSWERED_ELSEWHERE: Final = frozenset({"status_lookup"})
"""Reasons of a closing on which intake itself answers the citizen."""

_ENDINGS: Final = frozenset({Notice.ANSWERED, Notice.REFUSED, Notice.TRANSFERRED_OUT, Notice.WITHDRAWN, Notice.CLOSED})

POINTLESS_AFTER: Final = MappingProxyType(
    {
        # "We have it" says nothing to somebody who is told at the same moment what became of it.
        Notice.RECEIVED: frozenset(Notice) - {Notice.REPLY, Notice.RECEIVED},
        Notice.ROUTED: _ENDINGS | {Notice.ROUTED},
        Notice.IN_PROGRESS: _ENDINGS | {Notice.ROUTED, Notice.IN_PROGRESS},
        Notice.EXTENDED: _ENDINGS | {Notice.ROUTED, Notice.EXTENDED},
        # An ending that no longer holds: the case went on. An answer is always brought, whatever came after it.
        Notice.REFUSED: frozenset({Notice.ROUTED, Notice.ANSWERED}),
        Notice.TRANSFERRED_OUT: frozenset({Notice.ROUTED, Notice.ANSWERED}),
        Notice.WITHDRAWN: frozenset({Notice.ROUTED}),
        Notice.CLOSED: frozenset({Notice.ROUTED}),
        Notice.ANSWERED: frozenset(),
    }
)
"""For each notice, the later notices of the same case after which it need not be read any more."""


@dataclass(frozen=True, slots=True)
class KnownNotice:
    """A notice of a case that was asked for before."""

    message_id: UUID
    notice: Notice
    case_seq: int
    state: MessageState
    begun: bool = False
    """A part of it is with the citizen already."""


@dataclass(frozen=True, slots=True)
class Owed:
    """The citizen is to be told; the notices it makes pointless are not sent any more."""

    supersedes: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Superseded:
    """The citizen need not be told, and why; what it makes pointless is not sent any more either."""

    reason: str
    supersedes: tuple[UUID, ...] = ()


def notice_of_progress(state: CaseState) -> Notice | None:
    """The notice a step of a case owes; none where another event tells the citizen, or nobody should."""
    return _OF_PROGRESS.get(state)


def silence_of_closing(reason: str | None) -> str | None:
    """Why a closing is not told here: intake itself answers a look-up that reached the case."""
    return f"answered_elsewhere:{reason}" if reason in _ANSWERED_ELSEWHERE else None


def owe(notice: Notice, case_seq: int, known: Sequence[KnownNotice], silence: str | None = None) -> Owed | Superseded:
    """Decide on a new notice among all that were asked for in this case, whatever the order they came in.

    `silence`: why the citizen is not told of this step, which all the same overtakes the steps before it.
    """
    pointless = tuple(
        other.message_id
        for other in known
        if other.case_seq < case_seq and may_be_superseded(other) and makes_pointless(notice, other.notice)
    )
    if silence is not None:
        return Superseded(silence, pointless)
    by = superseded_by(notice, case_seq, known)
    if by is not None:
        return Superseded(f"by:{by}", pointless)
    if notice is Notice.IN_PROGRESS and any(_was_told(other, Notice.IN_PROGRESS) for other in known):
        return Superseded("already_told", pointless)
    return Owed(pointless)


def superseded_by(notice: Notice, case_seq: int, known: Sequence[KnownNotice]) -> Notice | None:
    """The later notice after which this one is pointless, if there is one."""
    later = (other.notice for other in known if other.case_seq > case_seq and makes_pointless(other.notice, notice))
    return next(later, None)


def may_be_superseded(known: KnownNotice) -> bool:
    """Whether nothing of it can be with the citizen yet."""
    return known.state in UNSENT and not known.begun


def is_at_stake(known: KnownNotice, coming: Collection[Notice]) -> bool:
    """Whether a notice could be changed when these are asked for in its case, or when it is said whose case it is."""
    return may_be_superseded(known) and (
        known.state is MessageState.WAITING or any(makes_pointless(later, known.notice) for later in coming)
    )


def makes_pointless(later: Notice, earlier: Notice) -> bool:
    """Whether a later notice leaves nothing to say for an earlier one of the same case."""
    return later in POINTLESS_AFTER.get(earlier, frozenset())


def wording_of(
    notice: Notice, routed_reason: RoutedReason | None, known: Sequence[KnownNotice], *, to_head: bool = False
) -> str:
    """Which wording a notice is said in: `routed` depends on who has it, and on what this citizen was told before."""
    if notice is not Notice.ROUTED:
        return notice.value
    if routed_reason is RoutedReason.REOPENED:
        return "reopened"
    if to_head:
        # Who reported an official must read at once that it is not in that official's hands.
        return "routed_head"
    return "rerouted" if any(_was_told(other, Notice.ROUTED) for other in known) else "routed"


def _was_told(known: KnownNotice, notice: Notice) -> bool:
    return known.notice is notice and (known.state in TOLD or known.begun)
