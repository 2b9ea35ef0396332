"""Who says nearly the same as somebody before: what finds the two, and what is asked then."""

import random
import unicodedata
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.vocabulary import FeedbackId, Field
from libs.places import fold
from services.triage.domain.likeness import (
    BANDS,
    MOST_TOLD,
    Comparable,
    Thresholds,
    bands_of,
    likeness,
    near_duplicates,
    topics_of,
    words_of,
)

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BIRTH = (
    "Tôi nộp hồ sơ khai sinh cho con ở UBND phường Láng từ ngày 3/11, hẹn ngày 10/11 trả mà đến nay đã ba tuần vẫn "
    "chưa được trả. Tôi đã đi lại bốn lần, lần nào cán bộ một cửa cũng bảo về chờ."
)
BOOK = (
    "phường Láng bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh cho con em, em giải thích là hộ khẩu giấy bỏ rồi mà "
    "chị cán bộ không nghe"
)
LETTER = (
    "Kính gửi UBND thành phố. Tôi là {name}, số điện thoại {phone}, ở {street}. Ngày {day} tôi nộp hồ sơ cấp đổi giấy "
    "phép xây dựng tại bộ phận một cửa phường {ward}, đến nay quá hẹn {late} ngày mà không có kết quả, không có văn "
    "bản xin lỗi. Đề nghị lãnh đạo xem xét giải quyết."
)
MINE = LETTER.format(
    name="Nguyễn Văn Mẫu", phone="0912 000 123", street="ngõ 12 phố Chùa Láng", day="5/10", ward="Láng", late=20
)
HERS = LETTER.format(
    name="Trần Thị Ví Dụ",
    phone="0987000456",
    street="số 8 ngách 3 Kim Mã Thượng",
    day="12/10/2026",
    ward="Ngọc Hà",
    late=15,
)
PETITION = (
    "Cư dân chung cư chúng tôi phản ánh việc UBND phường không cấp giấy xác nhận nơi cư trú cho các hộ tầng 5 đến tầng "
    "12 dù đã nộp đủ hồ sơ từ tháng 8. Tên tôi: {name}, căn hộ {flat}. Mong thành phố chỉ đạo phường giải quyết."
)
ADDED = "\nTôi gửi thêm: hôm nay 20/11 tôi lên lại vẫn không ai giải quyết, mong thành phố sớm trả lời giúp tôi."
BEFORE = "Chào anh chị, em xin gửi lại vì lần trước chưa thấy trả lời. "
FRAME = "Tôi nộp hồ sơ {matter} ở phường Láng ngày 3/11 đến nay chưa được trả, cán bộ bảo chờ."


