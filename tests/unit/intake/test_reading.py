"""What short pieces of a citizen's text are read as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.details import Asked, read_details
from services.intake.domain.gist import Gist, asks_for_status, asks_to_look_up, gist_of
from services.intake.domain.person_name import find_introduction, read_name
from services.intake.domain.reading import (
    Part,
    chosen_number,
    find_digits,
    find_phone,
    plain,
    read_change,
    read_consent,
    tidy,
    without_courtesy,
)
from tests.support.province import gazetteer

ASKED = Asked(name=True, phone=True, yes=frozenset({"co", "ok", "vang", "dong y"}), no=frozenset({"khong", "ko"}))


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "84912345678",
        "+84912345678",
        "+84 (0)912345678",
        "0084912345678",
        "O912345678",
        "o912 345 678",
        "sđt: 0912345678",
        "số điện thoại của tôi là 0912-345-678 nhé",
        "(0912) 345 678",
        "０９１２３４５６７８",
        "Hoa,0912345678,Láng",
        "dt0912345678",
    ],
)
def test_a_mobile_number_is_read_in_every_form_people_write_it(typed: str) -> None:
    phone = find_phone(typed)
    assert phone is not None
    assert phone.number == "84912345678"


@pytest.mark.parametrize("typed", ["024 3825 1234", "(024) 38251234", "02438251234", "+84 24 3825 1234"])
def test_a_landline_number_of_ha_noi_is_read(typed: str) -> None:
    phone = find_phone(typed)
    assert phone is not None
    assert phone.number == "842438251234"


@pytest.mark.parametrize(
    "typed",
    [
        "001088012345",  # an identity number
        "034567890123",
        "0912345",
        "09123456789",
        "ngày 09/12/2026",
        "hồ sơ 000.00.01.H26-251121-0001",
        "HN-PA-261121-48213-K",
        "1900 1022",
        "",
    ],
)
def test_other_numbers_are_not_taken_for_a_telephone(typed: str) -> None:
    assert find_phone(typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"), [("0912345", True), ("9123 45 678", True), ("20/11/2026", False), ("12", False)]
)
def test_digits_that_may_have_been_meant_as_a_number_are_noticed(typed: str, meant: bool) -> None:
    assert (find_digits(typed) is not None) is meant


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Nguyễn Thị Hoa", "Nguyễn Thị Hoa"),
        ("nguyễn thị hoa", "Nguyễn Thị Hoa"),
        ("NGUYỄN THỊ HOA", "Nguyễn Thị Hoa"),
        ("nguyen thi phuong", "Nguyen Thi Phuong"),
        ("tên tôi là trần văn bình", "Trần Văn Bình"),
        ("Họ và tên: Lê Văn Huy", "Lê Văn Huy"),
        ("em tên Phạm Bùi Xuân Phái ạ", "Phạm Bùi Xuân Phái"),
        ("dạ vâng tôi là Hồ Thị Sáu", "Hồ Thị Sáu"),
        ("ông Nguyễn Văn An", "Nguyễn Văn An"),
        ("Anh Tuấn", "Anh Tuấn"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("Nguye\u0302\u0303n Thi\u0323 Hoa", "Nguyễn Thị Hoa"),
    ],
)
def test_a_name_is_read_and_written_as_names_are(typed: str, name: str) -> None:
    read = read_name(tidy(typed), asked=True)
    assert read is not None
    assert (read.full_name, read.is_short) == (name, False)


@pytest.mark.parametrize("typed", ["Hoa", "tên tôi là Hoa", "hoa ạ"])
def test_a_name_of_one_word_is_read_as_such(typed: str) -> None:
    read = read_name(typed, asked=True)
    assert read is not None
    assert (read.full_name, read.is_short) == ("Hoa", True)


@pytest.mark.parametrize(
    "typed",
    [
        "để làm gì vậy",
        "sao lại cần tên",
        "tôi không muốn nói",
        "chờ chút",
        "khai sinh cho con",
        "CCCD",
        "123",
        "",
        "cán bộ phường",
        "một hai ba bốn năm sáu bảy tám",
        "🙂",
        "Nguyễn" * 20,
    ],
)
def test_what_is_no_name_is_not_taken_for_one(typed: str) -> None:
    read = read_name(typed, asked=True)
    assert read is None or read.is_short


def test_without_being_asked_only_a_surname_makes_a_name() -> None:
    assert read_name("Hà Văn Thắm", asked=False) is not None
    assert read_name("cấp đổi giấy", asked=False) is None
    assert read_name("Hoa", asked=False) is None


@pytest.mark.parametrize(
    ("story", "name"),
    [
        ("Tôi là Nguyễn Văn An, hôm qua tôi lên phường", "Nguyễn Văn An"),
        ("Kính gửi quý cơ quan. Tên tôi là Trần Thị Bích Ngọc. Tôi xin phản ánh", "Trần Thị Bích Ngọc"),
        ("Tôi là người dân ở đây đã lâu", None),
        ("cán bộ Nguyễn Văn An hẹn tôi", None),
        ("toi la nguyen van an hom qua toi len phuong", None),
    ],
)
def test_a_name_is_found_where_somebody_introduces_themselves(story: str, name: str | None) -> None:
    found = find_introduction(story)
    assert (found.full_name if found else None) == name


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("đồng ý", True),
        ("Tôi đồng ý ạ", True),
        ("dong y", True),
        ("dạ em hoàn toàn đồng ý", True),
        ("không đồng ý", False),
        ("ko dong y", False),
        ("tôi chưa đồng ý", False),
        ("đồng ý cung cấp thông tin", True),
        ("nhất trí", True),
        ("cán bộ không đồng ý nhận hồ sơ", None),
        ("đồng hồ", None),
        ("", None),
    ],
)
def test_consent_is_read_only_where_it_is_said_plainly(typed: str, said: bool | None) -> None:
    assert read_consent(typed) is said


def _details(text: str, asked: Asked = ASKED):
    spans = [(one.start, one.end) for one in gazetteer().find_communes(text)]
    return read_details(text, asked, spans)


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Thị Hoa 0912345678 phường Láng đồng ý",
        "đồng ý, Nguyễn Thị Hoa, 0912345678, phường Láng",
        "NGUYỄN THỊ HOA\n0912 345 678\nphường Láng\nđồng ý",
        "dạ em đồng ý. Em tên Nguyễn Thị Hoa. Sđt 0912345678. Em ở phường Láng",
        "0912345678 nguyễn thị hoa đồng ý - phường Láng",
        "vâng, tên tôi là Nguyễn Thị Hoa, số điện thoại của tôi là 0912345678, địa chỉ phường Láng",
    ],
)
def test_all_facts_of_one_message_are_read_in_any_order(text: str) -> None:
    read = _details(text)
    assert read.phone == "84912345678"
    assert read.name is not None
    assert read.name.full_name == "Nguyễn Thị Hoa"
    assert read.consent is True
    assert read.address == "phường Láng"
    assert read.rest == ""


def test_an_address_keeps_street_and_commune() -> None:
    read = _details("trần văn bình sđt +84 912345678 ở số 5 ngõ 12 phố Chùa Láng, phường Láng")
    assert read.address == "số 5 ngõ 12 phố Chùa Láng, phường Láng"


def test_what_is_told_beside_contact_details_is_kept_without_them() -> None:
    read = _details("Tên tôi là Hoa, số điện thoại 0912345678. Cán bộ còn yêu cầu tôi nộp thêm giấy tờ")
    assert read.story == "Cán bộ còn yêu cầu tôi nộp thêm giấy tờ"
    assert read.name is not None
    assert read.name.is_short


def test_a_refusal_told_in_a_story_is_not_the_sender_s_answer() -> None:
    read = _details("cán bộ không đồng ý tiếp nhận hồ sơ của tôi")
    assert read.consent is None
    assert read.rest


def test_where_somebody_lives_is_told_from_where_it_happened() -> None:
    read = _details("tôi ở phường Láng, đi làm khai sinh ở phường Cầu Giấy bị đuổi về", Asked())
    assert (read.address, read.is_home) == ("phường Láng", True)
    assert not _details("Hôm qua, tại phường Láng, cán bộ đuổi tôi về", Asked()).is_home


@pytest.mark.parametrize(
    ("typed", "part", "value"),
    [
        ("sửa số điện thoại 0987654321", Part.CONTACT, "0987654321"),
        ("sua sdt thanh 0987654321", Part.CONTACT, "0987654321"),
        ("đổi tên thành Nguyễn Văn B", Part.CONTACT, "Nguyễn Văn B"),
        ("tôi muốn sửa lại nơi xảy ra", Part.PLACE, ""),
        ("sửa nơi ở: phường Láng", Part.RESIDENCE, "phường Láng"),
        ("thay đổi nội dung", Part.CONTENT, ""),
        ("sửa công khai", Part.PUBLICATION, "công khai"),
        ("sửa", None, ""),
        ("Sửa lại giúp tôi", None, ""),
    ],
)
def test_a_wish_to_change_tells_which_part_and_the_new_value(typed: str, part: Part | None, value: str) -> None:
    change = read_change(typed)
    assert change is not None
    assert (change.part, change.value) == (part, value)


@pytest.mark.parametrize("typed", ["cán bộ đòi sửa hồ sơ", "gửi đi", ""])
def test_other_words_are_no_wish_to_change(typed: str) -> None:
    assert read_change(typed) is None


@pytest.mark.parametrize(
    ("typed", "gist"),
    [
        ("chào shop", Gist.COURTESY),
        ("cảm ơn ạ", Gist.COURTESY),
        ("alo có ai không", Gist.COURTESY),
        ("tôi muốn phản ánh", Gist.COURTESY),
        ("😀😀", Gist.COURTESY),
        ("?", Gist.COURTESY),
        ("OK", Gist.COURTESY),
        ("1", Gist.COURTESY),
        ("", Gist.COURTESY),
        ("\u202e\u202e", Gist.COURTESY),
        ("khai sinh", Gist.THIN),
        ("đường xấu quá", Gist.THIN),
        ("cho hỏi làm khai sinh", Gist.MATTER),
        ("cán bộ phường Hà Đông quát dân", Gist.MATTER),
        ("Nộp hs dk tạm trú 2 tuần chưa xong", Gist.MATTER),
        ("tooi muoosn phanr anhs thu tuc", Gist.MATTER),
        ("Xin chào, tôi tố cáo cán bộ nhận tiền làm hồ sơ", Gist.MATTER),
        ("Hello, how are you? I want to report a problem", Gist.FOREIGN),
        ("你好，我想反映问题", Gist.FOREIGN),
        ("Здравствуйте, мне нужна помощь", Gist.FOREIGN),
        ("toi can bo sung ho so the nao", Gist.MATTER),
        ("Khiếu nại về internet banking please help", Gist.MATTER),
    ],
)
def test_what_sort_of_utterance_a_message_is(typed: str, gist: Gist) -> None:
    assert gist_of(typed) is gist


@pytest.mark.parametrize(
    "typed", ["hồ sơ của tôi tới đâu rồi", "ho so cua toi den dau roi", "phản ánh hôm trước giải quyết chưa ạ"]
)
def test_a_question_about_one_s_own_case_is_recognised(typed: str) -> None:
    assert asks_for_status(typed)


@pytest.mark.parametrize("typed", ["#tracuu", "Tra cứu", "tra cuu HN-PA-261121-48213-K", "tracuu"])
def test_the_look_up_command_is_recognised(typed: str) -> None:
    assert asks_to_look_up(typed)


@pytest.mark.parametrize(
    ("reply", "number"),
    [
        ("1", (1, "")),
        ("số 2", (2, "")),
        ("3.", (3, "")),
        ("4) Hủy", (4, "huy")),
        ("1️⃣", (1, "")),
        ("chọn 1", (1, "")),
        ("10", None),
        ("một", None),
    ],
)
def test_the_number_of_a_choice_is_read(reply: str, number: tuple[int, str] | None) -> None:
    assert chosen_number(reply) == number


@pytest.mark.parametrize(
    ("reply", "bare"), [("dạ em đồng ý ạ", "dong y"), ("Gửi đi nhé", "gui di"), ("vâng", "vang"), ("ok em", "ok")]
)
def test_politeness_around_a_reply_is_passed_over(reply: str, bare: str) -> None:
    assert without_courtesy(plain(reply)) == bare


@given(st.text(max_size=400))
def test_no_text_breaks_the_readers(text: str) -> None:
    tidied = tidy(text)
    _details(tidied)
    find_introduction(tidied)
    read_change(tidied)
    gist_of(tidied)
    chosen_number(tidied)


def test_a_very_long_hostile_text_is_read_in_reasonable_time() -> None:
    for text in (
        "so " * 20_000,
        "đồng ý " * 8_000,
        "phường Láng, " * 4_000,
        "0 " * 25_000,
        "sửa " * 12_000,
        "tôi là " * 8_000,
    ):
        _details(text)
        find_introduction(text[:2_000])
        read_change(text)
        gist_of(text)
        asks_for_status(text)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Nguyễn Thị Hồng Nhung", "Nguyễn Thị Hồng Nhung"),
        ("nguyen thi hong nhung", "Nguyen Thi Hong Nhung"),
        ("Trần Văn Hợi", "Trần Văn Hợi"),
        ("le thi lau", "Le Thi Lau"),
    ],
)
def test_a_given_name_that_looks_like_a_word_of_a_sentence_is_a_name_all_the_same(typed: str, name: str) -> None:
    read = read_name(typed, asked=True)
    assert read is not None
    assert read.full_name == name
