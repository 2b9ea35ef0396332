"""Folding makes spellings comparable and never loses the way back to the original words."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.places import fold, folded_with_offsets, has_diacritics
from libs.places.folding import spelling

VIETNAMESE = st.text(
    alphabet=st.sampled_from(
        "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵĐƯƠÂ .,-\n\t"
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Phường Láng Thượng", "phuong lang thuong"),
        ("ĐỐNG ĐA", "dong da"),
        ("  Ứng   Hòa\u00a0\n", "ung hoa"),
        ("Hòa Lạc và Hoà Lạc", "hoa lac va hoa lac"),
        ("phường\u200b Láng\ufeff", "phuong lang"),
        ("UBND p. Láng, q. Đống Đa", "ubnd p. lang, q. dong da"),
        ("", ""),
        (" \n\t", ""),
        ("🙂 Láng", "🙂 lang"),
    ],
)
def test_text_is_folded_to_plain_lower_case_words(text: str, folded: str) -> None:
    assert fold(text) == folded


@settings(deadline=None)
@given(st.text(max_size=80))
def test_composed_and_decomposed_text_fold_to_the_same(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@settings(deadline=None)
@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(st.one_of(VIETNAMESE, st.text(max_size=80)), st.sampled_from(["NFC", "NFD"]))
def test_folding_with_offsets_gives_the_same_text_and_one_place_for_each_character(text: str, form: str) -> None:
    text = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    folded = folded_with_offsets(text)
    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    assert list(folded.starts) == sorted(folded.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))


@settings(deadline=None)
@given(VIETNAMESE)
def test_the_quick_way_and_the_careful_way_agree(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    quick, careful = folded_with_offsets(text), folded_with_offsets(text + "\u200b")
    assert (quick.text, list(quick.starts), list(quick.ends)) == (careful.text, [*careful.starts], [*careful.ends])


@settings(deadline=None)
@given(VIETNAMESE, st.sampled_from(["NFC", "NFD"]), st.data())
def test_the_original_piece_under_a_folded_piece_folds_to_it_again(text: str, form: str, data: st.DataObject) -> None:
    text = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    folded = folded_with_offsets(text)
    words = [index for index, character in enumerate(folded.text) if character != " "]
    if not words:
        return
    first = data.draw(st.sampled_from(words))
    last = data.draw(st.sampled_from([index for index in words if index >= first]))
    start, end = folded.span(first, last + 1)
    assert fold(text[start:end]) == folded.text[first : last + 1]


def test_a_span_in_decomposed_text_takes_the_marks_of_its_last_letter() -> None:
    text = unicodedata.normalize("NFD", "ở xã Mễ Trì nhé")
    folded = folded_with_offsets(text)
    start, end = folded.span(folded.text.index("xa"), folded.text.index("me") + len("me"))
    assert text[start:end] == unicodedata.normalize("NFD", "xã Mễ")


@pytest.mark.parametrize(
    ("text", "marked"),
    [("phuong lang", False), ("phường", True), ("duong Đê", True), ("đ", True), ("123 !?", False), ("a\u0301", True)],
)
def test_diacritics_are_seen_composed_or_not(text: str, *, marked: bool) -> None:
    assert has_diacritics(text) is marked


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("hòa", "hoà", True),
        ("Thủy", "thuỷ", True),
        ("Mỹ", "mĩ", True),
        ("LÝ", "lí", True),
        ("hoa", "hòa", False),
        ("Tây", "tay", False),
        ("láng", "lạng", False),
        ("đa", "da", False),
        ("Đình", unicodedata.normalize("NFD", "đình"), True),
    ],
)
def test_spellings_agree_wherever_the_tone_mark_stands(one: str, other: str, *, same: bool) -> None:
    assert (spelling(one) == spelling(other)) is same
