"""`explain` on the command line: JSON lines in, JSON lines out."""

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.routing.commands import COMMANDS, explanations
from tests.support.clock import FixedClock
from tests.unit.routing.hanoi import hanoi

NOW = FixedClock(datetime.fromisoformat("2026-11-21T09:00+07:00"))


def explained(*records: Any) -> list[dict[str, Any]]:
    lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
    return list(explanations(lines, hanoi(), NOW))


def test_a_matter_and_a_place_in_words_give_agency_deadline_and_rules() -> None:
    (got,) = explained({"id": "a-1", "matters": [{"matter": "HT01"}], "place": "phường Láng"})
    assert (got["id"], got["assigned"], got["agency_id"], got["desk"]) == ("a-1", True, "HN-CN00199", "agency")
    assert got["agency_name"] == "Ủy ban nhân dân phường Láng"
    assert [clock["clock"] for clock in got["deadlines"]] == ["accept_by_agency", "reply_rule_own"]
    assert got["deadlines"][1]["due_at"] == "2026-12-15T10:30:00Z"
    assert len(got["rules"]) == 11


@pytest.mark.parametrize(
    ("place", "agency"),
    [
        ("p. Lang", "HN-CN00199"),
        ("phường Trúc Bạch", "HN-CN00004"),
        ("phường Cống Vị", None),
        ("phường Ở Đâu Đó", None),
        ("", None),
    ],
)
def test_old_new_and_unknown_names_of_places(place: str, agency: str | None) -> None:
    (got,) = explained({"matters": [{"matter": "HT01"}], "place": place})
    assert got["agency_id"] == agency


def test_a_classification_of_triage_is_read_as_it_is() -> None:
    (got,) = explained(
        {
            "id": 7,
            "disposition": "in_scope",
            "kind": "official_conduct",
            "nature": "phan_anh",
            "field": "ho_tich",
            "agency_level": "commune",
            "agency_span": "UBND phường Láng",
            "matters": [{"matter": "HV01", "score": 0.8}],
            "places": [{"place_id": "HN-CN00199", "score": 0.9}],
            "accused_unit": [{"agency_id": "HN-CN00199", "score": 0.9}],
            "accused_post": "staff",
            "urgency": "normal",
            "sensitive": False,
            "needs_review": False,
            "confidence": {"disposition": 0.9},
            "reasons": [],
            "model_version": "k1",
        }
    )
    assert (got["agency_id"], got["desk"], got["office_copy"]) == ("HN-CN00199", "head", True)
    assert got["deadlines"][1]["clock"] == "reply_conduct"


def test_a_doubt_names_the_reason_and_what_the_rules_would_propose() -> None:
    (got,) = explained({"matters": [{"matter": "HT03"}], "needs_review": True})
    assert (got["assigned"], got["office_reason"], got["agency_id"]) == (False, "needs_review", "HN-STP")
    assert got["deadlines"] == []


def test_a_past_day_is_answered_as_it_was() -> None:
    (got,) = explained({"matters": [{"matter": "HT02"}], "place_id": "HN-CO00007", "at": "2025-05-15T09:00:00+07:00"})
    assert got["agency_id"] == "HN-D001"


def test_a_line_that_cannot_be_read_gets_an_error_and_the_rest_goes_on() -> None:
    got = explained(
        b"{", b"\xff", b"[]", b"  ", {"id": 4, "disposition": "x"}, {"id": 5, "matters": [{"matter": "HT03"}]}
    )
    assert [one.get("error") for one in got] == ["not JSON", "not JSON", "not an object", "disposition: enum", None]
    assert [one.get("line") for one in got] == [1, 2, 3, 5, None]
    assert got[-1]["agency_id"] == "HN-STP"


def test_the_command_reads_the_province_s_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for name in ("DATABASE_URL", "ROUTING_DATABASE_URL", "CONTACT_KEYS"):
        monkeypatch.delenv(name, raising=False)
    asked = tmp_path / "asked.jsonl"
    asked.write_bytes(b'{"id": 1, "matters": [{"matter": "TH01"}]}\n')
    assert _explain(asked) == 0
    assert json.loads(capfdbinary.readouterr().out)["agency_id"] == "HN-THUE"


def test_the_command_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PROVINCE", "khong-co")
    assert _explain(None) == 2
    assert "missing" in capsys.readouterr().err


def _explain(file: Path | None) -> int:
    command = next(command for command in COMMANDS if command.name == "explain")
    return command.run(argparse.Namespace(file=file))
