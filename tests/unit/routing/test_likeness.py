"""What an officer may be told of two cases that say nearly the same."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from libs.contracts.vocabulary import AgencyId, CaseState, Desk, FeedbackId
from services.routing.domain.likeness import NearCase, may_link_senders, sent_before
from services.routing.domain.permission import Guard, Officer, Role

OFFICE, LANG = AgencyId("HN-VPUB"), AgencyId("HN-CN00199")
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ORDINARY = Guard(LANG, Desk.AGENCY)
CONDUCT = Guard(LANG, Desk.HEAD, shielded=True, accused=frozenset({LANG}))
DOUBTFUL = Guard(OFFICE, Desk.OFFICE)
SENSITIVE = Guard(OFFICE, Desk.OFFICE_SENSITIVE, shielded=True, accused=frozenset({LANG}))


def officer(agency: AgencyId, *roles: Role) -> Officer:
    return Officer(UUID(int=1), "Nguyễn Thị Mẫu", agency, frozenset(roles), of_office=agency == OFFICE)


@pytest.mark.parametrize(
    ("who", "one", "other", "allowed"),
    [
        pytest.param(officer(LANG, Role.HANDLER), ORDINARY, ORDINARY, True, id="who may see both senders"),
        # He may unmask the ordinary case: told that the complaint has the same sender, he would know who complained.
        pytest.param(officer(LANG, Role.HEAD), ORDINARY, CONDUCT, False, id="the accused unit's head"),
        pytest.param(officer(LANG, Role.HEAD), CONDUCT, CONDUCT, False, id="nor of two complaints"),
        pytest.param(officer(LANG, Role.HANDLER), ORDINARY, DOUBTFUL, False, id="of a case he does not see"),
        pytest.param(officer(OFFICE, Role.OFFICE), CONDUCT, SENSITIVE, True, id="the Office"),
        pytest.param(officer(OFFICE, Role.AUDITOR), ORDINARY, DOUBTFUL, False, id="an auditor"),
    ],
)
def test_who_may_know_that_two_cases_have_one_sender(who: Officer, one: Guard, other: Guard, allowed: bool) -> None:
    assert may_link_senders(who, one, other) is allowed
    assert may_link_senders(who, other, one) is allowed


def near(days_before: int, *, state: CaseState = CaseState.ASSIGNED, same_sender: bool | None = True) -> NearCase:
    at = AT - timedelta(days=days_before)
    return NearCase(FeedbackId(UUID(int=days_before + 100)), f"HN-{days_before}", state, LANG, at, same_sender)


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        pytest.param([], None, id="nothing alike"),
        pytest.param([near(1), near(9), near(4)], "HN-9", id="the first of them is the one that is answered"),
        pytest.param([near(-1)], None, id="one that came later"),
        pytest.param([near(2, same_sender=False)], None, id="a neighbour's"),
        pytest.param([near(2, same_sender=None)], None, id="whose is not for this officer to know"),
        pytest.param([near(2, state=CaseState.ANSWERED)], None, id="one that was answered"),
        pytest.param([near(9, state=CaseState.REFUSED), near(3)], "HN-3", id="one still open behind a refused one"),
    ],
)
def test_what_was_sent_before_and_still_waits_for_an_answer(cases: list[NearCase], expected: str | None) -> None:
    found = sent_before(AT, cases)
    assert (found.code if found else None) == expected
