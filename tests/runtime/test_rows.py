"""Tables of data: checked when read, with file and line in the complaint."""

from pathlib import Path

import pytest

from libs.launch.rows import BadRows, read_rows


def test_rows_are_read_with_the_columns_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "rooms.csv"
    path.write_text('room,note\n101," có cửa sổ, rộng "\n102,\n', "utf-8")
    assert read_rows(path, ("room", "note")) == [
        {"room": "101", "note": "có cửa sổ, rộng"},
        {"room": "102", "note": ""},
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"room\n101\n", "rooms.csv: column missing: note"),
        (b"room,note\n101\n", "rooms.csv, line 2: wrong number of values"),
        (b"room,note\n101,a,b\n", "rooms.csv, line 2: wrong number of values"),
        (b"room,note\n\xff,a\n", "rooms.csv is not UTF-8"),
    ],
)
def test_a_bad_file_is_refused_by_name_and_line(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "rooms.csv"
    path.write_bytes(content)
    with pytest.raises(BadRows, match=complaint):
        read_rows(path, ("room", "note"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRows, match=r"nothing\.csv is missing"):
        read_rows(tmp_path / "nothing.csv", ("room",))
