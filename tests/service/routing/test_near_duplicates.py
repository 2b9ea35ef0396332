"""Cases that say nearly the same are shown beside one another, and only to those who may know of both."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.contracts.events import AgencyScore, Refused
from libs.contracts.vocabulary import AccusedPost, AgencyId, FeedbackId, Kind, SenderId
from libs.runtime.ids import uuid7
from services.routing import tables as t
from services.routing.domain.permission import Role
from tests.service.routing.browser import Browser, at_desk, forms_of, handler, office, words
from tests.service.routing.city import LANG, OFFICE, City, classification, received
from tests.support.statements import statements_of

SENDER = SenderId(uuid7())
OLDER, NEWER = "HN-PA-261120-11111-A", "HN-PA-261123-22222-B"
HEADING = "Có thể trùng với"
BEFORE = datetime.fromisoformat("2026-11-20T10:00+07:00")
CONDUCT: dict[str, Any] = {
    "kind": Kind.OFFICIAL_CONDUCT,
    "accused_unit": (AgencyScore(agency_id=AgencyId(LANG), score=0.9),),
    "accused_post": AccusedPost.STAFF,
}


async def said(
    city: City,
    code: str,
    near: tuple[UUID, ...] = (),
    *,
    sender: UUID = SENDER,
    at: datetime | None = None,
    **known: Any,
) -> UUID:
    """A case that was received and classified as like others."""
    feedback_id = uuid7()
    when = {"received_at": at} if at else {}
    await city.hear(received(feedback_id, code=code, sender_id=SenderId(sender), **when))
    await city.hear(classification(feedback_id, near_duplicates=tuple(map(FeedbackId, near)), **known))
    return feedback_id


async def pair(
    city: City, *, older: dict[str, Any] | None = None, newer: dict[str, Any] | None = None
) -> tuple[UUID, UUID]:
    """Two cases of one sender, the later one told as like the earlier."""
    first = await said(city, OLDER, at=BEFORE, **(older or {}))
    return first, await said(city, NEWER, (first,), **(newer or {}))


def near_part(page: Any) -> str:
    """What a case's page says of cases like it."""
    shown = words(page)
    return shown.partition(HEADING)[2].partition("Về việc gì, vì sao ở đây")[0] if HEADING in shown else ""


async def near_of(system: Any, feedback_id: UUID) -> list[dict[str, Any]]:
    sheet: dict[str, Any] = (await system.get(f"/cases/{feedback_id}")).json()
    shown = [one["id"] for one in sheet["near_duplicates"]]
    assert set((sheet["classification"] or {}).get("near_duplicates", ())) <= set(shown), (
        "what triage said hints no more"
    )
    return list(sheet["near_duplicates"])


async def test_each_of_two_cases_shows_the_other(city: City) -> None:
    older, newer = await pair(city)
    clerk = await handler(city)
    assert OLDER in near_part(await clerk.case(newer))
    shown = near_part(await clerk.case(older))
    assert NEWER in shown
    assert ("UBND phường Láng" in shown, "cùng người gửi" in shown, "Đã chuyển" in shown) == (True, True, True)
    system = await city.system(LANG, Role.HANDLER)
    assert [(one["id"], one["code"], one["same_sender"]) for one in await near_of(system, newer)] == [
        (str(older), OLDER, True)
    ]
    assert [one["id"] for one in await near_of(system, older)] == [str(newer)]


async def test_a_neighbour_s_letter_is_not_said_to_be_the_same_person_s(city: City) -> None:
    _, newer = await pair(city, newer={"sender": uuid7()})
    shown = near_part(await (await office(city)).case(newer))
    assert (OLDER in shown, "cùng người gửi" in shown) == (True, False)


async def test_a_case_like_no_other_says_nothing_about_it(city: City) -> None:
    alone = await said(city, NEWER)
    assert near_part(await (await office(city)).case(alone)) == ""
    assert HEADING not in words(await (await handler(city)).case(alone))


@pytest.mark.parametrize("hidden", ["older", "newer"])
@pytest.mark.parametrize("why", [{**CONDUCT}, {**CONDUCT, "sensitive": True}], ids=["conduct", "sensitive"])
async def test_nobody_is_hinted_at_a_case_he_may_not_know_of(city: City, hidden: str, why: dict[str, Any]) -> None:
    await city.head_at(LANG)
    older, newer = await pair(city, **{hidden: why})
    seen = newer if hidden == "older" else older
    clerk, system = await handler(city), await city.system(LANG, Role.HANDLER)
    page = await clerk.case(seen)
    assert (page.status_code, near_part(page), HEADING in page.text) == (200, "", False)
    assert (OLDER if hidden == "older" else NEWER) not in page.text
    assert await near_of(system, seen) == []
    unseen = older if hidden == "older" else newer
    assert str(unseen) not in (await system.get(f"/cases/{seen}")).text
    assert near_part(await (await office(city)).case(seen)) != "", "the Office sees both"


async def test_the_head_of_the_accused_unit_never_learns_from_another_case_who_complained(city: City) -> None:
    older, newer = await pair(city, newer=CONDUCT)
    head = await at_desk(city, "chutich", LANG, Role.HEAD)
    assert (await head.case(newer)).status_code == 200
    for one, other in ((older, NEWER), (newer, OLDER)):
        shown = near_part(await head.case(one))
        assert (other in shown, "cùng người gửi" in shown) == (True, False)
    system = await city.system(LANG, Role.HEAD)
    assert [one["same_sender"] for one in await near_of(system, older)] == [None]
    assert "cùng người gửi" in near_part(await (await office(city)).case(older))