def mistyped(text: str, one_in: int) -> str:
    """The text with two letters exchanged in every so many words."""
    chance = random.Random(7)
    words = text.split()
    for at in chance.sample(range(len(words)), len(words) // one_in):
        word = words[at]
        cut = chance.randrange(max(len(word) - 1, 1))
        words[at] = word[:cut] + word[cut + 1 : cut + 2] + word[cut : cut + 1] + word[cut + 2 :]
    return " ".join(words)


def said(text: str, *topics: str, field: Field | None = None, number: int = 1, at: datetime = AT) -> Comparable:
    return Comparable(FeedbackId(UUID(int=number)), at, text, field, frozenset(topics))


def meet(one: str, other: str) -> bool:
    """Whether the fingerprints would bring the two together."""
    return not set(bands_of(words_of(one))).isdisjoint(bands_of(words_of(other)))


SAME = {
    "without marks": (BIRTH, fold(BIRTH)),
    "in capitals": (BOOK, BOOK.upper()),
    "decomposed letters, other blanks": (BOOK, "  " + unicodedata.normalize("NFD", BOOK).replace(" ", " \n")),
    "one word in ten mistyped": (BIRTH, mistyped(BIRTH, 10)),
    "one word in ten of a short one mistyped": (BOOK, mistyped(BOOK, 10)),
    "a line added": (BIRTH, BIRTH + ADDED),
    "a line added to a short one": (BOOK, BOOK + ADDED),
    "a line before": (BOOK, BEFORE + BOOK),
    "another person's letter from the same template": (MINE, HERS),
    "another flat's petition": (
        PETITION.format(name="Lê Văn Mẫu", flat="501"),
        PETITION.format(name="Phạm Thị Thử", flat="1203 tòa B"),
    ),
    "other figures": (MINE, MINE.replace("0912 000 123", "0987.654.321").replace("5/10", "05/10/2026")),
}
OTHER = {
    "the same topic in other words": (
        "Tôi nộp hồ sơ khai sinh cho con ở phường Láng ba tuần chưa được trả, đi lại bốn lần.",
        "Con tôi sinh tháng 8, ra phường Láng làm giấy khai sinh mà cán bộ bảo hệ thống lỗi, ba tuần chưa có giấy.",
    ),
    "another office's delay": (
        "Hồ sơ đất của tôi nộp ở chi nhánh văn phòng đăng ký đất đai quá hẹn hai tháng không ai trả lời.",
        "Hồ sơ cấp sổ đỏ nộp ở văn phòng đăng ký đất đai quá hẹn sáu tháng, gọi điện không ai nghe máy.",
    ),
    "the same person about something else": (
        MINE,
        "Kính gửi UBND thành phố. Tôi là Nguyễn Văn Mẫu, số điện thoại 0912 000 123, ở ngõ 12 phố Chùa Láng. Hôm qua "
        "tôi đi sao y giấy tờ bị hẹn lại ba lần vì máy hỏng. Đề nghị lãnh đạo xem xét giải quyết.",
    ),
    "the same person's other dossier": (
        MINE,
        "Kính gửi UBND thành phố. Tôi là Nguyễn Văn Mẫu, số điện thoại 0912 000 123, ở ngõ 12 phố Chùa Láng. Ngày 5/10 "
        "tôi nộp hồ sơ đăng ký hộ kinh doanh tại bộ phận một cửa phường, cán bộ đòi thêm giấy xác nhận nơi ở không có "
        "trong quy định. Đề nghị lãnh đạo xem xét giải quyết.",
    ),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_what_says_the_same_meets_and_is_told(one: str, other: str) -> None:
    assert meet(one, other)
    assert likeness(said(one), said(other), Thresholds()) >= 0.8
    assert likeness(said(other), said(one), Thresholds()) >= 0.8


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER)
def test_what_says_something_else_is_not_told_even_if_it_meets(one: str, other: str) -> None:
    assert likeness(said(one), said(other), Thresholds()) == 0


def test_one_frame_around_two_procedures_is_not_the_same() -> None:
    birth, marriage = FRAME.format(matter="khai sinh"), FRAME.format(matter="đăng ký kết hôn")
    mine, both = said(birth, "khai sinh"), said(marriage, "ket hon", "khai sinh")
    assert likeness(mine, said(marriage, "ket hon"), Thresholds()) == 0
    assert likeness(mine, both, Thresholds()) > 0, "one in common"
    assert likeness(mine, said(marriage), Thresholds()) > 0, "nobody knows of another procedure"


def test_one_frame_around_two_fields_is_not_the_same() -> None:
    birth, building = FRAME.format(matter="khai sinh"), FRAME.format(matter="cấp phép xây dựng")
    assert likeness(said(birth, field=Field.HO_TICH), said(building, field=Field.XAY_DUNG), Thresholds()) == 0
    assert likeness(said(birth, field=Field.HO_TICH), said(building), Thresholds()) > 0, "nobody knows of another field"


def test_the_very_same_words_are_the_same_whatever_was_made_of_them() -> None:
    one, other = said(BIRTH, "khai sinh", field=Field.HO_TICH), said(BIRTH.upper(), "ket hon", field=Field.XAY_DUNG)
    assert likeness(one, other, Thresholds()) == 1


def test_the_words_that_named_a_procedure_are_read_where_they_were_quoted() -> None:
    text = "hồ sơ Khai Sinh ở phường Láng"
    assert topics_of(text, [("matter", 6, 15), ("place", 18, 29), ("matter", None, None)]) == {"khai sinh"}


def test_the_thresholds_are_the_city_s() -> None:
    assert likeness(said(MINE), said(HERS), Thresholds(letters=0.95, contained=0.95)) == 0


@pytest.mark.parametrize(
    "text", ["", "???", "phường làm chậm quá", "alo alo alo alo alo alo alo", "😀" * 400, "0912 000 123"]
)
def test_what_is_too_short_is_never_sought(text: str) -> None:
    assert bands_of(words_of(text)) == ()


def test_the_fingerprint_of_a_text_is_the_same_on_every_machine() -> None:
    # Kept in databases: whoever changes it counts EDITION up, and then changes these.
    assert bands_of(words_of(BOOK))[:2] == (-8492358380305411959, -1618488807458199445)


def test_links_and_figures_are_what_they_are_whatever_they_say() -> None:
    assert words_of("Xem https://vi.du/a?b=1, gọi 0912 000 123 hoặc 1022; kỹ lưỡng") == (
        "xem", "<link>", "goi", "<number>", "hoac", "<number>", "ki", "luong",
    )  # fmt: skip


@given(st.text(max_size=300))
def test_any_text_has_a_fingerprint_or_none_and_is_like_itself(text: str) -> None:
    bands = bands_of(words_of(text))
    assert len(bands) in (0, BANDS)
    assert all(-(2**63) <= band < 2**63 for band in bands)
    assert likeness(said(text), said(text), Thresholds()) == 1


@given(st.lists(st.sampled_from(["Tôi", "nộp", "hồ", "sơ", "phường", "Đống", "Đa", "kỹ"]), min_size=8, max_size=60))
def test_marks_capitals_and_blanks_never_change_a_fingerprint(words: list[str]) -> None:
    plain, loud = fold(" ".join(words)), "\t".join(words).upper()
    assert bands_of(words_of(plain)) == bands_of(words_of(loud)) == bands_of(words_of(" ".join(words)))


def test_the_most_alike_come_first_then_the_newest_and_never_more_than_are_told() -> None:
    asked = said(BIRTH, number=100)
    exact = [said(BIRTH, number=one, at=AT - timedelta(days=one)) for one in range(1, 4)]
    longer = [said(BIRTH + ADDED + ADDED.upper(), number=10)]
    mended = [said(mistyped(BIRTH, 10), number=one) for one in range(20, 24)]
    told = near_duplicates(asked, [*mended, *exact, said(BOOK, number=30)], Thresholds())
    assert told == tuple(FeedbackId(UUID(int=one)) for one in (1, 2, 3, 23, 22))
    assert len(told) == MOST_TOLD
    assert near_duplicates(asked, longer, Thresholds()) == (FeedbackId(UUID(int=10)),)
    assert near_duplicates(asked, [], Thresholds()) == ()
