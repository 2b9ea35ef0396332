from uuid import UUID

import pytest

from libs.contracts.vocabulary import AgencyId, CaseState, Desk
from services.routing.domain.permission import Action, Guard, Officer, Role
from services.routing.domain.workflow import (
    CLOSED_STATES,
    MOVES,
    OPEN_STATES,
    Allowed,
    NoDraft,
    NotNow,
    NotYours,
    NowhereToReturn,
    OwnWork,
    Position,
    Stale,
    Told,
    Unseen,
    possible,
    step,
)

OFFICE, LANG, STP = AgencyId("HN-VPUB"), AgencyId("HN-CN00199"), AgencyId("HN-STP")
S, A = CaseState, Action


def officer(agency: AgencyId, *roles: Role, number: int = 1) -> Officer:
    return Officer(UUID(int=number), "Trần Văn Mẫu", agency, frozenset(roles), of_office=agency == OFFICE)


EVERYBODY_AT_LANG = officer(LANG, Role.AGENCY_FOCAL, Role.HANDLER, Role.APPROVER, Role.HEAD)
THE_OFFICE = officer(OFFICE, Role.OFFICE)


def position(state: CaseState, desk: Desk = Desk.AGENCY, agency: AgencyId = LANG, **known: object) -> Position:
    return Position(state, version=7, guard=Guard(agency, desk), **{"has_draft": True, **known})  # type: ignore[arg-type]


def on_the_office_s_desk(state: CaseState) -> Position:
    return position(state, Desk.OFFICE, OFFICE)


@pytest.mark.parametrize(
    ("action", "where", "who", "to", "told"),
    [
        (A.ACCEPT, position(S.ASSIGNED), EVERYBODY_AT_LANG, S.IN_PROGRESS, Told.PROGRESSED),
        (A.RETURN, position(S.ASSIGNED), EVERYBODY_AT_LANG, S.RETURNED, Told.PROGRESSED),
        (A.RETURN, position(S.IN_PROGRESS), EVERYBODY_AT_LANG, S.RETURNED, Told.PROGRESSED),
        (A.ANSWER, position(S.IN_PROGRESS), EVERYBODY_AT_LANG, S.IN_PROGRESS, Told.NOBODY),
        (A.ANSWER, position(S.SENT_BACK), EVERYBODY_AT_LANG, S.SENT_BACK, Told.NOBODY),
        (A.SUBMIT, position(S.IN_PROGRESS), EVERYBODY_AT_LANG, S.AWAITING_APPROVAL, Told.NOBODY),
        (A.SUBMIT, position(S.SENT_BACK), EVERYBODY_AT_LANG, S.AWAITING_APPROVAL, Told.NOBODY),
        (A.APPROVE, position(S.AWAITING_APPROVAL), EVERYBODY_AT_LANG, S.ANSWERED, Told.RESOLVED),
        (A.SEND_BACK, position(S.AWAITING_APPROVAL), EVERYBODY_AT_LANG, S.SENT_BACK, Told.NOBODY),
        (A.ASSIGN, on_the_office_s_desk(S.OPENED), THE_OFFICE, S.ASSIGNED, Told.ROUTED),
        (A.ASSIGN, on_the_office_s_desk(S.RECEIVED), THE_OFFICE, S.ASSIGNED, Told.ROUTED),
        (A.ASSIGN, on_the_office_s_desk(S.CLASSIFIED), THE_OFFICE, S.ASSIGNED, Told.ROUTED),
        (A.ASSIGN, on_the_office_s_desk(S.RETURNED), THE_OFFICE, S.ASSIGNED, Told.ROUTED),
        (A.ASSIGN, position(S.IN_PROGRESS), THE_OFFICE, S.ASSIGNED, Told.ROUTED),
        (A.REFUSE, on_the_office_s_desk(S.RECEIVED), THE_OFFICE, S.REFUSED, Told.REFUSED),
        (A.REFUSE, position(S.ASSIGNED), THE_OFFICE, S.REFUSED, Told.REFUSED),
    ],
    ids=lambda value: value if isinstance(value, Action | CaseState) else None,
)
def test_a_move_leads_to_a_state_and_is_told(
    action: Action, where: Position, who: Officer, to: CaseState, told: Told
) -> None:
    assert step(action, where, who, seen_version=7) == Allowed(to, told)