async def test_a_case_handed_to_another_agency_is_gone_from_this_one_s_pages(city: City) -> None:
    older, newer = await pair(city)
    clerk, decider = await handler(city), await city.system(OFFICE, Role.OFFICE)
    assert near_part(await clerk.case(newer)) != ""
    assert (await decider.do(older, "assign", {"agency_id": "HN-CN00004", "note": "giao nơi khác"})).status_code == 200
    assert near_part(await clerk.case(newer)) == ""


async def test_hearing_it_twice_out_of_order_or_before_the_case_changes_nothing(city: City) -> None:
    older, newer = await said(city, OLDER, at=BEFORE), uuid7()
    early = await city.hear(classification(newer, near_duplicates=(FeedbackId(older),)))
    assert near_part(await (await office(city)).case(older)) == "", "it has no case yet"
    await city.hear_again(early)
    await city.hear(received(newer, code=NEWER, sender_id=SENDER))
    await city.hear(
        classification(newer, near_duplicates=(FeedbackId(older),)), at=city.clock.now() - timedelta(minutes=9)
    )
    assert len(await city.rows(t.near_duplicates, newer)) == 1
    system = await city.system(LANG, Role.HANDLER)
    assert [one["code"] for one in await near_of(system, older)] == [NEWER]


async def test_what_triage_names_comes_first_then_the_newest_and_never_more_than_ten(city: City) -> None:
    start = await said(city, "HN-0", at=BEFORE)
    named = [await said(city, f"HN-{number}", at=BEFORE + timedelta(hours=number)) for number in (1, 2)]
    asked = await said(city, "HN-3", (named[1], start, named[0]), at=BEFORE + timedelta(hours=3))
    for number in range(4, 13):
        await said(city, f"HN-{number}", (asked,), at=BEFORE + timedelta(hours=number))
    system = await city.system(LANG, Role.HANDLER)
    codes = [one["code"] for one in await near_of(system, asked)]
    assert codes == ["HN-2", "HN-0", "HN-1", *(f"HN-{number}" for number in range(12, 5, -1))]


async def test_what_two_cases_say_of_each_other_is_shown_once(city: City) -> None:
    older, newer = await pair(city)
    city.clock.advance(timedelta(minutes=1))
    await city.hear(classification(older, near_duplicates=(FeedbackId(newer), FeedbackId(older))))
    system = await city.system(LANG, Role.HANDLER)
    assert [one["code"] for one in await near_of(system, older)] == [NEWER]


async def test_a_page_asks_for_them_with_one_statement(city: City) -> None:
    older, _ = await pair(city)
    system = await city.system(LANG, Role.HANDLER)
    with statements_of(city.run) as sent:
        await near_of(system, older)
    assert len([one for one in sent if "near_duplicates" in one]) == 1


# --- the Office answers what was sent twice -----------------------------------------------------------------------


def repeat_form(page: Any) -> dict[str, str] | None:
    """The refusal that is filled in, if any."""
    filled = [form.fields for form in forms_of(page) if form.fields.get("reason") == "TCH08"]
    return filled[0] if filled else None


async def test_the_office_is_offered_to_answer_with_the_code_that_is_open(city: City) -> None:
    older, newer = await pair(city)
    decider = await office(city)
    fields = repeat_form(await decider.case(newer))
    assert fields is not None
    preview = await decider.post(f"/desk/cases/{newer}/refuse", fields)
    sentence = f"Việc này ông/bà đã gửi và đang được giải quyết theo mã {OLDER}."
    assert (preview.status_code, sentence in words(preview)) == (200, True)
    assert (await city.case(newer))["state"] == "assigned", "nothing is sent before the officer says so"
    done = await decider.send(preview, "/refuse", step="send")
    assert done.status_code == 303
    refused = [event for event in await city.said(newer) if isinstance(event, Refused)]
    assert [(one.reason, sentence in one.explanation) for one in refused] == [("TCH08", True)]
    assert refused[0].explanation.count(OLDER) == 2, "where to add more is told too"
    assert (await city.case(older))["state"] == "assigned", "the older one goes on"
    (note,) = [line["note"] for line in await city.rows(t.timeline, newer) if line["what"] == "refused"]
    assert OLDER in note


@pytest.mark.parametrize("newer", [{"sender": uuid7()}], ids=["a neighbour's"])
async def test_another_citizen_is_never_told_a_neighbour_s_code(city: City, newer: dict[str, Any]) -> None:
    _, later = await pair(city, newer=newer)
    page = await (await office(city)).case(later)
    assert (OLDER in near_part(page), repeat_form(page)) == (True, None)


async def test_the_older_case_is_not_refused_for_the_newer_one(city: City) -> None:
    older, _ = await pair(city)
    assert repeat_form(await (await office(city)).case(older)) is None


async def test_an_agency_is_not_offered_to_refuse(city: City) -> None:
    _, newer = await pair(city)
    browser: Browser = await handler(city)
    assert repeat_form(await browser.case(newer)) is None
