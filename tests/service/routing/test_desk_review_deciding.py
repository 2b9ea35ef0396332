"""Deciding on the review page: one button for each decision, the way back, and what officers are told meanwhile."""

import re
from datetime import timedelta

import pytest

from libs.contracts.vocabulary import CaseState, Disposition, Field, Kind, Nature
from services.routing import tables as t
from services.routing.domain.permission import Role
from tests.service.routing.browser import at_desk, form_to, forms_of, office, words
from tests.service.routing.city import LANG, MINUTE, OFFICE, City, classification
from tests.service.routing.review import later
from tests.service.routing.review_page import QUEUE, address, decide_form, doubtful, listed, press

D = Disposition


async def test_after_a_decision_the_next_case_opens_with_the_way_back_on_it(city: City) -> None:
    first, second = await doubtful(city), await doubtful(city, text="Việc thứ hai.")
    browser = await office(city)
    answer = await press(browser, first, "as_proposed")
    assert answer.status_code == 303
    assert answer.headers["location"] == address(second)
    page = await browser.get(answer.headers["location"])
    assert "Việc thứ hai." in words(page)
    assert "Đã ghi HN-PA-" in words(page)
    assert "→ chuyển UBND phường Láng. Có hiệu lực sau 15 giây. Hoàn tác U" in words(page)
    assert listed(page) == [second]
    assert "1 hồ sơ đang chờ" in words(page)


async def test_from_the_last_case_the_way_leads_to_those_left_before_it(city: City) -> None:
    first, second = await doubtful(city), await doubtful(city)
    browser = await office(city)
    assert (await press(browser, second, "as_proposed")).headers["location"] == address(first)
    answer = await press(browser, first, "as_proposed")
    assert answer.headers["location"] == QUEUE
    assert "Đã ghi HN-PA-" in words(await browser.get(answer.headers["location"]))


async def test_what_was_decided_can_be_taken_back_and_nothing_was_said(city: City) -> None:
    case = await doubtful(city)
    said = await city.said(case)
    browser = await office(city)
    page = await browser.get((await press(browser, case, "spam_ads")).headers["location"])
    undone = await browser.send(page, "/undo")
    assert undone.headers["location"] == f"{address(case)}?done=undo"
    page = await browser.get(undone.headers["location"])
    assert "Đã hoàn tác, chưa có gì được ghi" in words(page)
    assert listed(page) == [case]
    await later(city)
    assert await city.said(case) == said


async def test_of_several_decisions_the_latest_is_taken_back_first_wherever_one_went_meanwhile(city: City) -> None:
    first, second, third = [await doubtful(city) for _ in range(3)]
    browser = await office(city)
    await press(browser, first, "spam_ads")
    city.clock.advance(timedelta(seconds=1))
    await press(browser, second, "insufficient")
    for expected in (second, first):
        page = await browser.get(address(third))
        assert (await browser.send(page, "/undo")).headers["location"] == f"{address(expected)}?done=undo"
    assert "Đã ghi" not in words(await browser.get(address(third)))


async def test_too_late_is_said_so(city: City) -> None:
    case = await doubtful(city)
    browser = await office(city)
    page = await browser.get((await press(browser, case, "spam_ads")).headers["location"])
    await later(city)
    answer = await browser.send(page, "/undo")
    assert answer.headers["location"] == f"{QUEUE}?done=too-late"
    assert "không hoàn tác được nữa" in words(await browser.get(answer.headers["location"]))
    assert (await city.case(case))["state"] == CaseState.REFUSED


async def test_another_officer_s_decision_is_not_mine_to_undo(city: City) -> None:
    case = await doubtful(city)
    browser = await office(city)
    page = await browser.get((await press(browser, case, "spam_ads")).headers["location"])
    review_id = form_to(page, "/undo").fields["review"]
    other = await at_desk(city, "vanphong2", OFFICE, Role.OFFICE)
    shown = await other.get(QUEUE)
    assert "Đã ghi" not in words(shown)
    answer = await other.post(f"{address(case)}/undo", {"csrf": await other.csrf(), "review": review_id})
    assert answer.status_code == 404
    await later(city)
    assert (await city.case(case))["state"] == CaseState.REFUSED


async def test_a_colleague_sees_that_somebody_has_just_decided(city: City) -> None:
    case = await doubtful(city)
    browser, other = await office(city), await at_desk(city, "vanphong2", OFFICE, Role.OFFICE)
    form = forms_of(page := await other.get(address(case)))[decide_form(page)]
    await press(browser, case, "spam_ads")
    assert listed(await other.get(QUEUE)) == []
    answer = await other.post(f"{address(case)}/decide", {**form.fields, "decide": "inquiry"})
    assert (answer.status_code, "Cán bộ vanphong vừa quyết định" in words(answer)) == (409, True)
    page = await other.get(address(case))
    assert 'name="decide"' not in page.text


async def test_a_label_alone_is_a_button_of_its_own(city: City) -> None:
    case = await doubtful(city)
    browser = await office(city)
    page = await browser.get(address(case))
    assert f'formaction="{address(case)}/label"' in page.text
    answer = await press(browser, case, "out_of_scope_other", "label")
    told = words(await browser.get(answer.headers["location"]))
    assert "Ngoài phạm vi tiếp nhận → hồ sơ ở lại Văn phòng, chưa trả lời, đề xuất TCH04" in told
    await later(city)
    row = await city.case(case)
    assert (row["state"], row["suggested_refusal"], row["refusal_reason"]) == ("received", "TCH04", None)
    assert listed(await browser.get(QUEUE)) == [], "it was looked at"