@pytest.mark.parametrize("state", sorted(CLOSED_STATES))
def test_nothing_more_is_done_with_a_closed_case(state: CaseState) -> None:
    for action in MOVES:
        for who in (EVERYBODY_AT_LANG, THE_OFFICE):
            assert not isinstance(step(action, position(state), who, seen_version=7), Allowed)


@pytest.mark.parametrize("state", sorted(OPEN_STATES - {S.AWAITING_CITIZEN, S.EXTENDED}))
def test_every_open_case_can_be_moved_by_somebody(state: CaseState) -> None:
    undecided = state in (S.OPENED, S.RECEIVED, S.CLASSIFIED, S.RETURNED)
    where = on_the_office_s_desk(state) if undecided else position(state)
    assert possible(where, EVERYBODY_AT_LANG) or possible(where, THE_OFFICE)


def test_a_state_is_open_or_closed_and_never_both() -> None:
    assert set(CaseState) == OPEN_STATES | CLOSED_STATES
    assert not OPEN_STATES & CLOSED_STATES


def test_for_an_officer_of_another_agency_the_case_does_not_exist() -> None:
    assert step(A.ACCEPT, position(S.ASSIGNED), officer(STP, Role.HEAD), seen_version=1) == Unseen()


def test_of_two_officers_the_second_learns_the_current_version() -> None:
    assert step(A.ACCEPT, position(S.IN_PROGRESS), EVERYBODY_AT_LANG, seen_version=6) == Stale(7, S.IN_PROGRESS)


def test_a_handler_who_sees_the_case_may_still_not_approve() -> None:
    handler = officer(LANG, Role.HANDLER)
    assert step(A.APPROVE, position(S.AWAITING_APPROVAL), handler, seen_version=7) == NotYours()


def test_an_answer_needs_the_case_to_be_accepted_first() -> None:
    assert step(A.ANSWER, position(S.ASSIGNED), EVERYBODY_AT_LANG, seen_version=7) == NotNow(S.ASSIGNED)


def test_there_must_be_an_answer_to_submit_it() -> None:
    assert step(A.SUBMIT, position(S.IN_PROGRESS, has_draft=False), EVERYBODY_AT_LANG, seen_version=7) == NoDraft()


def test_who_wrote_an_answer_does_not_approve_it() -> None:
    written = position(S.AWAITING_APPROVAL, writers=frozenset({EVERYBODY_AT_LANG.id}))
    assert step(A.APPROVE, written, EVERYBODY_AT_LANG, seen_version=7) == OwnWork()
    another = officer(LANG, Role.APPROVER, number=2)
    assert isinstance(step(A.APPROVE, written, another, seen_version=7), Allowed)


def test_who_wrote_an_answer_may_take_it_back_to_work() -> None:
    written = position(S.AWAITING_APPROVAL, writers=frozenset({EVERYBODY_AT_LANG.id}))
    assert isinstance(step(A.SEND_BACK, written, EVERYBODY_AT_LANG, seen_version=7), Allowed)


def test_a_case_about_the_office_does_not_go_back_to_the_office() -> None:
    about_the_office = position(S.ASSIGNED, office_accused=True)
    assert step(A.RETURN, about_the_office, EVERYBODY_AT_LANG, seen_version=7) == NowhereToReturn()


def test_a_page_offers_what_can_be_done_now() -> None:
    assert possible(position(S.ASSIGNED), EVERYBODY_AT_LANG) == (A.ACCEPT, A.RETURN)
    assert possible(position(S.ASSIGNED), THE_OFFICE) == (A.ASSIGN, A.REFUSE)
    assert possible(position(S.ANSWERED), EVERYBODY_AT_LANG) == ()
