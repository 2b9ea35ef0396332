"""Who may see and do what: every role against every desk."""

from uuid import UUID

import pytest

from libs.contracts.vocabulary import AccusedPost, AgencyId, Desk
from services.routing.domain.permission import MAY, Action, Guard, Officer, Role, may_do, may_see

OFFICE, LANG, STP = AgencyId("HN-VPUB"), AgencyId("HN-CN00199"), AgencyId("HN-STP")
HOME_AFFAIRS = AgencyId("HN-SNV25")


def officer(agency: AgencyId, *roles: Role) -> Officer:
    return Officer(UUID(int=1), "Nguyễn Thị Mẫu", agency, frozenset(roles), of_office=agency == OFFICE)


ORDINARY = Guard(LANG, Desk.AGENCY)
CONDUCT = Guard(LANG, Desk.HEAD, shielded=True, accused=frozenset({LANG}))
LEADER = Guard(HOME_AFFAIRS, Desk.AGENCY, shielded=True, accused=frozenset({LANG}), accused_post=AccusedPost.LEADER)
DOUBTFUL = Guard(OFFICE, Desk.OFFICE)
DOUBTFUL_CONDUCT = Guard(OFFICE, Desk.OFFICE, shielded=True, accused=frozenset({LANG}))
SENSITIVE = Guard(OFFICE, Desk.OFFICE_SENSITIVE, shielded=True, accused=frozenset({LANG}))
ABOUT_THE_OFFICE = Guard(HOME_AFFAIRS, Desk.AGENCY, shielded=True, accused=frozenset({OFFICE}))
DOUBTFUL_ABOUT_THE_OFFICE = Guard(OFFICE, Desk.OFFICE, shielded=True, accused=frozenset({OFFICE}))
NO_HEAD_AT_THE_OFFICE = Guard(OFFICE, Desk.OFFICE, shielded=True, accused=frozenset({OFFICE}), no_head=True)
CASES = {
    "ordinary": ORDINARY,
    "conduct": CONDUCT,
    "leader": LEADER,
    "doubtful": DOUBTFUL,
    "doubtful conduct": DOUBTFUL_CONDUCT,
    "sensitive": SENSITIVE,
    "about the Office": ABOUT_THE_OFFICE,
    "doubtful, about the Office": DOUBTFUL_ABOUT_THE_OFFICE,
    "the same, no head there": NO_HEAD_AT_THE_OFFICE,
}
OF_THE_OFFICE_ITSELF = {"about the Office", "doubtful, about the Office"}

SEEN_BY = {
    # At the accused unit: ordinary officers see the ordinary case and nothing else, the head his own desk too.
    (LANG, Role.AGENCY_FOCAL): {"ordinary"},
    (LANG, Role.HANDLER): {"ordinary"},
    (LANG, Role.APPROVER): {"ordinary"},
    (LANG, Role.HEAD): {"ordinary", "conduct"},
    # Roles of the whole city held elsewhere by mistake give nothing.
    (LANG, Role.OFFICE): set(),
    (LANG, Role.AUDITOR): set(),
    (LANG, Role.ADMIN): set(),
    # Another agency sees nothing at all.
    (STP, Role.AGENCY_FOCAL): set(),
    (STP, Role.HEAD): set(),
    # Home Affairs sees what it was given.
    (HOME_AFFAIRS, Role.HANDLER): {"leader", "about the Office"},
    (HOME_AFFAIRS, Role.APPROVER): {"leader", "about the Office"},
    (HOME_AFFAIRS, Role.HEAD): {"leader", "about the Office"},
    # The Office supervises everything but what is about itself: there its head decides, or whoever is left.
    (OFFICE, Role.OFFICE): set(CASES) - OF_THE_OFFICE_ITSELF,
    (OFFICE, Role.HEAD): set(CASES) - {"ordinary", "conduct", "leader", "about the Office"},
    (OFFICE, Role.AUDITOR): {"ordinary", "conduct", "leader", "doubtful", "doubtful conduct"},
    (OFFICE, Role.ADMIN): set(),
    (OFFICE, Role.HANDLER): set(),
}


@pytest.mark.parametrize(
    ("agency", "role", "name"),
    [(agency, role, name) for agency, role in SEEN_BY for name in CASES],
    ids=lambda value: str(value),
)
def test_who_sees_which_case(agency: AgencyId, role: Role, name: str) -> None:
    assert may_see(officer(agency, role), CASES[name]) is (name in SEEN_BY[agency, role])


