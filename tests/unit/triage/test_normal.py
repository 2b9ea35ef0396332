"""Numbers, links and phones are masked, Telex is decoded, and every token keeps its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain.normal import decoded, tokens_of
from services.triage.domain.reading import read
from tests.unit.triage.hanoi import LANG, TODAY, classifier


def _plain(text: str) -> list[str]:
    return [token.plain for token in tokens_of(read(text))]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("gọi 0912 345 678 nhé", ["goi", "<phone>", "nhe"]),
        ("vào bit.ly/abc nhận quà", ["vao", "<link>", "nhan", "qua"]),
        ("hẹn ngày 12/8/2026 rồi", ["hen", "ngay", "<date>", "roi"]),
        ("thu 500k không biên lai", ["thu", "<money>", "khong", "bien", "lai"]),
        ("đi 3 lần", ["di", "<number>", "lan"]),
        ("000.00.05.H26-250801-0123", ["<code>"]),
        ("năm 12", ["nam", "<number>"]),
        ("", []),
    ],
)
def test_what_only_ever_differs_is_masked(text: str, tokens: list[str]) -> None:
    assert _plain(text) == tokens


def test_telex_is_decoded_where_a_text_is_full_of_it() -> None:
    typed = read("phuwowngf baor hoof sow cuar tooi bij thieesu giaays towf")
    meant = read("phường bảo hồ sơ của tôi bị thiếu giấy tờ")
    assert [word.marked for word in decoded(typed).words] == [word.marked for word in meant.words]
    assert decoded(typed).text == typed.text


@pytest.mark.parametrize("text", ["hồ sơ của tôi bị trả", "wifi chậm, web sập", "cho em hoi thu tuc khai sinh", "ok"])
def test_other_texts_are_left_as_they_are(text: str) -> None:
    assert decoded(read(text)) is not None
    assert decoded(read(text)) == read(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_tokens_stand_in_order_inside_the_text(text: str) -> None:
    tokens = tokens_of(decoded(read(text)))
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)


def test_an_office_typed_in_telex_is_found_and_quoted_as_it_was_typed() -> None:
    text = "UBND phuwowngf Lasng   bawts phair cos hooj khaaur giaays mowis nhaajn hoof sow"
    decision = classifier().decide(text, TODAY)
    assert (decision.agency_span, decision.agency_start) == ("UBND phuwowngf Lasng", 0)
    assert [place.place_id for place in decision.places] == [LANG]
    assert text[decision.agency_start : decision.agency_end] == decision.agency_span


def test_a_word_with_marks_among_telex_is_left_as_it_is() -> None:
    text = "ddi ddoori bawfng lasi, phòng CSGT hejn 5 ngafy maf 5 tuaafn vaaxn chuwa cos"
    assert classifier().decide(text, TODAY).agency_span == "phòng CSGT"


@given(st.text(alphabet="aeoudwfjsrx ₫ÁẠđ\u0301\u200b\n.,", max_size=60))
def test_decoding_keeps_every_place_inside_the_text(text: str) -> None:
    folded = decoded(read(f"tooi ddi lamf giaays {text}")).folded
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) + 21 for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)
