"""The lists of the desk: which case stands where, for whom, and what opens first."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.contracts.vocabulary import AgencyId, CaseState
from services.routing.domain.consideration import OfficeReason
from services.routing.domain.permission import Officer, Role
from services.routing.domain.workflow import CLOSED_STATES
from services.routing.web.queue import AGENCY, CITY, OFFICE, Queue, chosen, groups_for, list_of

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TODAY = NOW.date()
LANG = AgencyId("HN-CN00199")
OFFICE_ID = AgencyId("HN-VPUB")
TEXT = "Tôi nộp giấy khai sinh ở phường Láng đã ba tuần mà chưa được trả."


def officer(agency_id: AgencyId, *roles: Role) -> Officer:
    return Officer(UUID(int=7), "Lê Thị Mẫu", agency_id, frozenset(roles), agency_id == OFFICE_ID)


CASE = {
    "feedback_id": UUID(int=1), "agency_id": LANG, "desk": "agency", "state": "assigned", "office_reason": None,
    "no_head": False, "ended_at": None, "ended_alone_at": None,
    "warn_at": NOW + timedelta(days=3), "act_by": NOW + timedelta(days=5),
}  # fmt: skip


def lists_holding(who: Officer, **changes: Any) -> set[str]:
    queues = [queue for group in groups_for(who, "") for queue in group.queues]
    return {queue.slug for queue in queues if queue.holds({**CASE, **changes}, who, NOW)}


@pytest.mark.parametrize(
    ("changes", "slugs"),
    [
        pytest.param({}, {"new"}, id="just assigned"),
        pytest.param({"state": "in_progress", "act_by": NOW - timedelta(1)}, {"in-progress", "late"}, id="late"),
        pytest.param({"state": "sent_back", "warn_at": NOW}, {"sent-back", "soon"}, id="sent back and warned"),
        pytest.param({"state": "answered", "ended_at": NOW}, {"closed"}, id="answered"),
        pytest.param({"agency_id": OFFICE_ID}, set(), id="another agency's"),
    ],
)
def test_an_agency_s_case_stands_on_these_lists(changes: dict[str, Any], slugs: set[str]) -> None:
    assert lists_holding(officer(LANG, Role.HANDLER), **changes) == slugs


@pytest.mark.parametrize(
    ("changes", "slugs"),
    [
        pytest.param({"state": "opened"}, {"undecided"}, id="triage has not spoken"),
        pytest.param({"state": "received", "office_reason": "needs_review"}, {"undecided"}, id="doubtful"),
        pytest.param({"state": "classified", "office_reason": "place_unknown"}, {"unroutable"}, id="no place"),
        pytest.param({"state": "returned", "office_reason": "returned"}, {"returned"}, id="returned"),
        pytest.param(
            {"state": "received", "desk": "office_sensitive", "office_reason": "sensitive"},
            {"sensitive"},
            id="denunciation",
        ),
        pytest.param(
            {"state": "returned", "desk": "office_sensitive", "office_reason": "returned"},
            {"sensitive"},
            id="returned denunciation",
        ),
        pytest.param(
            {"agency_id": LANG, "desk": "head", "state": "awaiting_approval"},
            {"office-approval", "at-agencies"},
            id="head's answer",
        ),
        pytest.param(
            {"agency_id": LANG, "desk": "agency", "state": "in_progress", "office_reason": "sensitive"},
            {"shield-closed", "at-agencies"},
            id="suspected when an agency had it already",
        ),
        pytest.param({"agency_id": LANG, "desk": "head", "no_head": True}, {"no-head", "at-agencies"}, id="no head"),
        pytest.param({"state": "refused", "ended_at": NOW}, {"city-closed"}, id="refused by a person"),
        pytest.param(
            {"state": "refused", "ended_at": NOW, "ended_alone_at": NOW},
            {"city-closed", "ended-alone"},
            id="refused by the machine",
        ),
    ],
)
def test_a_case_of_the_office_stands_on_these_lists(changes: dict[str, Any], slugs: set[str]) -> None:
    of_office = {"agency_id": OFFICE_ID, "desk": "office", **changes}
    assert lists_holding(officer(OFFICE_ID, Role.OFFICE), **of_office) == slugs


_AT_OFFICE = {CaseState.OPENED, CaseState.RECEIVED, CaseState.CLASSIFIED, CaseState.RETURNED}


@pytest.mark.parametrize("state", list(CaseState), ids=str)
def test_every_case_stands_on_some_list(state: CaseState) -> None:
    """Whatever officers may see, they can find by looking through their lists."""
    ended = {"ended_at": NOW} if state in CLOSED_STATES else {}
    for desk in ("office", "office_sensitive") if state in _AT_OFFICE else ("agency", "head"):
        for office_reason in (None, *OfficeReason):
            changes = {"state": state.value, "desk": desk, "office_reason": office_reason, **ended}
            assert lists_holding(officer(OFFICE_ID, Role.OFFICE), **changes), changes
            assert desk not in ("agency", "head") or lists_holding(officer(LANG, Role.HEAD), **changes), changes


@pytest.mark.parametrize(
    ("who", "titles"),
    [
        (officer(OFFICE_ID, Role.OFFICE), ["Văn phòng", "Toàn thành phố"]),
        (officer(OFFICE_ID, Role.AUDITOR), ["Toàn thành phố"]),
        (officer(OFFICE_ID, Role.HEAD), ["Văn phòng", "cơ quan"]),
        (officer(LANG, Role.HEAD), ["cơ quan"]),
        (officer(LANG, Role.APPROVER), ["cơ quan"]),
        (officer(OFFICE_ID, Role.ADMIN), []),
    ],
    ids=["office", "auditor", "head of the office", "head", "approver", "admin"],
)
def test_officers_are_offered_the_lists_of_their_roles(who: Officer, titles: list[str]) -> None:
    assert [group.title for group in groups_for(who, "cơ quan")] == titles


def test_the_desk_opens_with_what_waits() -> None:
    offered = groups_for(officer(LANG, Role.HANDLER), "cơ quan")
    assert chosen(offered, None, {"new": 0, "approval": 2}) == _queue("approval")
    assert chosen(offered, None, {}) == _queue("new")
    assert chosen(offered, "late", {"new": 3}) == _queue("late")
    assert chosen(offered, "sensitive", {"new": 3}) == _queue("new"), "a list of the Office is no list of an agency"
    assert chosen((), "late", {}) is None


def test_a_case_opened_without_its_list_finds_it() -> None:
    who = officer(LANG, Role.HANDLER)
    offered = groups_for(who, "cơ quan")
    assert list_of(offered, {**CASE, "state": "awaiting_approval"}, who, NOW) == "approval"
    assert list_of(offered, {**CASE, "agency_id": OFFICE_ID}, who, NOW) is None


def _queue(slug: str) -> Queue:
    return next(queue for queue in (*AGENCY, *OFFICE, *CITY) if queue.slug == slug)


def test_addresses_of_lists_are_unambiguous() -> None:
    slugs = [queue.slug for queue in (*AGENCY, *OFFICE, *CITY)]
    assert len(set(slugs)) == len(slugs)
