"""`python -m services.triage classify`: a line in, a line out, whatever the line."""

import io
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from services.triage.commands import answers
from tests.unit.triage.hanoi import LANG, TODAY, classifier

BIRTH = "phường Láng bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh cho con em"
LABELS = {
    "id", "disposition", "kind", "nature", "field", "agency_level", "agency_span", "agency_start", "agency_end",
    "urgency", "refusal", "sensitive", "needs_review", "matters", "places", "accused_unit", "accused_post",
    "confidence", "reasons", "model_version",
}  # fmt: skip


def _answers(*lines: bytes) -> list[dict[str, Any]]:
    return list(answers(io.BytesIO(b"\n".join(lines)), classifier(), TODAY))


def test_every_text_is_answered_under_the_keys_of_the_labelling_guide() -> None:
    (answer,) = _answers(json.dumps({"id": "a-1", "text": BIRTH}).encode())
    assert set(answer) == LABELS
    assert (answer["id"], answer["field"], answer["agency_span"]) == ("a-1", "ho_tich", "phường Láng")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"khong phai json", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1, 2]", "not an object"),
        (b"null", "not an object"),
        (b'{"id": 7}', "text: missing"),
        (b'{"id": 7, "text": 5}', "text: string_type"),
        (b'{"id": 7, "text": "alo", "on": "hom qua"}', "on: date_from_datetime_parsing"),
    ],
)
def test_a_bad_line_gets_an_error_and_the_rest_goes_on(line: bytes, error: str) -> None:
    first, bad, last = _answers(b'{"id": 1, "text": "alo"}', line, b'{"id": 3, "text": "alo"}')
    assert (bad["line"], bad["error"]) == (2, error)
    assert (first["id"], last["id"]) == (1, 3)
    assert first["disposition"] == last["disposition"] == "insufficient"


def test_blank_lines_are_passed_over() -> None:
    assert [one["id"] for one in _answers(b"", b'{"id": 1, "text": ""}', b"  ", b'{"id": 2, "text": ""}')] == [1, 2]


def test_the_day_and_the_confirmed_commune_of_a_line_count() -> None:
    line = {"id": 1, "text": "Sở Kế hoạch và Đầu tư ngâm hồ sơ quá hẹn", "on": "2025-02-01", "place_id": LANG}
    (answer,) = _answers(json.dumps(line).encode())
    assert [one["agency_id"] for one in answer["accused_unit"]] == ["HN-SKHDT"]
    assert [(one["place_id"], one["score"]) for one in answer["places"]] == [(LANG, 1.0)]


def _run(lines: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    given = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii", **environment}
    command = [sys.executable, "-m", "services.triage", "classify"]
    return subprocess.run(command, input=lines.encode(), env=given, capture_output=True, check=False, timeout=60)


def test_it_runs_without_any_settings_or_database() -> None:
    lines = '{"id": 1, "text": "' + BIRTH + '"}\nhỏng\n{"id": "\\ud800", "text": "\\ud800 alo"}\n'
    done = _run(lines)
    answered = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert done.returncode == 0, done.stderr
    assert [one.get("field", one.get("error")) for one in answered] == ["ho_tich", "not JSON", None]


def test_a_province_that_is_not_there_is_told() -> None:
    done = _run("", PROVINCE="atlantis")
    assert done.returncode == 2
    assert b"atlantis" in done.stderr