def test_nobody_does_anything_with_a_case_he_does_not_see() -> None:
    for agency, role in SEEN_BY:
        for case in CASES.values():
            if not may_see(officer(agency, role), case):
                assert not [action for action in Action if may_do(officer(agency, role), case, action)]


def test_every_role_that_acts_on_a_desk_sees_it() -> None:
    for actions in MAY.values():
        assert all(roles <= actions[Action.SEE] for roles in actions.values())


@pytest.mark.parametrize("role", [Role.AGENCY_FOCAL, Role.HANDLER, Role.APPROVER])
@pytest.mark.parametrize("post", list(AccusedPost))
@pytest.mark.parametrize("desk", list(Desk))
@pytest.mark.parametrize("no_head", [False, True])
def test_an_ordinary_officer_of_the_accused_unit_sees_nothing_wherever_the_case_stands(
    role: Role, post: AccusedPost, desk: Desk, no_head: bool
) -> None:
    case = Guard(LANG, desk, shielded=True, accused=frozenset({LANG}), accused_post=post, no_head=no_head)
    assert not may_see(officer(LANG, role), case)


def test_a_leader_s_own_unit_sees_nothing_not_even_its_head() -> None:
    case = Guard(LANG, Desk.HEAD, shielded=True, accused=frozenset({LANG}), accused_post=AccusedPost.LEADER)
    assert not may_see(officer(LANG, Role.HEAD), case)


@pytest.mark.parametrize(
    ("agency", "role", "case", "allowed"),
    [
        pytest.param(LANG, Role.HEAD, CONDUCT, False, id="a head does not approve on his own desk"),
        pytest.param(OFFICE, Role.OFFICE, CONDUCT, True, id="the Office approves a head's answer"),
        pytest.param(LANG, Role.APPROVER, ORDINARY, True, id="the agency approves its own answers"),
        pytest.param(LANG, Role.HANDLER, ORDINARY, False, id="a handler approves nothing"),
        pytest.param(OFFICE, Role.OFFICE, ORDINARY, False, id="the Office does not approve an agency's answer"),
    ],
)
def test_who_approves(agency: AgencyId, role: Role, case: Guard, allowed: bool) -> None:
    assert may_do(officer(agency, role), case, Action.APPROVE) is allowed


@pytest.mark.parametrize(
    ("agency", "role", "case", "allowed"),
    [
        pytest.param(LANG, Role.HANDLER, ORDINARY, True, id="a handler may need to call the citizen"),
        pytest.param(LANG, Role.HEAD, CONDUCT, False, id="the accused unit never learns who sent it"),
        pytest.param(OFFICE, Role.OFFICE, CONDUCT, True, id="the Office may"),
        pytest.param(OFFICE, Role.AUDITOR, ORDINARY, False, id="an auditor reads the log, not the names"),
    ],
)
def test_who_may_see_the_sender(agency: AgencyId, role: Role, case: Guard, allowed: bool) -> None:
    assert may_do(officer(agency, role), case, Action.UNMASK) is allowed


@pytest.mark.parametrize("desk", list(Desk))
def test_only_the_office_assigns_and_refuses(desk: Desk) -> None:
    everybody_there = officer(LANG, *(set(Role) - {Role.OFFICE}))
    case = Guard(LANG, desk) if desk in (Desk.AGENCY, Desk.HEAD) else Guard(OFFICE, desk)
    for action in (Action.ASSIGN, Action.REFUSE):
        assert not may_do(everybody_there, case, action)
        assert may_do(officer(OFFICE, Role.OFFICE), case, action)


@pytest.mark.parametrize(("agency", "role"), SEEN_BY, ids=lambda value: str(value))
def test_a_classification_is_looked_at_again_by_the_office_while_the_case_is_there(
    agency: AgencyId, role: Role
) -> None:
    at_the_office = {name for name, case in CASES.items() if case.desk in (Desk.OFFICE, Desk.OFFICE_SENSITIVE)}
    reviewed = {name for name, case in CASES.items() if may_do(officer(agency, role), case, Action.CLASSIFY)}
    decides = agency == OFFICE and role in (Role.OFFICE, Role.HEAD)
    assert reviewed == (SEEN_BY[agency, role] & at_the_office if decides else set())
