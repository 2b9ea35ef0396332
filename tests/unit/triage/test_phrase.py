"""Phrases found in a text: at word boundaries, with their marks where they need them, the longest first."""

import pytest

from services.triage.domain.phrase import Lexicon, Phrase, longest, phrases_of
from services.triage.domain.reading import read


def _found(phrases: list[str], text: str, *, needs_marks: bool = False) -> list[tuple[str, str]]:
    lexicon = Lexicon(Phrase(words, words, needs_marks) for words in phrases)
    return [(hit.meaning, text[hit.start : hit.end]) for hit in longest(lexicon.find(read(text)))]


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        pytest.param("thuế", "nộp thuế đất", "thuế", id="one syllable with its marks"),
        pytest.param("thuế", "nop thue dat", None, id="one syllable without them may be another word"),
        pytest.param("tuất", "tien tuat cua bo", None, id="tuất needs its marks"),
        pytest.param("chợ", "lam giay khai sinh cho con", None, id="cho is hardly ever chợ"),
        pytest.param("dược", "khong duoc tra loi", None, id="duoc is hardly ever dược"),
        pytest.param("hộ khẩu", "ho khau giay", "ho khau", id="several syllables do without"),
        pytest.param("hộ khẩu", "HỘ KHẨU GIẤY", "HỘ KHẨU", id="capitals"),
        pytest.param("hộ khẩu", "hồ khâu", None, id="other marks are other words"),
        pytest.param("iso", "isoline", None, id="short keywords are whole words"),
        pytest.param("cấp lại", "ho so cap  lại", "cap  lại", id="half of the marks"),
        pytest.param("gplx", "đổi GPLX cũ", "GPLX", id="a keyword without marks in a text with marks"),
        pytest.param("hộ khẩu", "nộp hộ. Khẩu hiệu", None, id="never across two sentences"),
    ],
)
def test_when_a_keyword_is_found(phrase: str, text: str, words: str | None) -> None:
    assert _found([phrase], text) == ([(phrase, words)] if words else [])


def test_somebody_who_types_marks_means_what_is_typed_without() -> None:
    assert _found(["tố cáo"], "anh ấy to cao, nói chuyện rất lễ phép") == []


def test_a_phrase_may_need_its_marks() -> None:
    assert _found(["bằng giả"], "bang gia dat nam nay", needs_marks=True) == []
    assert _found(["bằng giả"], "dùng bằng giả", needs_marks=True) == [("bằng giả", "bằng giả")]


def test_the_longest_wins_and_equals_all_stay() -> None:
    phrases = ["kết hôn", "kết hôn với người nước ngoài", "nước ngoài"]
    assert _found(phrases, "đăng ký kết hôn với người nước ngoài") == [
        ("kết hôn với người nước ngoài", "kết hôn với người nước ngoài")
    ]
    assert {meaning for meaning, _ in _found(["thuế đất", "thuê đất"], "tien thue dat")} == {"thuế đất", "thuê đất"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hẹn tôi 3 lần liền", "hẹn tôi 3 lần"),
        ("hen toi may lan", "hen toi may lan"),
        ("hẹn ba lần", "hẹn ba lần"),
        ("hẹn cho có lần", None),
        ("hẹn một hai ba bốn năm sáu bảy tám chín lần", None),
        ("hẹn. Ba lần", None),
        ("hẹn tôi. Ba lần", None),
    ],
)
def test_a_gap_skips_a_few_words_and_a_number_is_a_number(text: str, words: str | None) -> None:
    assert [quoted for _, quoted in _found(["hẹn … # lần"], text)] == ([words] if words else [])


def test_a_gap_never_reaches_into_the_next_sentence() -> None:
    assert _found(["đã … chưa"], "đã nộp hồ sơ chưa") == [("đã … chưa", "đã nộp hồ sơ chưa")]
    assert _found(["đã … chưa"], "đã nộp hồ sơ. Chưa trả") == []


def test_keywords_typed_without_marks_only_repeat_those_with() -> None:
    assert phrases_of("hộ tịch|ho tich|vssid||khai sinh") == ("hộ tịch", "vssid", "khai sinh")
