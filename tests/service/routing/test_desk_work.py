"""What officers do at the desk, over HTTP, alone and side by side."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from libs.contracts.events import (
    Progressed,
    Refused,
    Resolved,
    Routed,
)
from libs.contracts.vocabulary import (
    Disposition,
    RefusalReason,
    RoutedReason,
)
from services.routing import tables as t
from services.routing.domain.permission import Role
from services.routing.store import CaseStore
from services.routing.web import acting
from tests.service.routing.browser import SIGN_IN, Browser, approver, at_desk, form_to, forms_of, handler, office, words
from tests.service.routing.city import LANG, MINUTE, WORDS, City

ANSWER = "UBND phường đã trả giấy khai sinh cho gia đình ngày 24/11/2026."


# --- working on a case -----------------------------------------------------------------------------------------------


async def test_accept_draft_submit_and_approval_by_another_bring_the_answer_to_the_citizen(city: City) -> None:
    feedback_id = await city.with_lang()
    writer, reader = await handler(city), await approver(city)

    accepted = await writer.do(feedback_id, "accept")
    assert accepted.status_code == 303
    assert "Đã tiếp nhận." in words(await writer.get(accepted.headers["location"]))
    saved = await writer.do(feedback_id, "answer", outcome="accepted", text="Bản đầu, đang kiểm tra lại.", do="save")
    assert "Đã lưu dự thảo." in words(await writer.get(saved.headers["location"]))
    assert form_to(await writer.case(feedback_id), "/answer").fields["text"] == "Bản đầu, đang kiểm tra lại."
    submitted = await writer.do(feedback_id, "answer", text=ANSWER, do="submit")
    assert submitted.status_code == 303
    assert (await city.case(feedback_id))["state"] == "awaiting_approval"

    confirm = await reader.get(f"/desk/cases/{feedback_id}/approve")
    assert f"UBND phường Láng đã trả lời phản ánh của ông/bà. {ANSWER}" in words(confirm), "as the citizen will read it"
    assert not [event for event in await city.said() if isinstance(event, Resolved)]
    approved = await reader.send(confirm, "/approve")
    assert "Đã duyệt." in words(await reader.get(approved.headers["location"]))
    resolved = (await city.said(feedback_id))[-1]
    assert isinstance(resolved, Resolved)
    assert (resolved.answer, resolved.outcome, resolved.agency_id) == (ANSWER, "accepted", LANG)


async def test_nobody_approves_his_own_answer(city: City) -> None:
    feedback_id = await city.with_lang()
    alone = await at_desk(city, "mot-minh", LANG, Role.HANDLER, Role.APPROVER)
    await alone.do(feedback_id, "accept")
    await alone.do(feedback_id, "answer", outcome="accepted", text=ANSWER, do="submit")
    page = await alone.case(feedback_id)
    assert "cần người khác duyệt" in words(page)
    assert not [form for form in forms_of(page) if form.action.endswith("/approve")]
    assert (await alone.get(f"/desk/cases/{feedback_id}/approve")).status_code == 303, "back to the case"
    version = (await city.case(feedback_id))["version"]
    values = {"csrf": await alone.csrf(), "version": version}
    refused = await alone.post(f"/desk/cases/{feedback_id}/approve", values)
    assert (refused.status_code, "Xin để người khác duyệt" in words(refused)) == (409, True)
    assert (await city.case(feedback_id))["state"] == "awaiting_approval"


async def test_an_answer_sent_back_comes_back_with_what_to_mend(city: City) -> None:
    feedback_id = await city.with_lang()
    writer, reader = await handler(city), await approver(city)
    await writer.do(feedback_id, "accept")
    await writer.do(feedback_id, "answer", outcome="accepted", text=ANSWER, do="submit")
    assert (await reader.do(feedback_id, "send-back", note="Nói rõ ngày nhận.")).status_code == 303
    page = await writer.case(feedback_id)
    assert "Yêu cầu làm lại: Nói rõ ngày nhận." in words(page)
    assert form_to(page, "/answer").fields["text"] == ANSWER


async def test_a_case_given_back_leaves_the_agency_s_sight_and_comes_to_the_office(city: City) -> None:
    feedback_id = await city.with_lang()
    writer, decider = await handler(city), await office(city)
    returned = await writer.do(feedback_id, "return", note="Thuộc thẩm quyền của Sở.")
    assert returned.headers["location"].startswith("/desk?"), "the case is not his to see any more"
    assert "Đã trả lại Văn phòng" in words(await writer.get(returned.headers["location"]))
    assert (await writer.case(feedback_id)).status_code == 404
    page = await decider.get("/desk", list="returned")
    assert WORDS in words(page)

    case = await decider.case(feedback_id)
    given = await decider.send(case, "/assign", agency_id="HN-SNV25", note="Theo đề nghị của phường.")
    assert given.status_code == 303
    routed = (await city.said(feedback_id))[-1]
    assert isinstance(routed, Routed)
    assert (routed.agency_id, routed.reason) == ("HN-SNV25", RoutedReason.BY_OFFICER)


async def test_a_refusal_is_shown_first_and_sent_only_when_confirmed(city: City) -> None:
    feedback_id = await city.opened(disposition=Disposition.COMPLAINT_DENUNCIATION, kind=None, matters=())
    decider = await office(city)
    page = await decider.case(feedback_id)
    assert form_to(page, "/refuse").fields["reason"] == "TCH02", "as the rules suggest"
    preview = await decider.send(page, "/refuse", explanation="Mong ông/bà gửi kèm giấy tờ.", note="Đã đọc kỹ.")
    assert preview.status_code == 200
    for told in ("Nội dung này là tố cáo", "Thanh tra Thành phố", "Mong ông/bà gửi kèm giấy tờ."):
        assert told in words(preview)
    assert "Đã đọc kỹ." not in words(preview), "a note is for colleagues"
    assert (await city.case(feedback_id))["state"] == "received"

    back = await decider.send(preview, "/refuse", step="edit")
    assert form_to(back, "/refuse").fields["explanation"] == "Mong ông/bà gửi kèm giấy tờ."
    assert (await decider.send(preview, "/refuse", step="send")).status_code == 303
    refused = (await city.said(feedback_id))[-1]
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.explanation) == (RefusalReason.TCH02, "Mong ông/bà gửi kèm giấy tờ.")


async def test_a_form_that_will_not_do_comes_back_filled_in_with_the_errors_beside_the_fields(city: City) -> None:
    feedback_id = await city.with_lang()
    writer = await handler(city)
    await writer.do(feedback_id, "accept")
    page = await writer.do(feedback_id, "answer", outcome="", text="Ngắn quá.", do="submit")
    assert page.status_code == 422
    assert form_to(page, "/answer").fields["text"] == "Ngắn quá."
    assert page.text.count("Câu trả lời cần ít nhất 20 ký tự") == 2, "on top and beside the field"
    assert 'href="#answer-text"' in page.text
    assert 'aria-describedby="answer-text-wrong"' in page.text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"agency_id": "HN-SNGV", "kind": "procedure_difficulty"}, "Cơ quan này không nhận hồ sơ."),
        ({"agency_id": LANG, "kind": ""}, "Xin chọn loại phản ánh."),
        ({"agency_id": ""}, "Xin chọn cơ quan."),
        ({"agency_id": LANG, "note": " "}, "Xin ghi lý do."),
    ],
    ids=["gone", "kind unknown", "none chosen", "no reason"],
)
async def test_a_case_goes_only_where_the_rules_let_it(city: City, values: dict[str, str], said: str) -> None:
    feedback_id = await city.opened(disposition=Disposition.OUT_OF_SCOPE_OTHER, kind=None, matters=())
    decider = await office(city)
    page = await decider.send(await decider.case(feedback_id), "/assign", **{"note": "Thuộc phường.", **values})
    assert page.status_code in (409, 422)
    assert said in words(page)
    assert not [event for event in await city.said() if isinstance(event, Routed)]


# --- two officers at once --------------------------------------------------------------------------------------------


async def test_who_comes_second_sees_what_changed_and_keeps_his_own_words(city: City) -> None:
    feedback_id = await city.with_lang()
    first, second = await handler(city), await at_desk(city, "dongnghiep", LANG, Role.HANDLER)
    await first.do(feedback_id, "accept")
    old_page = await second.case(feedback_id)
    await first.do(feedback_id, "answer", outcome="explained", text="Bản của người thứ nhất.", do="save")

    conflict = await second.send(old_page, "/answer", outcome="accepted", text=ANSWER, do="submit")
    assert conflict.status_code == 409
    said = words(conflict)
    assert "Hồ sơ vừa được cập nhật" in said
    assert "Cán bộ canbo, UBND phường Láng: Lưu dự thảo trả lời" in said
    assert "Tiếp nhận xử lý" not in said.partition("Từ lúc ông/bà mở hồ sơ")[2].partition("Trang này")[0]
    assert "Bản của người thứ nhất." in said
    again = form_to(conflict, "/answer").fields
    assert (again["text"], again["outcome"]) == (ANSWER, "accepted")
    assert (await city.case(feedback_id))["state"] == "in_progress"

    assert (await second.send(conflict, "/answer", do="submit")).status_code == 303, "now that he has seen it"
    assert (await city.case(feedback_id))["state"] == "awaiting_approval"


async def test_words_are_kept_when_the_case_went_elsewhere_meanwhile(city: City) -> None:
    feedback_id = await city.with_lang()
    writer, head = await handler(city), await at_desk(city, "chutich", LANG, Role.HEAD)
    await writer.do(feedback_id, "accept")
    page = await writer.case(feedback_id)
    await head.do(feedback_id, "return", note="Không thuộc phường.")
    lost = await writer.send(page, "/answer", outcome="accepted", text=ANSWER, do="submit")
    assert (lost.status_code, ANSWER in words(lost)) == (404, True)


async def test_an_action_somebody_else_already_took_is_said_kindly(city: City) -> None:
    feedback_id = await city.with_lang()
    first, second = await handler(city), await at_desk(city, "dongnghiep", LANG, Role.HANDLER)
    page = await second.case(feedback_id)
    await first.do(feedback_id, "accept")
    late = await second.send(page, "/accept")
    assert (late.status_code, "Cán bộ canbo, UBND phường Láng: Tiếp nhận xử lý" in words(late)) == (409, True)
    assert len([event for event in await city.said() if isinstance(event, Progressed)]) == 2, "received and accepted"


async def test_a_case_somebody_else_has_in_hand_this_moment_is_busy_and_words_are_kept(city: City) -> None:
    feedback_id = await city.with_lang()
    writer = await handler(city)
    page = await writer.case(feedback_id)
    with capture_logs():  # drawing what went wrong takes longer than a session may be idle
        async with city.run.begin() as tx:
            await CaseStore(tx.session).case_of(feedback_id)
            busy = await writer.send(page, "/return", note="Thuộc thẩm quyền của Sở.")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "1")
    assert busy.headers["content-type"] == "text/html; charset=utf-8"
    assert "Thuộc thẩm quyền của Sở." in words(busy)
    assert (await writer.send(page, "/return")).status_code == 422, "nothing was done, and the page still serves"


async def test_an_error_nobody_foresaw_is_a_page_that_tells_nothing_of_it(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("số 0912345678")

    feedback_id = await city.with_lang()
    writer = await handler(city)
    page = await writer.case(feedback_id)
    monkeypatch.setattr(acting, "act", broken)
    failed = await writer.send(page, "/return", note="Thuộc thẩm quyền của Sở.")
    assert (failed.status_code, "0912345678" in failed.text) == (500, False)
    assert "Thuộc thẩm quyền của Sở." in words(failed)


# --- what is not sent yet --------------------------------------------------------------------------------------------


async def test_what_is_being_typed_is_kept_for_its_officer_alone_until_saved_or_thrown_away(city: City) -> None:
    feedback_id = await city.with_lang()
    writer, colleague = await handler(city), await at_desk(city, "dongnghiep", LANG, Role.HANDLER)
    await writer.do(feedback_id, "accept")
    version = (await city.case(feedback_id))["version"]
    typed = {"csrf": await writer.csrf(), "text": "Đang viết dở", "outcome": ""}
    kept = await writer.post(f"/desk/cases/{feedback_id}/draft", typed)
    assert (kept.status_code, kept.json()) == (200, {"kept": True})
    assert (await city.case(feedback_id))["version"] == version, "typing changes no case"

    page = await writer.case(feedback_id)
    assert "Đã khôi phục nội dung chưa lưu" in words(page)
    assert form_to(page, "/answer").fields["text"] == "Đang viết dở"
    assert "Đang viết dở" not in (await colleague.case(feedback_id)).text
    await writer.send(page, "/discard")
    assert form_to(await writer.case(feedback_id), "/answer").fields["text"] == ""

    await writer.post(f"/desk/cases/{feedback_id}/draft", typed)
    await writer.post(f"/desk/cases/{feedback_id}/draft", {**typed, "text": " "})
    assert "Đã khôi phục" not in words(await writer.case(feedback_id)), "wiped by hand"
    await writer.post(f"/desk/cases/{feedback_id}/draft", typed)
    await writer.do(feedback_id, "answer", outcome="accepted", text=ANSWER, do="save")
    assert "Đã khôi phục" not in words(await writer.case(feedback_id))


async def test_only_whoever_may_answer_can_keep_a_draft(city: City) -> None:
    feedback_id = await city.with_lang()
    decider = await office(city)
    typed = {"csrf": await decider.csrf(), "text": "Không phải việc của tôi"}
    assert (await decider.post(f"/desk/cases/{feedback_id}/draft", typed)).status_code == 409
    assert await city.rows(t.unsent_answers, feedback_id) == []


async def test_an_answer_sent_after_the_session_ran_out_is_there_after_signing_in(city: City) -> None:
    feedback_id = await city.with_lang()
    writer = await handler(city)
    await writer.do(feedback_id, "accept")
    page = await writer.case(feedback_id)
    city.clock.advance(90 * MINUTE)
    expired = await writer.send(page, "/answer", outcome="accepted", text=ANSWER, do="save")
    assert (expired.status_code, "Phiên làm việc đã hết." in words(expired)) == (403, True)
    assert (await city.case(feedback_id))["state"] == "in_progress"

    resumed = await writer.send(expired, SIGN_IN, login="canbo", password="mat-khau-vi-du")
    assert (resumed.status_code, ANSWER in words(resumed)) == (200, True)
    assert (await writer.send(resumed, "/answer")).status_code == 303
    (saved,) = await city.rows(t.answers, feedback_id)
    assert saved["text"] == ANSWER


async def test_a_foreign_page_s_words_are_not_carried_through_a_sign_in(city: City) -> None:
    feedback_id = await city.with_lang()
    browser = Browser(city.run)
    planted = await browser.post(
        f"/desk/cases/{feedback_id}/answer", {"text": "Chữ của kẻ khác", "version": "2"}, sec_fetch_site="cross-site"
    )
    assert (planted.status_code, "Chữ của kẻ khác" in planted.text) == (403, False)
