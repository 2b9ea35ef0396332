"""What people really send: in pieces, without diacritics, with photos, twice, much too long, or by mistake."""

import unicodedata
from collections.abc import Callable

import pytest

from libs.local import wait_until
from tests.support.citizen import (
    BIRTH,
    CERTIFIED,
    CONSENT,
    FILED,
    NAME_AND_PHONE,
    RESIDENCE,
    SUMMARY,
    WHAT_OF_IT,
    Citizen,
)
from tests.support.city import City
from tests.support.officer import AgencySystem

WITHOUT_DIACRITICS = (
    "phuong lang bat phai co ho khau giay",
    "moi nhan ho so khai sinh cho con em",
    "mong duoc giai quyet",
)
WRONG_CODE = "HN-PA-261122-00000-A"


def test_quick_messages_without_diacritics_are_one_feedback_and_get_one_reply(
    citizen: Citizen, systems: dict[str, AgencySystem]
) -> None:
    for piece in WITHOUT_DIACRITICS:
        citizen.says(piece)
    citizen.hears(CONSENT)
    citizen.asks("dong y", NAME_AND_PHONE)
    assert len([message for message in citizen.messages if CONSENT in message.text]) == 1
    citizen.asks(f"toi ten {_plain(citizen.name)} so dt {citizen.phone}", RESIDENCE)
    summary = citizen.asks("phuong lang", SUMMARY)
    assert all(piece in summary.text for piece in WITHOUT_DIACRITICS)
    assert "Nơi xảy ra: phường Láng" in summary.text
    code = citizen.asks("gui di", FILED).code
    citizen.hears_where_it_went(code)
    case = systems["office"].case(systems["office"].cases()[code]["id"])
    assert case["text"].splitlines() == list(WITHOUT_DIACRITICS)
    assert case["agency_id"] == "HN-CN00199"


def test_an_album_is_one_thing_and_a_location_is_shown_but_decides_nothing(
    citizen: Citizen, systems: dict[str, AgencySystem]
) -> None:
    citizen.asks(CERTIFIED, CONSENT)
    photos = citizen.asks("", "ảnh", {"type": "image"}, {"type": "image"}, {"type": "image"})
    assert photos.text.startswith("Chúng tôi đã nhận 3 ảnh")
    citizen.asks("tôi đồng ý", NAME_AND_PHONE)
    citizen.says("", {"type": "location", "latitude": "10.7769", "longitude": "106.7009"})
    citizen.asks(f"{citizen.name}, {citizen.phone}", RESIDENCE)
    summary = citizen.asks("phường Láng", SUMMARY)
    assert "Gửi kèm: 3 ảnh, vị trí" in summary.text
    code = citizen.confirms(CERTIFIED)
    assert "UBND phường Láng" in citizen.hears_where_it_went(code).text
    assert len([message for message in citizen.messages if "Chúng tôi đã nhận 3 ảnh" in message.text]) == 1
    office = systems["office"]
    case = office.cases()[code]["id"]
    assert wait_until(lambda: [file["state"] for file in office.case(case)["files"]] == ["ready"] * 3, 20)
    file = office.case(case)["files"][0]
    assert office.asks("GET", f"/cases/{case}/files/{file['file_id']}").headers["content-type"] == "image/jpeg"


def test_a_code_with_a_typo_is_not_found_and_the_right_one_tells_its_owner_where_it_stands(
    city: City, citizen: Citizen
) -> None:
    code = citizen.files(BIRTH)
    citizen.hears_where_it_went(code)
    citizen.asks(WRONG_CODE, "không tìm thấy phản ánh nào với mã này")
    mistyped = code[:-1] + ("A" if code[-1] != "A" else "C")
    citizen.asks(mistyped, "không tìm thấy phản ánh nào với mã này")
    for asked in (code, code.lower(), code.replace("-", " "), "tra cứu"):
        told = citizen.asks(asked, f"Mã {code}:")
        assert "UBND phường Láng sẽ trả lời trước 17:30" in told.text
    assert city.web.get("/tra-cuu", params={"ma": mistyped}).status_code in (404, 422)


def test_somebody_else_with_the_code_is_told_where_the_case_stands_and_not_what_it_says(
    city: City, citizen: Citizen, somebody: Callable[[], Citizen]
) -> None:
    code = citizen.files(BIRTH)
    citizen.hears_where_it_went(code)
    other = somebody()
    other.asks(code, "gửi từ tài khoản khác")
    assert not [message for message in other.messages if "hộ khẩu" in message.text or citizen.name in message.text]
    page = city.web.get("/tra-cuu", params={"ma": code}).text
    wrong = city.web.post("/tra-cuu", data={"code": code, "digits": f"{(int(citizen.phone[-4:]) + 1) % 10_000:04}"})
    for html in (page, wrong.text):
        assert "Đã chuyển" in html
        assert BIRTH not in html
        assert citizen.name not in html


def test_who_comes_back_is_asked_about_the_open_case_and_need_not_say_again_who_they_are(
    citizen: Citizen, systems: dict[str, AgencySystem]
) -> None:
    first = citizen.files(BIRTH)
    citizen.hears_where_it_went(first)
    question = citizen.asks(CERTIFIED, WHAT_OF_IT)
    assert first in question.text
    citizen.asks("việc mới", CONSENT)
    summary = citizen.asks("tôi đồng ý", SUMMARY)
    assert f"Họ tên: {citizen.name}" in summary.text
    second = citizen.confirms(CERTIFIED)
    assert second != first
    assert citizen.hears_where_it_went(second)
    assert {first, second} <= systems["office"].cases().keys()


