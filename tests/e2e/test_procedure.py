"""A difficulty with a procedure: from the citizen's first words to the ward's answer on the same phone."""

import re
from datetime import datetime

from tests.support.citizen import (
    BIRTH,
    CODE,
    CONSENT,
    FILED,
    NAME_AND_PHONE,
    RESIDENCE,
    SUMMARY,
    Citizen,
)
from tests.support.city import City
from tests.support.officer import ANSWER, AgencySystem


def test_a_citizen_is_asked_only_for_what_is_missing_and_changes_one_thing_before_confirming(citizen: Citizen) -> None:
    consent = citizen.asks(BIRTH, CONSENT)
    assert BIRTH in consent.text, "what was heard is said back first"
    assert consent.buttons == ("Tôi đồng ý", "Tôi không đồng ý")
    citizen.asks("tôi đồng ý", NAME_AND_PHONE)
    citizen.asks(f"{citizen.name}, {citizen.phone}", RESIDENCE)
    summary = citizen.asks("ngay nơi xảy ra việc", SUMMARY)
    # The ward stood in the first sentence: nobody asks for it again.
    assert not [message for message in citizen.messages if "Việc này xảy ra ở phường, xã nào" in message.text]
    assert "Nơi xảy ra: phường Láng" in summary.text
    assert "Kết quả: không công khai" in summary.text

    citizen.asks("sửa lại", "Ông/bà muốn sửa mục nào?")
    citizen.asks("số điện thoại", NAME_AND_PHONE)
    corrected = f"09{int(citizen.phone[2:]) ^ 1:08}"
    changed = citizen.asks(corrected, SUMMARY)
    assert f"Số điện thoại: {corrected[:4]} {corrected[4:7]} {corrected[7:]}" in changed.text
    assert changed.text.replace(_spaced(corrected), "") == summary.text.replace(_spaced(citizen.phone), "")

    before = len(citizen.messages)
    citizen.says_yes(BIRTH)
    filed = citizen.hears(FILED, after=before, within_s=5)
    assert CODE.search(filed.text)
    notice = citizen.hears_where_it_went(filed.code)
    assert "UBND phường Láng sẽ trả lời trước 17:30 Thứ" in notice.text


def test_the_ward_answers_and_the_answer_arrives_on_the_same_phone(
    city: City, citizen: Citizen, systems: dict[str, AgencySystem]
) -> None:
    code = citizen.files(BIRTH)
    promised = _promised(citizen.hears_where_it_went(code).text)
    clerk, approver = systems["clerk"], systems["approver"]
    listed = clerk.cases()[code]
    assert (listed["state"], listed["agency_name"], listed["desk"]) == (
        "assigned",
        "Ủy ban nhân dân phường Láng",
        "agency",
    )
    assert datetime.fromisoformat(listed["due_at"]).astimezone().timestamp() == promised.timestamp()
    case = listed["id"]
    sheet = clerk.case(case)
    assert sheet["text"] == BIRTH
    assert sheet["classification"]["reasons"], "the words that led to the decision are shown"
    assert [rule for rule in sheet["rules"] if rule["held"]]
    assert citizen.name not in str(sheet)

    clerk.does(case, "accept")
    citizen.hears(lambda message: code in message.text and "đang" in message.text)
    assert clerk.does(case, "answer", outcome="accepted", text=ANSWER)["state"] == "in_progress"
    assert clerk.does(case, "submit")["state"] == "awaiting_approval"
    assert clerk.tries(case, "approve", clerk.case(case)["version"]).status_code == 403
    assert approver.does(case, "approve")["state"] == "answered"

    answer = citizen.hears(lambda message: ANSWER in message.text)
    assert code in answer.text
    told = citizen.asks(code, "Đã trả lời")
    assert code in told.text

    looked_up = city.web.get("/tra-cuu", params={"ma": code})
    assert looked_up.status_code == 200
    steps = re.findall(r"<strong>([^<]+)</strong>", looked_up.text.partition("<h2>Các bước</h2>")[2])
    assert steps[0] == "Đã trả lời", "the newest step stands on top"
    assert len(steps) >= 3
    assert "UBND phường Láng" in looked_up.text
    assert ANSWER not in looked_up.text, "the code alone opens no answer"
    own = city.web.post("/tra-cuu", data={"code": code, "digits": citizen.phone[-4:]})
    assert ANSWER in own.text
    assert BIRTH in own.text
    outcomes = {one["outcome"] for one in clerk.case(case)["notices"] if one["notice"] == "answered"}
    assert outcomes <= {"sent", "delivered", "seen"}, "the phone has it, and its receipts come when they come"
    assert outcomes


def test_an_answer_is_never_approved_by_whoever_wrote_it(citizen: Citizen, systems: dict[str, AgencySystem]) -> None:
    code = citizen.files(BIRTH)
    citizen.hears_where_it_went(code)
    head = systems["head"]
    case = head.cases()[code]["id"]
    head.does(case, "accept")
    head.does(case, "answer", outcome="explained", text=ANSWER)
    head.does(case, "submit")
    refused = head.tries(case, "approve", head.case(case)["version"])
    assert refused.status_code in (403, 409)
    assert head.case(case)["state"] == "awaiting_approval"


def test_of_two_officers_who_act_at_once_one_is_told_to_read_again(
    citizen: Citizen, systems: dict[str, AgencySystem]
) -> None:
    code = citizen.files(BIRTH)
    citizen.hears_where_it_went(code)
    clerk, head = systems["clerk"], systems["head"]
    seen = clerk.cases()[code]
    first = clerk.tries(seen["id"], "accept", seen["version"])
    second = head.tries(seen["id"], "accept", seen["version"])
    assert (first.status_code, second.status_code) == (200, 409)
    citizen.hears(lambda message: code in message.text and "đang" in message.text)
    accepted = [message for message in citizen.messages if code in message.text and "đang giải quyết" in message.text]
    assert len(accepted) <= 1


def _spaced(phone: str) -> str:
    return f"{phone[:4]} {phone[4:7]} {phone[7:]}"


def _promised(text: str) -> datetime:
    """The promised moment as the notice says it, in Hà Nội."""
    found = re.search(r"trước (\d{2}):(\d{2}) [^\d]+(\d{2})/(\d{2})/(\d{4})", text)
    assert found is not None, text
    hour, minute, day, month, year = (int(part) for part in found.groups())
    return datetime.fromisoformat(f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00+07:00")


def test_without_a_token_or_with_a_wrong_one_the_api_tells_nothing(city: City) -> None:
    for headers in ({}, {"Authorization": "Bearer ln_khong-phai"}, {"Authorization": "Basic bG4="}):
        for path in ("cases", "cases/00000000-0000-7000-8000-000000000000"):
            assert city.web.get(f"/routing/api/v1/{path}", headers=headers).status_code == 401
