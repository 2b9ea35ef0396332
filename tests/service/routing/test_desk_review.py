"""The review page as officers use it: the queue by risk, one case at a time, one button for each decision."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts.events import AgencyScore, Attachment, Confidence, FeedbackSupplemented, Reason
from libs.contracts.vocabulary import (
    AgencyId,
    CaseState,
    Disposition,
    FeedbackId,
    Field,
    FileKind,
    FileState,
    Kind,
    Nature,
    SenderId,
    SupplementReason,
    Urgency,
)
from libs.runtime.ids import uuid7
from services.routing import jobs
from services.routing import tables as t
from services.routing.domain.permission import Officer, Role
from services.routing.domain.review import risk_of
from services.routing.store import ReviewQueue
from tests.service.routing.browser import Browser, at_desk, form_to, forms_of, handler, office, words
from tests.service.routing.city import LANG, MINUTE, OFFICE, WORDS, City, classification, received

D = Disposition
QUEUE = "/desk/review"
UNDO = timedelta(seconds=15)


def address(feedback_id: UUID) -> str:
    return f"{QUEUE}/{feedback_id}"


async def doubtful(city: City, text: str = WORDS, **classified: Any) -> UUID:
    """A case triage is not sure of."""
    feedback_id = uuid7()
    await city.hear(received(feedback_id, text=text, received_at=city.clock.now()))
    await city.hear(classification(feedback_id, **{"needs_review": True, **classified}))
    return feedback_id


async def press(browser: Browser, feedback_id: UUID, decide: str, action: str = "decide", **more: str) -> Any:
    """Press one of the page's buttons."""
    page = await browser.get(address(feedback_id))
    form = forms_of(page)[_decide_form(page)]
    return await browser.post(f"{address(feedback_id)}/{action}", {**form.fields, "decide": decide, **more})


def _decide_form(page: Any) -> int:
    return next(at for at, form in enumerate(forms_of(page)) if form.action.endswith("/decide"))


def listed(page: Any) -> Sequence[UUID]:
    """The cases of the queue, in order."""
    return [UUID(one) for one in re.findall(r'class="row" href="/desk/review/([0-9a-f-]{36})"', page.text)]


async def later(city: City, by: timedelta = UNDO) -> None:
    city.clock.advance(by)
    await jobs.carry_out_reviews(city.run)


# --- the queue -------------------------------------------------------------------------------------------------------


async def test_the_queue_is_ordered_by_risk_and_then_by_age(city: City) -> None:
    ordinary = await doubtful(city)
    city.clock.advance(timedelta(days=1))
    younger = await doubtful(city)
    dismissed = await doubtful(city, disposition=D.SPAM_ADS)
    urgent = await doubtful(city, urgency=Urgency.HIGH)
    sensitive = await doubtful(city, sensitive=True)
    unsettled = await doubtful(city, matters=(), needs_review=False)
    page = await (await office(city)).get(QUEUE)
    assert listed(page) == [sensitive, urgent, dismissed, ordinary, younger, unsettled]
    assert "6 hồ sơ đang chờ" in words(page)


async def test_every_page_of_the_desk_says_how_many_wait(city: City) -> None:
    browser = await office(city)
    assert re.search(r"Xem lại phân loại 0 hồ sơ", words(await browser.get("/desk")))
    await doubtful(city)
    case = await city.with_lang()
    for page in (await browser.get("/desk"), await browser.case(case), await browser.get(QUEUE)):
        assert "Xem lại phân loại 1 hồ sơ" in words(page)


async def test_what_is_certain_or_waits_for_its_agency_alone_is_not_in_the_queue(city: City) -> None:
    await city.with_lang()
    placeless = uuid7()
    await city.hear(received(placeless, place_id=None))
    await city.hear(classification(placeless))
    await city.hear(received(uuid7()))
    page = await (await office(city)).get(QUEUE)
    assert listed(page) == []
    assert "Hiện không có hồ sơ nào chờ xem lại" in words(page)


async def test_the_keys_of_the_queue_go_through_all_of_it(city: City) -> None:
    cases = [await doubtful(city) for _ in range(3)]
    browser = await office(city)
    page = await browser.get(address(cases[1]))
    assert f'href="{address(cases[0])}" rel="prev" data-previous' in page.text
    assert f'href="{address(cases[2])}" rel="next" data-next' in page.text
    assert "data-previous" not in (await browser.get(address(cases[0]))).text


async def test_a_case_far_down_a_long_queue_is_shown_in_its_surroundings(city: City) -> None:
    cases = [await doubtful(city) for _ in range(27)]
    page = await (await office(city)).get(address(cases[26]))
    assert listed(page) == [cases[26]]


# --- one case --------------------------------------------------------------------------------------------------------


