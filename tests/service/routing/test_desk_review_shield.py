"""The shield on the review page: who may not know of a case finds no page, no form and no count of it."""

import pytest

from libs.contracts.events import AgencyScore
from libs.contracts.vocabulary import AgencyId, Kind
from libs.runtime.ids import uuid7
from services.routing import tables as t
from services.routing.domain.permission import Role
from tests.service.routing.browser import at_desk, handler, office, words
from tests.service.routing.city import LANG, OFFICE, WORDS, City
from tests.service.routing.review_page import QUEUE, address, doubtful, listed


@pytest.mark.parametrize(
    ("agency", "roles"),
    [
        (OFFICE, (Role.AUDITOR,)),
        (OFFICE, (Role.ADMIN, Role.HANDLER)),
        (LANG, (Role.HANDLER, Role.AGENCY_FOCAL)),
        (LANG, (Role.HEAD,)),
    ],
    ids=["auditor", "admin", "handler", "head"],
)
async def test_for_anybody_else_there_is_no_such_page(city: City, agency: str, roles: tuple[Role, ...]) -> None:
    case = await doubtful(city)
    browser = await at_desk(city, "nguoi-khac", agency, *roles)
    nothing = words(await browser.get(address(uuid7())))
    for page in (
        await browser.get(address(case)),
        await browser.get(QUEUE),
        await browser.get(f"{address(case)}/undo"),
    ):
        assert (page.status_code, words(page)) == (404, nothing)
    token = await browser.csrf()
    filled = {"csrf": token, "version": "2", "seen": "0", "decide": "spam_ads", "review": str(uuid7())}
    for action in ("decide", "label", "undo"):
        answer = await browser.post(f"{address(case)}/{action}", filled)
        assert answer.status_code == 404
        assert WORDS not in answer.text
    assert QUEUE not in (await browser.get("/desk")).text
    assert not await city.rows(t.reviews, case)


async def test_of_a_case_about_the_office_its_ordinary_officers_see_nothing_here(city: City) -> None:
    await city.head_at(OFFICE)
    about_us = (AgencyScore(agency_id=AgencyId(OFFICE), score=0.9),)
    case = await doubtful(city, kind=Kind.OFFICIAL_CONDUCT, accused_unit=about_us)
    browser = await office(city)
    page = await browser.get(QUEUE)
    assert (listed(page), "0 hồ sơ" in words(page)) == ([], True)
    assert (await browser.get(address(case))).status_code == 404
    answer = await browser.post(
        f"{address(case)}/decide", {"csrf": await browser.csrf(), "version": "2", "decide": "spam_ads"}
    )
    assert answer.status_code == 404
    head = await at_desk(city, "chanhvanphong", OFFICE, Role.HEAD)
    assert listed(await head.get(QUEUE)) == [case]


async def test_an_agency_s_officer_learns_of_no_case_and_no_count(city: City) -> None:
    await doubtful(city)
    assert "Xem lại" not in words(await (await handler(city)).get("/desk"))
