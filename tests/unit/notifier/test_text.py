"""Texts are cut where a reader would pause, and nothing of them is lost."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.text import cut, split, with_options


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param(" \n ", (), id="blank"),
        pytest.param("Một câu.", ("Một câu.",), id="short"),
        pytest.param("Đoạn một dài.\n\nĐoạn hai. Câu ba.", ("Đoạn một dài.", "Đoạn hai. Câu ba."), id="paragraphs"),
        pytest.param("Dòng một dài.\nDòng hai. Câu ba.", ("Dòng một dài.", "Dòng hai. Câu ba."), id="lines"),
        pytest.param("Câu một dài. Câu hai dài. Câu ba dài.", ("Câu một dài.", "Câu hai dài.", "Câu ba dài."), id="s"),
        pytest.param("Ông nói: “Thôi.” Rồi đi về nhà.", ("Ông nói: “Thôi.”", "Rồi đi về nhà."), id="quoted sentence"),
        pytest.param("một hai ba bốn năm sáu bảy", ("một hai ba bốn năm", "sáu bảy"), id="words"),
        pytest.param("a" * 45, ("a" * 20, "a" * 20, "a" * 5), id="one endless word"),
    ],
)
def test_a_long_text_is_split_at_the_best_border(text: str, parts: tuple[str, ...]) -> None:
    assert split(text, 20) == parts


def test_decomposed_vietnamese_counts_as_composed() -> None:
    text = unicodedata.normalize("NFD", "ế" * 20)
    assert split(text, 20) == ("ế" * 20,)


@pytest.mark.parametrize("sign", ["👨‍👩‍👧‍👦", "👍🏽", "x\u0323\u0302"])
def test_a_sign_made_of_several_code_points_stays_whole(sign: str) -> None:
    (first, *_) = split("a" * (20 - 1) + sign * 3, 20)
    assert first == "a" * 19


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_nothing_but_blanks_is_lost_and_no_part_is_too_long(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < len(part) <= limit and part == part.strip() for part in parts)
    assert "".join("".join(parts).split()) == "".join(unicodedata.normalize("NFC", text).split())


@given(st.text(), st.integers(min_value=3, max_value=50))
def test_a_cut_text_says_that_it_goes_on(text: str, limit: int) -> None:
    whole = unicodedata.normalize("NFC", text).strip()
    got = cut(text, limit)
    assert len(got) <= limit
    assert got == whole or (got.endswith("…") and whole.startswith(got[:-1].rstrip()))


def test_options_are_listed_once_below_the_text() -> None:
    listed = with_options("Ông/bà chọn gì?", ["Gửi đi", "Sửa lại"])
    assert listed == "Ông/bà chọn gì?\n1. Gửi đi\n2. Sửa lại"
    assert with_options(listed, ["Gửi đi", "Sửa lại"]) == listed
    assert with_options("Xin chào.", []) == "Xin chào."
