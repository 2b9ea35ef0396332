"""The review page at the desk: the queue by risk, and one case at a time with what led to it."""

import re
from datetime import timedelta
from uuid import uuid4

from libs.contracts.events import Attachment, Confidence, FeedbackSupplemented, Reason
from libs.contracts.vocabulary import (
    AgencyId,
    Disposition,
    FeedbackId,
    Field,
    FileKind,
    FileState,
    SenderId,
    SupplementReason,
    Urgency,
)
from libs.runtime.ids import uuid7
from services.routing import jobs
from services.routing.domain.permission import Officer, Role
from services.routing.domain.review import risk_of
from services.routing.store import ReviewQueue
from tests.service.routing.browser import at_desk, office, words
from tests.service.routing.city import MINUTE, OFFICE, WORDS, City, classification, received
from tests.service.routing.review_page import QUEUE, address, doubtful, listed, press

D = Disposition


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


async def test_the_page_says_which_words_an_assistant_pointed_out(city: City) -> None:
    at = WORDS.index("giấy khai sinh")
    hint = Reason(decision="sensitive", rule="assistant", words="giấy khai sinh", start=at, end=at + 14)
    browser = await office(city)
    pointed_out = await doubtful(city, reasons=(hint,))
    found = await doubtful(city, reasons=(hint.model_copy(update={"rule": "act"}),))
    told = "nhạy cảm (mô hình trợ giúp gợi ý, cần người xem lại)"
    assert told in words(await browser.get(address(pointed_out)))
    plain = words(await browser.get(address(found)))
    assert "nhạy cảm" in plain
    assert "mô hình trợ giúp" not in plain