async def test_the_small_form_for_feedback_in_scope_is_filled_with_what_triage_read(city: City) -> None:
    case = await doubtful(city, field=Field.HO_TICH, nature=Nature.PHAN_ANH)
    browser = await office(city)
    page = await browser.get(address(case))
    form = next(form for form in forms_of(page) if form.fields.get("decide") == "in_scope")
    chosen = {name: form.fields.get(name) for name in ("kind", "nature", "field", "matter")}
    assert chosen == {"kind": "procedure_difficulty", "nature": "phan_anh", "field": "ho_tich", "matter": "HT01"}
    answer = await browser.post(form.action, {**form.fields, "field": "chung_thuc", "matter": ""})
    assert answer.status_code == 303
    await later(city)
    corrected = (await city.said(case))[-1]
    assert (corrected.field, corrected.matter, corrected.kind) == (
        Field.CHUNG_THUC,
        None,
        Kind.PROCEDURE_DIFFICULTY,
    )
    assert (await city.case(case))["office_reason"] == "matter_unknown"


async def test_what_is_missing_in_the_small_form_is_said_beside_it(city: City) -> None:
    case = await doubtful(city, kind=None)
    browser = await office(city)
    answer = await press(browser, case, "in_scope", matter="KHONG-CO", field="chung_thuc")
    assert answer.status_code == 422
    told = words(answer)
    for missing in ("Xin chọn loại.", "Xin chọn tính chất.", "Việc này không có trong bảng thẩm quyền."):
        assert told.count(missing) == 2, "on top, and beside the field"
    assert '<option value="chung_thuc" selected>' in answer.text
    assert re.search(r'<details class="in-scope" open>', answer.text)
    assert not await city.rows(t.reviews, case)


@pytest.mark.parametrize("decide", ["", "reject", "in scope", "1"])
async def test_a_decision_nobody_offers_is_refused(city: City, decide: str) -> None:
    case = await doubtful(city)
    assert (await press(await office(city), case, decide)).status_code == 422
    assert not await city.rows(t.reviews, case)


async def test_a_form_without_this_session_s_token_decides_nothing(city: City) -> None:
    case = await doubtful(city)
    browser = await office(city)
    answer = await press(browser, case, "spam_ads", csrf="x" * 40)
    assert answer.status_code == 403
    assert not await city.rows(t.reviews, case)


async def test_a_page_that_grew_old_says_what_happened_meanwhile(city: City) -> None:
    case = await doubtful(city)
    browser = await office(city)
    page = await browser.get(address(case))
    form = forms_of(page)[decide_form(page)]
    city.clock.advance(MINUTE)
    await city.hear(classification(case, needs_review=True, disposition=D.SPAM_ADS))
    answer = await browser.post(form.action, {**form.fields, "decide": "as_proposed"})
    assert answer.status_code == 409
    assert "quyết định này chưa được ghi" in words(answer)
    assert "Quảng cáo, thư rác" in words(answer)
    assert not await city.rows(t.reviews, case)


async def test_a_case_given_away_meanwhile_is_shown_on_its_own_page(city: City) -> None:
    case = await doubtful(city)
    browser = await office(city)
    page = await browser.get(address(case))
    form = forms_of(page)[decide_form(page)]
    await browser.do(case, "assign", agency_id=LANG, note="Đúng nơi xảy ra việc.", kind="procedure_difficulty")
    answer = await browser.post(form.action, {**form.fields, "decide": "as_proposed"})
    assert answer.status_code == 409
    assert "quyết định này chưa được ghi" in words(answer)
    assert "Chuyển cơ quan" in words(answer)


async def test_a_decision_dropped_because_the_case_changed_is_told_in_queue_and_page(city: City) -> None:
    case = await doubtful(city)
    browser = await office(city)
    await press(browser, case, "spam_ads")
    city.clock.advance(timedelta(seconds=1))
    await city.hear(classification(case, needs_review=True, sensitive=True))
    await later(city)
    page = await browser.get(QUEUE)
    assert listed(page) == [case]
    assert "Quyết định trước chưa được ghi" in words(page)
    assert "hồ sơ đã thay đổi sau khi Cán bộ vanphong quyết định" in words(await browser.get(address(case)))
    assert "Không ghi quyết định phân loại vì hồ sơ đã thay đổi" in words(await browser.case(case))


async def test_the_case_s_timeline_tells_what_was_decided_and_by_whom(city: City) -> None:
    case = await doubtful(city, field=Field.HO_TICH)
    browser = await office(city)
    await press(browser, case, "as_proposed")
    await later(city)
    told = words(await browser.case(case))
    assert "Cán bộ vanphong, Văn phòng UBND Thành phố Xem lại phân loại – Thuộc phạm vi tiếp nhận" in told


async def test_who_signs_in_again_sends_the_decision_he_was_sending(city: City) -> None:
    case = await doubtful(city)
    browser = await office(city)
    page = await browser.get(address(case))
    form = forms_of(page)[decide_form(page)]
    browser.http.cookies.clear()
    answer = await browser.post(form.action, {**form.fields, "decide": "spam_ads"})
    assert answer.status_code == 403
    back = await browser.send(answer, "/desk/sign-in", login="vanphong", password="mat-khau-vi-du")
    assert form_to(back, "/decide").fields["decide"] == "spam_ads"
    sent = await browser.send(back, "/decide")
    assert sent.headers["location"] == QUEUE
