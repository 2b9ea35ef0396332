"""Numbers, links and phones are masked, Telex is decoded, and every token keeps its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain.normal import decoded, tokens_of
from services.triage.domain.reading import read


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
