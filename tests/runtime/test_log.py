"""Logs tell what happened, never to whom."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from libs.runtime import log


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    log.configure("info", "json")
    stream = io.StringIO()
    root.handlers[0].stream = stream  # type: ignore[attr-defined]
    yield stream
    root.handlers[:], root.level = before, level


def test_facts_are_told_and_personal_keys_are_hidden(lines: io.StringIO) -> None:
    log.get_logger().info("sent", room="101", phone="84912345678", who={"full_name": "Nguyễn Thị Hoa", "floor": 2})
    told = json.loads(lines.getvalue())
    assert (told["event"], told["room"], told["phone"]) == ("sent", "101", "[hidden]")
    assert told["who"] == {"full_name": "[hidden]", "floor": 2}


def test_an_exception_tells_its_type_and_place_but_not_its_text(lines: io.StringIO) -> None:
    class Guest(BaseModel):
        age: int

    try:
        Guest.model_validate({"age": "số 0912345678"})
    except ValueError:
        log.get_logger().exception("guest_refused")
    text = lines.getvalue()
    assert "0912345678" not in text
    told = json.loads(text)
    assert told["error"] == "ValidationError"
    assert any("test_log.py" in frame for frame in told["where"])


def test_records_of_libraries_pass_the_same_way(lines: io.StringIO) -> None:
    try:
        raise RuntimeError("0912345678")
    except RuntimeError:
        logging.getLogger("some.library").exception("it broke")
    assert "0912345678" not in lines.getvalue()
    assert json.loads(lines.getvalue())["error"] == "RuntimeError"
