"""The shield in the review: no decision opens it, suspicion closes it, and who may not decide changes nothing."""

import pytest

from libs.contracts.events import AgencyScore
from libs.contracts.vocabulary import AccusedPost, AgencyId, CaseState, Disposition, Field, Kind, Nature
from libs.runtime.ids import uuid7
from services.routing import tables as t
from services.routing.domain.permission import Role
from services.routing.domain.review import Label
from services.routing.domain.workflow import NotNow, Unseen
from services.routing.review import Kept
from tests.service.routing.city import LANG, MINUTE, OFFICE, City, classification, received
from tests.service.routing.review import IN_SCOPE, OF_LANG, decide, decided, new_events, officer

D = Disposition


# --- what is held back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [IN_SCOPE, Label(D.SPAM_ADS), Label(D.INQUIRY)], ids=lambda one: one.disposition)
async def test_a_sensitive_case_is_labelled_and_leaves_the_office_by_no_key(city: City, label: Label) -> None:
    case = await city.opened(sensitive=True, accused_unit=OF_LANG)
    before = len(await city.said(case))
    await decided(city, case, label)
    assert await new_events(city, case, before) == ["ClassificationCorrected"]
    row = await city.case(case)
    assert (row["desk"], row["sensitive"], row["shielded"], row["reviewed"]) == ("office_sensitive", True, True, True)
    assert (row["disposition"], row["office_reason"]) == (label.disposition, "sensitive")
    assert row["proposed_agency"] is None


async def test_a_denunciation_a_person_finds_closes_the_shield(city: City) -> None:
    case = await city.opened(needs_review=True, accused_unit=OF_LANG)
    assert not (await city.case(case))["shielded"]
    await decided(city, case, Label(D.COMPLAINT_DENUNCIATION))
    row = await city.case(case)
    assert (row["desk"], row["sensitive"], row["shielded"], row["accused"]) == (
        "office_sensitive",
        True,
        True,
        [LANG],
    )
    assert row["suggested_refusal"] == "TCH02"
    assert row["office_reason"] == "sensitive"


async def test_conduct_a_person_finds_goes_to_the_head_alone(city: City) -> None:
    await city.head_at(LANG)
    case = await city.opened(needs_review=True, accused_unit=OF_LANG, accused_post=AccusedPost.STAFF)
    await decided(city, case, Label(D.IN_SCOPE, Kind.OFFICIAL_CONDUCT, Nature.PHAN_ANH, Field.KHAC))
    row = await city.case(case)
    assert (row["agency_id"], row["desk"], row["shielded"], row["accused"]) == (LANG, "head", True, [LANG])


async def test_to_call_conduct_a_procedure_opens_no_shield(city: City) -> None:
    case = await city.opened(needs_review=True, kind=Kind.OFFICIAL_CONDUCT, accused_unit=OF_LANG)
    before = len(await city.said(case))
    await decided(city, case, IN_SCOPE)
    assert await new_events(city, case, before) == ["ClassificationCorrected"]
    row = await city.case(case)
    assert (row["desk"], row["shielded"], row["office_reason"]) == ("office", True, "shield_stands")
    assert row["proposed_agency"] == LANG, "one form away, where a person says why"


async def test_a_case_taken_back_from_an_agency_stays_returned_until_it_is_given_away(city: City) -> None:
    case = await city.with_lang()
    city.clock.advance(MINUTE)
    await city.hear(classification(case, sensitive=True, accused_unit=OF_LANG))
    assert (await city.case(case))["state"] == CaseState.RETURNED
    due = (await city.case(case))["act_by"]
    await decided(city, case, None)
    row = await city.case(case)
    assert (row["state"], row["desk"], row["act_by"]) == ("returned", "office_sensitive", due)


async def test_a_suspicion_that_comes_later_puts_a_reviewed_case_into_the_queue_again(city: City) -> None:
    case = await city.opened(needs_review=True)
    await decided(city, case, IN_SCOPE)
    city.clock.advance(MINUTE)
    await city.hear(classification(case, sensitive=True, accused_unit=OF_LANG))
    row = await city.case(case)
    assert (row["state"], row["desk"], row["reviewed"]) == ("returned", "office_sensitive", False)


# --- who, and which --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "agency"),
    [(Role.AUDITOR, OFFICE), (Role.ADMIN, OFFICE), (Role.HANDLER, LANG), (Role.HEAD, LANG), (Role.OFFICE, LANG)],
)
async def test_who_may_not_decide_changes_nothing(city: City, who: Role, agency: str) -> None:
    case = await city.opened(needs_review=True)
    other = officer(who, agency=agency)
    assert not isinstance(await decide(city, case, IN_SCOPE, other), Kept)
    assert not await city.rows(t.reviews, case)


async def test_a_case_about_the_office_is_its_head_s_to_review(city: City) -> None:
    await city.head_at(OFFICE)
    about_us = (AgencyScore(agency_id=AgencyId(OFFICE), score=0.9),)
    case = await city.opened(needs_review=True, kind=Kind.OFFICIAL_CONDUCT, accused_unit=about_us)
    assert await decide(city, case, None, officer()) == Unseen()
    assert isinstance(await decide(city, case, None, officer(Role.HEAD)), Kept)


async def test_only_doubtful_classifications_are_decided_here(city: City) -> None:
    given = await city.with_lang()
    assert not isinstance(await decide(city, given, IN_SCOPE, officer()), Kept)
    placeless = uuid7()
    await city.hear(received(placeless, place_id=None))
    await city.hear(classification(placeless))
    assert await decide(city, placeless, IN_SCOPE, officer()) == NotNow(CaseState.CLASSIFIED)
    assert await decide(city, uuid7(), IN_SCOPE, officer(), version=1) == Unseen()


async def test_machines_are_not_offered_to_review(city: City) -> None:
    case = await city.opened(needs_review=True)
    system = await city.system(OFFICE, Role.OFFICE)
    assert (await system.get(f"/cases/{case}")).json()["actions"] == ["assign", "refuse"]
