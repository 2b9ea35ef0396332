"""The shield at the desk: who may not know of a case learns nothing of it, on any page, by any form."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from libs.contracts.events import AgencyScore, Attachment, SenderIdentified
from libs.contracts.sealed import Contacts
from libs.contracts.vocabulary import AccusedPost, AgencyId, FeedbackId, FileKind, FileState, Kind, SenderId
from libs.runtime.ids import uuid7
from services.routing import tables as t
from services.routing.domain.permission import Role
from services.routing.web import acting, pages, sign_in
from services.routing.web.queue import AGENCY, CITY
from services.routing.web.queue import OFFICE as OFFICE_LISTS
from tests.service.routing.browser import SIGN_IN, Browser, at_desk, words
from tests.service.routing.city import HOME_AFFAIRS, LANG, MINUTE, OFFICE, City, classification, received

TEXT = "Cán bộ một cửa phường Láng quát mắng người già."
CODE = "HN-PA-261123-77777-Z"
ACTIONS = ("accept", "return", "assign", "answer", "approve", "send-back", "refuse", "unmask", "draft", "discard")
FILLED = {
    "version": "2", "seen": "0", "note": "Ghi chú thử.", "why": "Lý do thử.", "agency_id": LANG, "reason": "TCH10",
    "kind": "official_conduct", "outcome": "accepted", "text": "Câu trả lời thử, đủ hai mươi ký tự.", "step": "send",
}  # fmt: skip
"""What any of the forms could hold."""


@dataclass
class Shielded:
    """A conduct case about staff of Láng, with one file."""

    id: UUID
    file: str


async def conduct_case(city: City, *, post: AccusedPost = AccusedPost.STAFF, sensitive: bool = False) -> Shielded:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"\xff\xd8\xffanh"

    stored = await city.run.blobs.put(chunks(), 1_000)
    assert stored.sha256 == hashlib.sha256(b"\xff\xd8\xffanh").hexdigest()
    file = Attachment(file_id=uuid4(), name="anh.jpg", kind=FileKind.IMAGE, state=FileState.READY, sha256=stored.sha256)
    feedback_id = uuid7()
    await city.hear(received(feedback_id, text=TEXT, code=CODE, attachments=(file,)))
    await city.hear(
        classification(
            feedback_id,
            kind=Kind.OFFICIAL_CONDUCT,
            accused_unit=(AgencyScore(agency_id=AgencyId(LANG), score=0.9),),
            accused_post=post,
            sensitive=sensitive,
        )
    )
    return Shielded(feedback_id, f"/desk/cases/{feedback_id}/files/{file.file_id}")


async def sees_nothing(city: City, browser: Browser, case: Shielded) -> None:
    """Go everywhere an officer could go, and try every form; nothing may tell of the case, nothing may change it."""
    before = await city.rows(t.timeline, case.id), await city.case(case.id)
    strangers = await browser.case(uuid7())
    seen = await browser.case(case.id)
    assert seen.status_code == 404
    assert words(seen) == words(strangers), "just as if there were no such case"
    assert (await browser.get(case.file)).status_code == 404
    assert (await browser.get(case.file, inline="1")).status_code == 404
    assert (await browser.get(f"/desk/cases/{case.id}/approve")).status_code == 404
    token = await browser.csrf()
    for action in ACTIONS:
        tried = await browser.post(f"/desk/cases/{case.id}/{action}", {**FILLED, "csrf": token})
        assert tried.status_code == 404, action
        assert TEXT not in tried.text
        assert CODE not in tried.text
    for page in [await browser.get("/desk"), *[await browser.get("/desk", list=slug) for slug in _slugs()]]:
        assert CODE not in page.text
        assert TEXT not in words(page)
        assert "1 hồ sơ" not in words(page), "not even as a number"
    for typed in (CODE, CODE[13:18], "HN-PA"):
        found = await browser.get("/desk/search", q=typed)
        assert (found.status_code, "Không tìm thấy hồ sơ nào" in words(found)) == (200, True)
    assert (await city.rows(t.timeline, case.id), await city.case(case.id)) == before


def _slugs() -> list[str]:
    return [queue.slug for queue in (*AGENCY, *OFFICE_LISTS, *CITY)]


async def sees_it(browser: Browser, case: Shielded) -> None:
    page = await browser.case(case.id)
    assert (page.status_code, TEXT in words(page)) == (200, True)
    assert (await browser.get(case.file)).status_code == 200
    assert (await browser.get("/desk/search", q=CODE)).headers["location"] == f"/desk/cases/{case.id}"
    assert "1 hồ sơ" in words(await browser.get("/desk"))


@pytest.mark.parametrize("role", [Role.HANDLER, Role.AGENCY_FOCAL, Role.APPROVER])
async def test_ordinary_officers_of_the_accused_unit_learn_nothing(city: City, role: Role) -> None:
    await city.head_at(LANG)
    case = await conduct_case(city)
    assert ((await city.case(case.id))["agency_id"], (await city.case(case.id))["desk"]) == (LANG, "head")
    await sees_nothing(city, await at_desk(city, "nguoi-phuong", LANG, role), case)


async def test_the_head_and_the_office_see_it_and_who_else_can(city: City) -> None:
    head = await at_desk(city, "chutich", LANG, Role.HEAD)
    case = await conduct_case(city)
    for browser in (head, await at_desk(city, "vanphong", OFFICE, Role.OFFICE)):
        await sees_it(browser, case)
        said = words(await browser.case(case.id))
        assert "Chỉ người đứng đầu UBND phường Láng và Văn phòng UBND Thành phố xem được" in said
        assert "Người bị phản ánh không được biết" in said


async def test_of_an_accused_leader_the_whole_unit_learns_nothing(city: City) -> None:
    head = await at_desk(city, "chutich", LANG, Role.HEAD)
    case = await conduct_case(city, post=AccusedPost.LEADER)
    assert (await city.case(case.id))["agency_id"] == HOME_AFFAIRS
    await sees_nothing(city, head, case)
    await sees_it(await at_desk(city, "noivu", HOME_AFFAIRS, Role.HANDLER), case)


@pytest.mark.parametrize(
    ("agency_id", "role"),
    [(LANG, Role.HEAD), (LANG, Role.HANDLER), (HOME_AFFAIRS, Role.HEAD), (OFFICE, Role.AUDITOR), (OFFICE, Role.ADMIN)],
)
async def test_a_suspected_denunciation_is_for_the_office_alone(city: City, agency_id: str, role: Role) -> None:
    case = await conduct_case(city, sensitive=True)
    assert (await city.case(case.id))["desk"] == "office_sensitive"
    await sees_nothing(city, await at_desk(city, "nguoi-khac", agency_id, role), case)
    decider = await at_desk(city, "vanphong", OFFICE, Role.OFFICE)
    await sees_it(decider, case)
    assert "Hồ sơ nhạy cảm. Chỉ cán bộ Văn phòng UBND Thành phố" in words(await decider.case(case.id))


@pytest.mark.parametrize("role", [Role.HANDLER, Role.HEAD, Role.APPROVER])
async def test_another_agency_s_cases_are_not_there(city: City, role: Role) -> None:
    case = await conduct_case(city)
    await sees_nothing(city, await at_desk(city, "nguoi-khac", "HN-CN00004", role), case)


async def test_a_leader_s_unit_is_not_offered_the_case_by_a_form_either(city: City) -> None:
    case = await conduct_case(city, post=AccusedPost.LEADER, sensitive=True)
    decider = await at_desk(city, "vanphong", OFFICE, Role.OFFICE)
    page = await decider.case(case.id)
    tried = await decider.send(page, "/assign", agency_id=LANG, kind="official_conduct", note="Thử giao nhầm.")
    assert (tried.status_code, "Không giao cho đơn vị có lãnh đạo bị phản ánh" in words(tried)) == (409, True)
    assert (await city.case(case.id))["agency_id"] == OFFICE


async def test_a_head_s_answer_is_approved_by_the_office(city: City) -> None:
    head = await at_desk(city, "chutich", LANG, Role.HEAD)
    case = await conduct_case(city)
    await head.do(case.id, "accept")
    await head.do(case.id, "answer", outcome="accepted", text=FILLED["text"], do="submit")
    assert "Chờ người có thẩm quyền duyệt" in words(await head.case(case.id)) or "cần người khác duyệt" in words(
        await head.case(case.id)
    )
    decider = await at_desk(city, "vanphong", OFFICE, Role.OFFICE)
    assert "Chờ Văn phòng duyệt 1 hồ sơ" in words(await decider.get("/desk"))
    assert (await decider.send(await decider.get(f"/desk/cases/{case.id}/approve"), "/approve")).status_code == 303
    assert (await city.case(case.id))["state"] == "answered"


# --- every door ---------------------------------------------------------------------------------------------------


def _addresses(method: str) -> list[str]:
    routes = [route for router in (sign_in.router, acting.router, pages.router) for route in router.routes]
    return [route.path for route in routes if method in route.methods and not route.path.startswith(SIGN_IN)]  # type: ignore[attr-defined]


def _filled(path: str, feedback_id: UUID) -> list[str]:
    one = (
        path.replace("{feedback_id}", str(feedback_id))
        .replace("{file_id}", str(feedback_id))
        .replace("{rest:path}", "x")
    )
    return [one.replace("{action}", action) for action in ACTIONS] if "{action}" in one else [one]


async def test_every_page_asks_to_sign_in_first(city: City) -> None:
    feedback_id = await city.with_lang()
    browser = Browser(city.run)
    for path in [filled for address in _addresses("GET") for filled in _filled(address, feedback_id)]:
        answer = await browser.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith(SIGN_IN)


async def test_every_form_is_refused_without_a_session_and_without_its_token(city: City) -> None:
    feedback_id = await city.with_lang()
    before = await city.rows(t.timeline, feedback_id), await city.case(feedback_id)
    stranger = Browser(city.run)
    insider = await at_desk(city, "canbo", LANG, Role.HANDLER, Role.AGENCY_FOCAL, Role.HEAD)
    other_token = await (await at_desk(city, "khac", LANG, Role.HANDLER)).csrf()
    paths = [filled for address in _addresses("POST") for filled in _filled(address, feedback_id)]
    assert len(paths) > len(ACTIONS)
    for path in paths:
        assert (await stranger.post(path, FILLED)).status_code == 403, path
        for token in ({}, {"csrf": ""}, {"csrf": "ệ"}, {"csrf": other_token}):
            refused = await insider.post(path, {**FILLED, **token})
            assert (refused.status_code, "Biểu mẫu đã cũ" in words(refused)) == (403, True), path
    assert (await city.rows(t.timeline, feedback_id), await city.case(feedback_id)) == before
    assert (await insider.get("/desk")).status_code == 200, "and nobody was signed out"


async def test_words_in_a_form_with_an_old_token_are_given_back(city: City) -> None:
    feedback_id = await city.with_lang()
    browser = await at_desk(city, "canbo", LANG, Role.HANDLER)
    refused = await browser.post(f"/desk/cases/{feedback_id}/answer", {**FILLED, "csrf": "cũ"})
    assert FILLED["text"] in words(refused)


async def test_a_form_larger_than_any_of_ours_is_refused(city: City) -> None:
    browser = await at_desk(city, "canbo", LANG, Role.HANDLER)
    for values in ({"text": "a" * 600_000}, {f"f{number}": "" for number in range(100)}):
        assert (await browser.post("/desk/sign-out", values)).status_code == 413


async def test_why_the_office_looked_at_the_sender_is_not_told_to_the_accused_unit_s_head(city: City) -> None:
    case, why = await conduct_case(city), "Gọi chị Hoa ở ngõ 12 để xác minh ngày hẹn."
    head = await at_desk(city, "chutich", LANG, Role.HEAD)
    office = await at_desk(city, "vanphong", OFFICE, Role.OFFICE)
    system = await city.system(LANG, Role.HEAD)
    auditor = await city.system(OFFICE, Role.AUDITOR)
    contacts = city.run.parts.sealer.seal(Contacts(full_name="Trần Thị Mẫu", phone="84900000124"))
    await city.hear(
        SenderIdentified(sender_id=SenderId(uuid7()), feedback_id=FeedbackId(case.id), code=CODE, contacts=contacts)
    )
    looked = await office.do(case.id, "unmask", why=why)
    assert looked.status_code == 200

    assert why in words(await office.case(case.id))
    assert why in (await auditor.get(f"/cases/{case.id}")).text
    seen = words(await head.case(case.id))
    assert "Xem thông tin người gửi" in seen, "that somebody looked is told"
    assert why not in seen
    assert why not in (await system.get(f"/cases/{case.id}")).text


async def test_a_case_turned_out_to_be_about_who_works_on_it_stands_before_the_office(city: City) -> None:
    feedback_id = await city.with_lang()
    office, clerk = await city.system(OFFICE, Role.OFFICE), await city.system(LANG, Role.HANDLER)
    assert (await office.do(feedback_id, "assign", {"agency_id": LANG, "note": "giao lại"})).status_code == 200
    assert (await clerk.do(feedback_id, "accept")).status_code == 200
    city.clock.advance(MINUTE)
    accused = (AgencyScore(agency_id=AgencyId(LANG), score=0.9),)
    await city.hear(classification(feedback_id, kind=Kind.OFFICIAL_CONDUCT, accused_unit=accused))
    code = (await city.case(feedback_id))["code"]
    decider = await at_desk(city, "vanphong", OFFICE, Role.OFFICE)
    assert code in words(await decider.get("/desk", list="shield-closed"))
    assert "cán bộ khác của UBND phường Láng không xem được nữa" in words(await decider.case(feedback_id))
