"""What people write is read as the usual words, and quoted as written."""

import pytest

from services.triage.domain.row import WordingRow
from services.triage.domain.wording import Wording

ROWS = (WordingRow("hs", "hồ sơ"), WordingRow("ko", "không"), WordingRow("tách khẩu", "tách hộ"))


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("nộp hs", ["nộp", "hồ sơ"]),
        ("hs ko trả", ["hồ sơ", "không", "trả"]),
        ("đi tách khẩu", ["đi", "tách hộ"]),
        ("di tach khau", ["di", "tách hộ"]),
        ("hsk", ["hsk"]),
    ],
)
def test_abbreviations_are_read_out(text: str, read_as: list[str]) -> None:
    usual = Wording(()).read(" ".join(read_as))
    assert [word.marked for word in Wording(ROWS).read(text).words] == [word.marked for word in usual.words]


def test_what_was_written_keeps_its_place() -> None:
    text = "đi tách khẩu hs"
    words = Wording(ROWS).read(text).words
    assert [text[word.start : word.end] for word in words] == ["đi", "tách khẩu", "tách khẩu", "hs", "hs"]
