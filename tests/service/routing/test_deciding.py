"""From what is heard to an owner: at once, in any order, and once."""

import asyncio
from datetime import datetime, timedelta

import pytest

from libs.contracts.events import AgencyScore, MatterScore, Progressed, Routed
from libs.contracts.vocabulary import (
    AccusedPost,
    AgencyId,
    CaseState,
    Desk,
    Disposition,
    Kind,
    MatterCode,
    RoutedReason,
)
from libs.runtime.ids import uuid7
from services.routing import tables as t
from services.routing.account import close_officer
from services.routing.domain.permission import Role
from services.routing.jobs import stand_unclassified
from tests.service.routing.city import HOME_AFFAIRS, LANG, MINUTE, OFFICE, City, classification, received

CONDUCT = {
    "kind": Kind.OFFICIAL_CONDUCT,
    "accused_unit": (AgencyScore(agency_id=AgencyId(LANG), score=0.9),),
    "accused_post": AccusedPost.STAFF,
}


def owner(case: dict[str, str]) -> tuple[str, str]:
    return case["agency_id"], case["desk"]


async def test_the_automatic_path_tells_receipt_and_agency_in_one_breath(city: City) -> None:
    feedback_id = await city.opened()

    told_received, routed = await city.said()
    assert isinstance(told_received, Progressed)
    assert (told_received.case_seq, told_received.state) == (1, CaseState.RECEIVED)
    assert isinstance(routed, Routed)
    assert (routed.case_seq, routed.agency_id, routed.desk) == (2, LANG, Desk.AGENCY)
    assert (routed.agency_name, routed.reason) == ("UBND phường Láng", RoutedReason.ASSIGNED)
    assert routed.due_at == datetime.fromisoformat("2026-12-15T17:30+07:00")
    assert routed.rules
    assert routed.occurred_at == told_received.occurred_at

    case = await city.case(feedback_id)
    assert owner(case) == (LANG, "agency")
    assert (case["state"], case["case_seq"], case["due_at"]) == ("assigned", 2, routed.due_at)
    assert case["act_by"] == case["due_at"]
    (assignment,) = await city.rows(t.assignments, feedback_id)
    assert (assignment["agency_id"], assignment["case_seq"], assignment["ended_at"]) == (LANG, 2, None)


async def test_triage_may_be_quicker_than_the_feedback(city: City) -> None:
    feedback_id = uuid7()
    await city.hear(classification(feedback_id))
    assert await city.said() == []
    await city.hear(received(feedback_id))
    assert [type(event) for event in await city.said()] == [Progressed, Routed]


async def test_both_at_the_same_moment_are_decided_once(city: City) -> None:
    cases = [uuid7() for _ in range(12)]
    both = [event for one in cases for event in (received(one), classification(one))]
    await asyncio.gather(*(city.hear(event) for event in both))
    for feedback_id in cases:
        assert [type(event) for event in await city.said(feedback_id)] == [Progressed, Routed]


async def test_hearing_everything_twice_changes_nothing(city: City) -> None:
    feedback_id = uuid7()
    events = [await city.hear(received(feedback_id)), await city.hear(classification(feedback_id))]
    before = await city.case(feedback_id)
    for event in events:
        await city.hear_again(event)
    assert await city.case(feedback_id) == before
    assert len(await city.said()) == 2


async def test_a_feedback_told_anew_opens_no_second_case(city: City) -> None:
    feedback_id = await city.with_lang()
    await city.hear(received(feedback_id, code="HN-PA-261123-00000-X"))
    assert (await city.case(feedback_id))["state"] == "assigned"
    assert len(await city.said()) == 2


async def test_a_doubtful_case_stands_on_the_office_s_desk_with_reason_and_proposal(city: City) -> None:
    feedback_id = await city.opened(needs_review=True)
    (told,) = await city.said()
    assert (told.state, told.case_seq) == (CaseState.RECEIVED, 1)
    case = await city.case(feedback_id)
    assert owner(case) == (OFFICE, "office")
    assert (case["state"], case["office_reason"], case["proposed_agency"]) == ("received", "needs_review", LANG)
    assert case["due_at"] is None
    assert case["act_by"] == datetime.fromisoformat("2026-11-26T17:30+07:00"), "two working days; the 24th is free"


async def test_a_sure_classification_without_an_agency_counts_as_classified(city: City) -> None:
    feedback_id = uuid7()
    await city.hear(received(feedback_id, place_id=None))
    await city.hear(classification(feedback_id))
    case = await city.case(feedback_id)
    assert (case["state"], case["office_reason"]) == ("classified", "place_unknown")


