"""Words of a text in two forms, at their place in the original."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.reading import LONGEST_READ, read


def _marked(text: str) -> list[str]:
    return [word.marked for word in read(text).words]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("hoà giải", "hòa giải", id="the tone on either vowel"),
        pytest.param("kỹ thuật", "kĩ thuật", id="y or i"),
        pytest.param("HỘ KHẨU", "hộ khẩu", id="capitals"),
        pytest.param("khai sinh", "khai\u200b sinh", id="an invisible mark"),
        pytest.param(unicodedata.normalize("NFD", "thường trú"), "thường trú", id="decomposed letters"),
    ],
)
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    assert _marked(one) == _marked(other)


@pytest.mark.parametrize(("one", "other"), [("thuế", "thuê"), ("đất", "dat"), ("quý", "quy"), ("thuý", "thuí")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert _marked(one) != _marked(other)


def test_offsets_count_the_code_points_of_the_text_as_it_came() -> None:
    text = unicodedata.normalize("NFD", "😀 Phường Láng, hộ khẩu")
    words = read(text).words
    assert [unicodedata.normalize("NFC", text[word.start : word.end]) for word in words] == [
        "Phường", "Láng", "hộ", "khẩu",
    ]  # fmt: skip


def test_an_amount_and_its_unit_are_two_words_at_one_place() -> None:
    words = read("đưa 20tr rồi").words
    assert [(word.plain, word.start, word.end) for word in words] == [
        ("dua", 0, 3), ("20", 4, 8), ("tr", 4, 8), ("roi", 9, 12),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Đã nộp. Chưa trả.", 2),
        ("đã nộp\nchưa trả", 2),
        ("ra p. Láng nộp", 1),
        ("lệ phí 5.000 đồng", 1),
        ("nộp rồi, chưa trả", 1),
    ],
)
def test_a_clause_ends_where_a_sentence_does(text: str, clauses: int) -> None:
    assert len({word.clause for word in read(text).words}) == clauses


@pytest.mark.parametrize(
    ("text", "accented"),
    [("phường bắt phải có hộ khẩu", True), ("phuong bat phai co ho khau", False), ("", False), ("cccd vneid", False)],
)
def test_it_knows_who_types_marks(text: str, accented: bool) -> None:
    assert read(text).accented is accented


def test_a_text_is_read_only_so_far() -> None:
    assert read("a " * LONGEST_READ).words[-1].end <= LONGEST_READ


@given(st.text(max_size=300))
def test_words_stand_in_order_inside_the_text(text: str) -> None:
    previous = 0
    for word in read(text).words:
        assert previous <= word.end <= len(text)
        assert word.start < word.end
        assert word.plain
        previous = word.start
