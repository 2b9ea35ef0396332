"""Reading a posted body without trusting it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.json_body import NotAnObject, read_object


@given(st.binary(max_size=200))
def test_no_bytes_are_an_error(raw: bytes) -> None:
    read_object(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\x1f\x8b\x08\x00", "not_json"),
        ('{"a":1}'.encode("utf-16"), "not_json"),
        ('{"a":1}'.encode("utf-16-le"), "not_json"),
        (b'{"a":NaN}', "not_json"),
        (b'{"a":-Infinity}', "not_json"),
        (b"a=1&b=2", "not_json"),
        (b'{"a":1}{"a":1}', "not_json"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"7", "not_an_object"),
        (b"null", "not_an_object"),
    ],
)
def test_what_is_not_an_object_is_said_to_be_none(raw: bytes, reason: str) -> None:
    assert read_object(raw) == NotAnObject(reason)  # type: ignore[arg-type]


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_object(b'\xef\xbb\xbf{"a":1}') == {"a": "1"}


def test_numbers_keep_their_digits() -> None:
    assert read_object(b'{"a":6143092758814407315,"b":1.50,"c":1e400}') == {
        "a": "6143092758814407315",
        "b": "1.50",
        "c": "1e400",
    }
    assert read_object(b'{"a":' + b"9" * 10_000 + b"}") == {"a": "9" * 10_000}