def test_what_belongs_to_the_open_case_joins_it(citizen: Citizen, systems: dict[str, AgencySystem]) -> None:
    code = citizen.files(BIRTH)
    citizen.hears_where_it_went(code)
    more = "hôm nay phường Láng lại đòi thêm giấy xác nhận cư trú mới chịu nhận hồ sơ"
    citizen.asks(more, WHAT_OF_IT)
    citizen.asks("bổ sung", code)
    office = systems["office"]
    case = office.cases()[code]["id"]
    assert wait_until(lambda: more in str(office.case(case)["supplements"]), 10)
    assert len([each for each in office.cases() if each == code]) == 1


@pytest.mark.parametrize("stop", ["hủy", "huỷ", "khong gui nua"])
def test_who_gives_up_is_asked_once_and_nothing_is_filed(citizen: Citizen, stop: str) -> None:
    citizen.asks(CERTIFIED, CONSENT)
    asked = citizen.asks(stop, "chưa được gửi đi")
    assert asked.buttons == ("Tiếp tục", "Hủy")
    citizen.asks("2", "nội dung đã được bỏ")
    citizen.asks("xin chào", "Kính chào ông/bà")
    assert not [message for message in citizen.messages if FILED in message.text]


def test_who_does_not_agree_is_respected_and_nothing_is_filed(citizen: Citizen) -> None:
    citizen.asks(CERTIFIED, CONSENT)
    told = citizen.asks("tôi không đồng ý", "Chúng tôi tôn trọng quyết định của ông/bà")
    assert "không giữ lại thông tin liên hệ" in told.text


def test_when_a_person_of_the_office_writes_the_bot_is_silent(city: City, citizen: Citizen) -> None:
    citizen.asks(CERTIFIED, CONSENT)
    words = "Tôi là cán bộ trực, xin hỏi ông/bà đến phường vào buổi nào?"
    city.phone.post("/console/say", json={"user_id": citizen.user_id, "text": words}).raise_for_status()
    citizen.hears(words)
    _until_read(city, citizen)
    heard = len(citizen.messages)
    citizen.says("chiều thứ Năm tuần trước, khoảng ba giờ")
    _until_read(city, citizen)
    assert len(citizen.messages) == heard


def test_decomposed_letters_are_the_same_letters(citizen: Citizen, systems: dict[str, AgencySystem]) -> None:
    citizen.asks(unicodedata.normalize("NFD", BIRTH), CONSENT)
    citizen.asks(unicodedata.normalize("NFD", "tôi đồng ý"), NAME_AND_PHONE)
    citizen.asks(unicodedata.normalize("NFD", f"{citizen.name}, {citizen.phone}"), RESIDENCE)
    summary = citizen.asks(unicodedata.normalize("NFD", "ngay nơi xảy ra việc"), SUMMARY)
    assert f"Họ tên: {citizen.name}" in summary.text
    code = citizen.asks(unicodedata.normalize("NFD", "gửi đi"), FILED).code
    citizen.hears_where_it_went(code)
    case = systems["office"].case(systems["office"].cases()[code]["id"])
    assert (case["text"], case["matter"]) == (BIRTH, "HT01")


def test_a_very_long_story_arrives_whole(citizen: Citizen, systems: dict[str, AgencySystem]) -> None:
    story = " ".join(
        f"Lần thứ {number} tôi ra phường Láng nộp hồ sơ khai sinh, họ lại đòi hộ khẩu giấy." for number in range(1, 90)
    )
    assert len(story) > 5_000
    summary = citizen.comes_to_summary(story)
    assert len(summary.text) < 2_000
    code = citizen.confirms(story)
    office = systems["office"]
    assert wait_until(lambda: code in office.cases(), 10)
    assert office.case(office.cases()[code]["id"])["text"] == story


def test_what_zalo_delivers_twice_and_in_the_wrong_order_is_answered_once(city: City, citizen: Citizen) -> None:
    city.zalo(webhook_duplicate=2, webhook_reorder=1)
    try:
        citizen.says(WITHOUT_DIACRITICS[0])
        citizen.says(WITHOUT_DIACRITICS[1])
        citizen.hears(CONSENT)
        citizen.asks("dong y", NAME_AND_PHONE)
    finally:
        city.zalo_behaves()
    citizen.asks(f"{citizen.name}, {citizen.phone}", RESIDENCE)
    summary = citizen.asks("phuong lang", SUMMARY)
    assert all(summary.text.count(piece) == 1 for piece in WITHOUT_DIACRITICS[:2])
    assert len([message for message in citizen.messages if CONSENT in message.text]) == 1


def test_a_sticker_or_a_greeting_alone_is_answered_kindly_and_files_nothing(citizen: Citizen) -> None:
    citizen.asks("", "", {"type": "sticker"})
    citizen.asks("xin chào ạ", "ông/bà")
    assert not [message for message in citizen.messages if FILED in message.text]


def test_nobody_is_asked_for_another_name_than_their_own(citizen: Citizen) -> None:
    name = "Nguyễn Thị Hồng Nhung"  # without its diacritics "nhưng", a word of sentences, looks the same
    citizen.asks(CERTIFIED, CONSENT)
    citizen.asks("tôi đồng ý", NAME_AND_PHONE)
    citizen.asks(f"{name}, {citizen.phone}", RESIDENCE)
    assert f"Họ tên: {name}" in citizen.asks("ngay nơi xảy ra việc", SUMMARY).text


def _until_read(city: City, citizen: Citizen) -> None:
    """Until our side has taken in everything Zalo has to deliver."""
    assert wait_until(lambda: all(one["state"] == "delivered" for one in city.deliveries(citizen.user_id)), 10)
    unread = "SELECT count(*) FROM intake.channel_events WHERE state = 'new'"
    assert wait_until(lambda: city.administrator.one(unread) == 0, 10)
    assert wait_until(lambda: city.administrator.one("SELECT count(*) FROM intake.outbox") == 0, 10)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