async def test_an_unfinished_feedback_stands_on_the_office_s_desk(city: City) -> None:
    feedback_id = uuid7()
    await city.hear(received(feedback_id, incomplete=True))
    await city.hear(classification(feedback_id))
    assert (await city.case(feedback_id))["office_reason"] == "incomplete"


@pytest.mark.parametrize(
    ("disposition", "suggested"),
    [
        (Disposition.SPAM_ADS, "TCH10"),
        (Disposition.OUT_OF_SCOPE_OTHER, "TCH04"),
        (Disposition.INQUIRY, "TCH03"),
        (Disposition.INSUFFICIENT, "TCH07"),
    ],
)
async def test_in_doubt_the_machine_suggests_a_refusal_and_refuses_nothing(
    city: City, disposition: Disposition, suggested: str
) -> None:
    feedback_id = await city.opened(disposition=disposition, kind=None, needs_review=True)
    case = await city.case(feedback_id)
    assert (case["state"], case["suggested_refusal"]) == ("received", suggested)
    assert [event.state for event in await city.said()] == [CaseState.RECEIVED]


async def test_a_suspected_denunciation_is_never_routed_by_the_machine(city: City) -> None:
    feedback_id = await city.opened(disposition=Disposition.COMPLAINT_DENUNCIATION, **CONDUCT)
    case = await city.case(feedback_id)
    assert owner(case) == (OFFICE, "office_sensitive")
    assert (case["shielded"], case["sensitive"], case["proposed_agency"]) == (True, True, None)
    assert not [event for event in await city.said() if isinstance(event, Routed)]


async def test_a_conduct_case_goes_to_the_head_with_the_office_in_copy(city: City) -> None:
    await city.head_at(LANG)
    feedback_id = await city.opened(**CONDUCT)
    case = await city.case(feedback_id)
    assert owner(case) == (LANG, "head")
    assert (case["office_copy"], case["no_head"], case["shielded"], case["accused"]) == (True, False, True, [LANG])
    assert case["due_at"] == datetime.fromisoformat("2026-12-08T17:30+07:00"), "ten working days"


async def test_an_accused_leader_is_answered_for_by_home_affairs(city: City) -> None:
    feedback_id = await city.opened(**{**CONDUCT, "accused_post": AccusedPost.LEADER})
    assert owner(await city.case(feedback_id)) == (HOME_AFFAIRS, "agency")


async def test_a_case_whose_head_is_missing_is_flagged_until_there_is_one_and_when_he_leaves(city: City) -> None:
    feedback_id = await city.opened(**CONDUCT)
    assert (await city.case(feedback_id))["no_head"]
    await city.head_at(LANG)
    assert not (await city.case(feedback_id))["no_head"]
    async with city.run.begin() as tx:
        login = (await tx.session.execute(t.officers.select())).mappings().one()["login"]
        await close_officer(login, tx)
    assert (await city.case(feedback_id))["no_head"]


async def test_a_doubtful_case_about_the_office_is_seen_by_its_head_or_by_whoever_is_left(city: City) -> None:
    accused = tuple(AgencyScore(agency_id=AgencyId(one), score=0.9) for one in (OFFICE, LANG))
    feedback_id = await city.opened(kind=Kind.OFFICIAL_CONDUCT, accused_unit=accused)
    assert owner(await city.case(feedback_id)) == (OFFICE, "office")
    officer = await city.system(OFFICE, Role.OFFICE)
    assert (await officer.get(f"/cases/{feedback_id}")).status_code == 200, "nobody else could see it"
    await city.head_at(OFFICE)
    assert (await officer.get(f"/cases/{feedback_id}")).status_code == 404
    assert (await (await city.system(OFFICE, Role.HEAD)).get(f"/cases/{feedback_id}")).status_code == 200


# --- triage silent, late, or heard again -----------------------------------------------------------------------------


async def test_a_case_triage_says_nothing_about_goes_to_the_office_after_two_minutes(city: City) -> None:
    feedback_id = uuid7()
    await city.hear(received(feedback_id))
    city.clock.advance(2 * MINUTE)
    await stand_unclassified(city.run)
    assert (await city.case(feedback_id))["state"] == "opened"
    city.clock.advance(timedelta(seconds=1))
    await stand_unclassified(city.run)
    case = await city.case(feedback_id)
    assert (case["state"], case["office_reason"], owner(case)) == ("received", "not_classified", (OFFICE, "office"))
    assert [event.state for event in await city.said()] == [CaseState.RECEIVED]


async def test_two_schedulers_give_up_waiting_once(city: City) -> None:
    for _ in range(5):
        await city.hear(received(uuid7()))
    city.clock.advance(3 * MINUTE)
    await asyncio.gather(*(stand_unclassified(city.run) for _ in range(4)))
    assert [event.case_seq for event in await city.said()] == [1] * 5