async def test_the_page_shows_the_words_that_led_to_it_and_how_sure_the_machine_is(city: City) -> None:
    at = WORDS.index("giấy khai sinh")
    reason = Reason(decision="matter", rule="x", words="giấy khai sinh", start=at, end=at + 14)
    feedback_id = uuid7()
    file = Attachment(file_id=uuid4(), name="to-hen.jpg", kind=FileKind.IMAGE, state=FileState.PENDING)
    await city.hear(received(feedback_id, attachments=(file,)))
    await city.hear(
        classification(
            feedback_id,
            needs_review=True,
            reasons=(reason,),
            field=Field.HO_TICH,
            confidence=Confidence(disposition=0.93, field=0.52),
        )
    )
    await city.hear(
        FeedbackSupplemented(
            key=feedback_id,
            feedback_id=FeedbackId(feedback_id),
            sender_id=SenderId(uuid7()),
            reason=SupplementReason.CITIZEN,
            text="Tôi gửi thêm tờ hẹn.",
        )
    )
    page = await (await office(city)).get(address(feedback_id))
    assert page.status_code == 200
    assert re.search(r"<mark>giấy khai sinh<sup", page.text)
    told = words(page)
    for shown in (
        "Thuộc phạm vi tiếp nhận rất chắc, 93%",
        "Hộ tịch chưa chắc, 52%",
        "HT01 – Hộ tịch trong nước rất chắc, 90%",
        "Tôi gửi thêm tờ hẹn.",
        "to-hen.jpg",
        "→ chuyển UBND phường Láng",
    ):
        assert shown in told


async def test_every_key_is_a_button_and_no_script_or_style_is_inside_the_page(city: City) -> None:
    page = await (await office(city)).get(address(await doubtful(city)))
    keys = re.findall(r'data-key="(\w+)" aria-keyshortcuts', page.text)
    assert keys == ["Enter", "1", "2", "3", "4", "5", "6", "7"]
    for key in ("Enter", *"234567"):
        (button,) = re.findall(rf'<button [^>]*data-key="{key}"', page.text)
        assert 'form="decide" name="decide" value=' in button, "it is sent without a script"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page.text)
    assert "review.js" in page.text


async def test_a_refusal_says_on_its_button_what_the_citizen_is_answered(city: City) -> None:
    told = words(await (await office(city)).get(address(await doubtful(city, disposition=D.SPAM_ADS))))
    assert "Đúng như máy Enter Quảng cáo, thư rác → trả lời TCH10" in told
    for code in ("TCH03", "TCH04", "TCH07", "TCH10"):
        assert f"→ trả lời {code} –" in told
    assert "Tin người gửi sẽ nhận" in told
    assert "chưa được thụ lý" in told


async def test_of_a_sensitive_case_no_button_answers_anybody(city: City) -> None:
    told = words(await (await office(city)).get(address(await doubtful(city, sensitive=True))))
    assert "trả lời TCH" not in told
    assert "→ bàn nhạy cảm của Văn phòng, chưa trả lời" in told
    assert "Hồ sơ nhạy cảm" in told
    assert "chuyển theo bảng thẩm quyền" not in told


async def test_what_triage_said_nothing_about_has_nothing_to_confirm(city: City) -> None:
    case = uuid7()
    await city.hear(received(case))
    city.clock.advance(3 * MINUTE)
    await jobs.stand_unclassified(city.run)
    browser = await office(city)
    page = await browser.get(address(case))
    assert "Máy chưa phân loại được hồ sơ này" in words(page)
    assert 'data-key="Enter"' not in page.text
    answer = await press(browser, case, "as_proposed")
    assert (answer.status_code, "xin chọn một mục" in words(answer)) == (409, True)


async def test_the_case_s_own_page_leads_to_the_review_where_it_is_allowed(city: City) -> None:
    case, given = await doubtful(city), await city.with_lang()
    browser = await office(city)
    assert f'href="{address(case)}"' in (await browser.case(case)).text
    assert "Xem lại phân loại</a>" not in (await browser.case(given)).text
    auditor = await at_desk(city, "thanhtra", OFFICE, Role.AUDITOR)
    page = await auditor.case(case)
    assert (page.status_code, QUEUE in page.text) == (200, False)


async def test_a_case_in_no_doubt_any_more_is_shown_on_its_own_page(city: City) -> None:
    given = await city.with_lang()
    answer = await (await office(city)).get(address(given))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/cases/{given}")


# --- deciding --------------------------------------------------------------------------------------------------------


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
    form = forms_of(page := await other.get(address(case)))[_decide_form(page)]
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
    form = forms_of(page)[_decide_form(page)]
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
    form = forms_of(page)[_decide_form(page)]
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
    form = forms_of(page)[_decide_form(page)]
    browser.http.cookies.clear()
    answer = await browser.post(form.action, {**form.fields, "decide": "spam_ads"})
    assert answer.status_code == 403
    back = await browser.send(answer, "/desk/sign-in", login="vanphong", password="mat-khau-vi-du")
    assert form_to(back, "/decide").fields["decide"] == "spam_ads"
    sent = await browser.send(back, "/decide")
    assert sent.headers["location"] == QUEUE


# --- the shield ------------------------------------------------------------------------------------------------------


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


async def test_the_queue_s_order_in_sql_is_the_rule_s(city: City) -> None:
    for disposition in D:
        for urgency in Urgency:
            for sensitive in (False, True):
                await doubtful(city, disposition=disposition, urgency=urgency, sensitive=sensitive)
    everybody = Officer(uuid4(), "Mẫu", AgencyId(OFFICE), frozenset({Role.OFFICE}), of_office=True)
    async with city.run.begin() as tx:
        rows = await ReviewQueue(tx.session, everybody).page(None, 100)
    assert len(rows) == len(D) * 4
    for row in rows:
        known = {"urgency": Urgency(row["urgency"]), "disposition": Disposition(row["proposed"])}
        assert row["risk"] == risk_of(sensitive=row["sensitive"], **known)
    assert [(row["risk"], row["act_by"]) for row in rows] == sorted((row["risk"], row["act_by"]) for row in rows)
