"""Who may see a case and what they may do with it: one table of desks × actions × roles, and the shield over it.

Every page, route and export asks here. Source: domain rules 3.4; design, section 4 "Conduct shield".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from libs.contracts.vocabulary import AccusedPost, AgencyId, Desk


class Role(StrEnum):
    """What an account may be; one account may have several."""

    OFFICE = "office"
    """The city's focal officers: receive, assign, refuse, supervise."""
    AGENCY_FOCAL = "agency_focal"
    HANDLER = "handler"
    APPROVER = "approver"
    HEAD = "head"
    ADMIN = "admin"
    """Accounts and settings; no cases."""
    AUDITOR = "auditor"
    """Reads, to check; does nothing."""


CITY_WIDE: Final = frozenset({Role.OFFICE, Role.AUDITOR, Role.ADMIN})
"""Roles that only accounts of the Office may hold; the others act for their own agency."""


class Action(StrEnum):
    """What can be done with a case."""

    SEE = "see"
    ACCEPT = "accept"
    RETURN = "return"
    ASSIGN = "assign"
    ANSWER = "answer"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    REFUSE = "refuse"
    CLASSIFY = "classify"
    UNMASK = "unmask"


@dataclass(frozen=True, slots=True)
class Officer:
    """Who asks: a person at the desk, or an agency's own system acting through a token."""

    id: UUID
    name: str
    agency_id: AgencyId
    roles: frozenset[Role]
    of_office: bool
    """Whether the agency is the city's Office."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What decides who may see a case."""

    agency_id: AgencyId
    desk: Desk
    shielded: bool = False
    accused: frozenset[AgencyId] = frozenset()
    accused_post: AccusedPost = AccusedPost.UNKNOWN
    no_head: bool = False
    """Nobody is at the head's desk: the Office stands in."""


_WORKERS: Final = frozenset({Role.AGENCY_FOCAL, Role.HANDLER, Role.HEAD})
_OFFICE: Final = frozenset({Role.OFFICE, Role.HEAD})

MAY: Final[Mapping[Desk, Mapping[Action, frozenset[Role]]]] = {
    Desk.AGENCY: {
        Action.SEE: _WORKERS | {Role.APPROVER, Role.OFFICE, Role.AUDITOR},
        Action.ACCEPT: _WORKERS,
        Action.RETURN: frozenset({Role.AGENCY_FOCAL, Role.HEAD}),
        Action.ASSIGN: frozenset({Role.OFFICE}),
        Action.ANSWER: _WORKERS,
        Action.SUBMIT: _WORKERS,
        Action.APPROVE: frozenset({Role.APPROVER, Role.HEAD}),
        Action.SEND_BACK: frozenset({Role.APPROVER, Role.HEAD}),
        Action.REFUSE: frozenset({Role.OFFICE}),
        Action.UNMASK: _WORKERS | {Role.OFFICE},
    },
    Desk.HEAD: {
        Action.SEE: frozenset({Role.HEAD, Role.OFFICE, Role.AUDITOR}),
        Action.ACCEPT: frozenset({Role.HEAD}),
        Action.RETURN: frozenset({Role.HEAD}),
        Action.ASSIGN: frozenset({Role.OFFICE}),
        Action.ANSWER: frozenset({Role.HEAD}),
        Action.SUBMIT: frozenset({Role.HEAD}),
        Action.APPROVE: frozenset({Role.OFFICE}),
        Action.SEND_BACK: frozenset({Role.OFFICE}),
        Action.REFUSE: frozenset({Role.OFFICE}),
        Action.UNMASK: frozenset({Role.OFFICE}),
    },
    Desk.OFFICE: {
        Action.SEE: _OFFICE | {Role.AUDITOR},
        Action.ASSIGN: _OFFICE,
        Action.REFUSE: _OFFICE,
        Action.CLASSIFY: _OFFICE,
        Action.UNMASK: _OFFICE,
    },
    Desk.OFFICE_SENSITIVE: {
        Action.SEE: _OFFICE,
        Action.ASSIGN: _OFFICE,
        Action.REFUSE: _OFFICE,
        Action.CLASSIFY: _OFFICE,
        Action.UNMASK: _OFFICE,
    },
}


class WhenAccused(StrEnum):
    """What the shield leaves to somebody whose own agency is accused."""

    NEVER = "never"
    UNLESS_A_LEADER = "unless_a_leader"
    WITHOUT_HEAD = "without_head"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Lens:
    """One way an officer comes to a case: on this desk, of his own agency or of all, under the shield."""

    desk: Desk
    own_agency: AgencyId | None
    """Nothing: cases of every agency."""
    when_accused: WhenAccused


def lenses(officer: Officer, action: Action = Action.SEE) -> tuple[Lens, ...]:
    """All ways in which an officer may take an action: a list is filtered by them, a single case is held to them."""
    return tuple(
        Lens(desk, None if role in CITY_WIDE else officer.agency_id, _when_accused(role, desk))
        for desk, actions in MAY.items()
        for role in sorted(officer.roles & actions.get(action, frozenset()))
        if role not in CITY_WIDE or officer.of_office
    )


def may_see(officer: Officer, case: Guard) -> bool:
    """Whether an officer may know that a case exists."""
    return may_do(officer, case, Action.SEE)


def may_do(officer: Officer, case: Guard, action: Action) -> bool:
    """Whether an officer may take an action on a case, its state aside."""
    return any(_fits(lens, officer, case) for lens in lenses(officer, action))


def _fits(lens: Lens, officer: Officer, case: Guard) -> bool:
    if lens.desk is not case.desk or lens.own_agency not in (None, case.agency_id):
        return False
    if not case.shielded or officer.agency_id not in case.accused:
        return True
    match lens.when_accused:
        case WhenAccused.NEVER:
            return False
        case WhenAccused.UNLESS_A_LEADER:
            return case.accused_post is not AccusedPost.LEADER
        case WhenAccused.WITHOUT_HEAD:
            return case.no_head
        case WhenAccused.ALWAYS:
            return True


def _when_accused(role: Role, desk: Desk) -> WhenAccused:
    """Of the accused unit its head alone sees the case; never when a leader is accused, save at the Office, which
    must decide where such a case goes. Where the Office itself is accused and has no head, its officers stand in.
    """
    at_office = desk in (Desk.OFFICE, Desk.OFFICE_SENSITIVE)
    if role is Role.HEAD:
        return WhenAccused.ALWAYS if at_office else WhenAccused.UNLESS_A_LEADER
    return WhenAccused.WITHOUT_HEAD if role is Role.OFFICE and at_office else WhenAccused.NEVER