async def test_triage_is_still_welcome_when_it_is_late(city: City) -> None:
    feedback_id = uuid7()
    await city.hear(received(feedback_id))
    city.clock.advance(10 * MINUTE)
    await stand_unclassified(city.run)
    await city.hear(classification(feedback_id))
    assert owner(await city.case(feedback_id)) == (LANG, "agency")
    assert [(type(event), event.case_seq) for event in await city.said()] == [(Progressed, 1), (Routed, 2)]


async def test_what_the_citizen_adds_may_settle_a_doubt(city: City) -> None:
    feedback_id = await city.opened(matters=())
    assert (await city.case(feedback_id))["office_reason"] == "matter_unknown"
    city.clock.advance(MINUTE)
    await city.hear(classification(feedback_id))
    assert owner(await city.case(feedback_id)) == (LANG, "agency")


async def test_an_older_classification_that_comes_late_is_only_recorded(city: City) -> None:
    feedback_id = await city.opened(needs_review=True)
    await city.hear(classification(feedback_id), at=city.clock.now() - MINUTE)
    assert owner(await city.case(feedback_id)) == (OFFICE, "office")
    assert len(await city.rows(t.classifications, feedback_id)) == 2


async def test_a_later_classification_never_moves_what_the_machine_gave_away(city: City) -> None:
    feedback_id = await city.with_lang()
    city.clock.advance(MINUTE)
    await city.hear(classification(feedback_id, matters=(MatterScore(matter=MatterCode("HT03"), score=0.9),)))
    assert owner(await city.case(feedback_id)) == (LANG, "agency")
    assert len(await city.said()) == 2
    assert (await city.rows(t.timeline, feedback_id))[-1]["what"] == "classified_again"


async def test_a_later_suspicion_takes_the_case_back_to_the_sensitive_desk(city: City) -> None:
    feedback_id = await city.with_lang()
    city.clock.advance(MINUTE)
    await city.hear(classification(feedback_id, sensitive=True))
    case = await city.case(feedback_id)
    assert owner(case) == (OFFICE, "office_sensitive")
    assert (case["state"], case["shielded"]) == ("returned", True)
    assert [getattr(event, "state", "routed") for event in await city.said()] == ["received", "routed", "returned"]
    (assignment,) = await city.rows(t.assignments, feedback_id)
    assert assignment["ended_at"] is not None


async def test_accepting_a_case_decides_nothing_when_it_turns_out_to_need_the_shield(city: City) -> None:
    feedback_id = await city.with_lang()
    handler = await city.system(LANG, Role.HANDLER)
    assert (await handler.do(feedback_id, "accept")).status_code == 200
    city.clock.advance(MINUTE)
    await city.hear(classification(feedback_id, sensitive=True))
    case = await city.case(feedback_id)
    assert (owner(case), case["state"], case["shielded"]) == ((OFFICE, "office_sensitive"), "returned", True)
    assert (await handler.get(f"/cases/{feedback_id}")).status_code == 404, "the accused unit no longer sees it"


async def test_a_later_suspicion_leaves_a_person_s_decision_and_closes_the_shield_over_it(city: City) -> None:
    feedback_id = await city.with_lang()
    office, handler = await city.system(OFFICE, Role.OFFICE), await city.system(LANG, Role.HANDLER)
    assert (await office.do(feedback_id, "assign", {"agency_id": LANG, "note": "giao lại"})).status_code == 200
    assert (await handler.do(feedback_id, "accept")).status_code == 200
    city.clock.advance(MINUTE)
    await city.hear(classification(feedback_id, **CONDUCT))
    case = await city.case(feedback_id)
    assert (owner(case), case["state"], case["shielded"]) == ((LANG, "agency"), "in_progress", True)
    assert (await handler.get(f"/cases/{feedback_id}")).status_code == 404, "the accused unit no longer sees it"


async def test_what_was_once_suspected_is_never_released_by_the_machine(city: City) -> None:
    feedback_id = await city.opened(sensitive=True)
    city.clock.advance(MINUTE)
    await city.hear(classification(feedback_id))
    assert owner(await city.case(feedback_id)) == (OFFICE, "office_sensitive")


async def test_an_open_case_has_exactly_one_current_owner(city: City) -> None:
    office = await city.system(OFFICE, Role.OFFICE)
    feedback_id = await city.with_lang()
    for agency in ("HN-STP", LANG, "HN-SYT"):
        assert (await office.do(feedback_id, "assign", {"agency_id": agency, "note": "giao lại"})).status_code == 200
    current = [row["agency_id"] for row in await city.rows(t.assignments, feedback_id) if row["ended_at"] is None]
    assert current == ["HN-SYT"]
