"""Notices in words: the province's own templates with the facts of a case."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.wording import (
    VALUES,
    BadTemplate,
    CaseFacts,
    Province,
    RefusalText,
    Step,
    Template,
    check_template,
    fill,
    say,
    tells_citizen,
)

MESSAGES = Path(__file__).parents[3] / "provinces" / "hanoi" / "messages"
CASE = CaseFacts(
    code="HN-PA-261121-48213-K",
    filed_at=datetime(2026, 11, 21, 2, 0, tzinfo=UTC),
    link="https://phananh.example.vn/tra-cuu",
    agency_name="UBND phường Láng",
    due_at=datetime(2026, 12, 15, 10, 30, tzinfo=UTC),
)
STEP = Step(at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
HANOI = Province(
    zone=ZoneInfo("Asia/Ho_Chi_Minh"),
    office="Văn phòng UBND Thành phố Hà Nội",
    complaint_body="Ban Tiếp công dân Thành phố Hà Nội",
    denunciation_body="Thanh tra Thành phố Hà Nội",
    procedure_guide="Cổng Dịch vụ công Quốc gia",
    templates={name: Template((MESSAGES / f"{name}.txt").read_text(encoding="utf-8")) for name in VALUES},
    refusals={
        "TCH02": RefusalText("Nội dung này là tố cáo.", "Ông/bà có thể gửi tới {{ denunciation_body }}.", "yes"),
        "TCH03": RefusalText("Nội dung này là câu hỏi.", "Ông/bà xem tại {{ link }}.", "yes"),
        "TCH08": RefusalText("Việc này đang giải quyết theo mã {{ open_code }}.", "Theo mã {{ open_code }}.", "yes"),
        "TCH10": RefusalText("Nội dung này không phải phản ánh.", "Khi cần, ông/bà nhắn lại.", "short"),
        "TCH99": RefusalText("Không nói.", "", "no"),
    },
)


def test_a_routed_case_names_who_answers_and_by_when() -> None:
    assert say("routed", STEP, CASE, HANOI, 4000).text == (
        "Mã HN-PA-261121-48213-K: phản ánh của ông/bà đã được chuyển tới UBND phường Láng.\n"
        "UBND phường Láng sẽ trả lời trước 17:30 Thứ Ba 15/12/2026.\n"
        "Gõ mã này bất cứ lúc nào để xem tình hình."
    )


def test_the_event_s_own_agency_and_date_come_before_what_was_known() -> None:
    step = replace(STEP, agency_name="Sở Tư pháp", due_at=datetime(2026, 12, 21, 10, 30, tzinfo=UTC))
    text = say("extended", step, CASE, HANOI, 4000).text
    assert "Sở Tư pháp" in text
    assert "17:30 Thứ Hai 21/12/2026" in text


@pytest.mark.parametrize("wording", VALUES)
def test_every_wording_of_the_province_can_be_said(wording: str) -> None:
    full = replace(STEP, answer="Đã cấp giấy.", files=1, refusal="TCH02", explanation="Một câu.")
    text = say(wording, full, CASE, HANOI, 4000).text
    assert CASE.code in text
    assert "{" not in text


@pytest.mark.parametrize("wording", [name for name in VALUES if name != "extended"])
def test_every_wording_but_a_new_date_can_be_said_with_little_known(wording: str) -> None:
    text = say(wording, STEP, replace(CASE, agency_name=None, due_at=None), HANOI, 4000).text
    assert CASE.code in text
    assert "None" not in text


def test_a_new_date_without_the_date_is_not_said() -> None:
    with pytest.raises(BadTemplate):
        say("extended", STEP, replace(CASE, due_at=None), HANOI, 4000)


@pytest.mark.parametrize("wording", VALUES)
def test_the_province_s_templates_ask_only_for_what_is_known(wording: str) -> None:
    check_template(wording, HANOI.templates[wording].text, VALUES[wording])


def test_the_province_describes_every_wording_we_say() -> None:
    described = tomllib.loads((MESSAGES / "notices.toml").read_text(encoding="utf-8"))["notices"]
    assert set(VALUES) <= set(described)


def test_a_line_without_its_value_is_left_out() -> None:
    text = say("received", STEP, replace(CASE, due_at=None), HANOI, 4000).text
    assert "muộn nhất" not in text
    assert "Thứ Bảy 21/11/2026" in text


def test_an_answer_is_said_as_it_was_written() -> None:
    hostile = "Xem {{ code }} và {% raw %}\n\nĐoạn hai: {{ 7 * 7 }}"
    assert hostile in say("answered", replace(STEP, answer=hostile), CASE, HANOI, 4000).text


def test_the_page_is_named_only_when_it_holds_more_than_the_chat() -> None:
    assert CASE.link not in say("answered", replace(STEP, answer="Ngắn."), CASE, HANOI, 4000).text
    assert CASE.link in say("answered", replace(STEP, answer="Ngắn.", files=2), CASE, HANOI, 4000).text
    long = say("answered", replace(STEP, answer="Một câu dài. " * 50), CASE, HANOI, 100).text
    assert "Một câu dài. …" in long
    assert CASE.link in long


def test_a_denunciation_is_told_where_to_go() -> None:
    text = say("refused", replace(STEP, refusal="TCH02"), CASE, HANOI, 4000).text
    assert text.endswith("Nội dung này là tố cáo.\nÔng/bà có thể gửi tới Thanh tra Thành phố Hà Nội.")


def test_a_question_is_told_where_the_guide_is() -> None:
    assert "Cổng Dịch vụ công Quốc gia" in say("refused", replace(STEP, refusal="TCH03"), CASE, HANOI, 4000).text


def test_the_officer_s_words_follow_the_text_of_the_reason() -> None:
    step = replace(STEP, refusal="TCH10", explanation="Tin này là quảng cáo.")
    text = say("refused", step, CASE, HANOI, 4000).text
    assert text.endswith("Nội dung này không phải phản ánh.\nTin này là quảng cáo.")


def test_a_reason_whose_values_are_unknown_leaves_the_officer_s_words() -> None:
    text = say("refused", replace(STEP, refusal="TCH08", explanation="Xem mã trước."), CASE, HANOI, 4000).text
    assert text == "Mã HN-PA-261121-48213-K: phản ánh của ông/bà chưa được thụ lý.\nXem mã trước."


@pytest.mark.parametrize(
    ("reason", "explanation", "told"),
    [("TCH02", "", True), ("TCH10", "", True), ("TCH99", "", False), ("TCH99", "Vì thế.", True), ("XX", "", False)],
)
def test_some_refusals_are_not_told(reason: str, explanation: str, told: bool) -> None:
    assert tells_citizen(HANOI.refusals.get(reason), explanation) is told


@pytest.mark.parametrize("text", ["{{ phone }}", "{% if code %}", "{{ code.upper() }}", "{{ code }", "{# x #}"])
def test_a_template_that_cannot_be_filled_is_refused_before_anybody_waits_for_it(text: str) -> None:
    with pytest.raises(BadTemplate):
        check_template("routed", text + " }}", VALUES["routed"])


def test_a_wording_the_province_does_not_have_is_refused() -> None:
    with pytest.raises(BadTemplate):
        say("overdue", STEP, CASE, HANOI, 4000)
    with pytest.raises(BadTemplate):
        fill("{{ code }}", {})


@given(st.text())
def test_no_value_is_ever_read_as_a_template(value: str) -> None:
    filled = fill("A {{ answer }} Z", {"answer": value})
    assert filled == (f"A {value.strip()} Z".strip() if value.strip() else "") or "\n\n\n" in value
