"""The corpus follows its guide; what does not is named with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.triage.training.check import check, counts, faults_of, much_alike

IN_SCOPE: dict[str, Any] = {
    "id": "voice-001",
    "text": "ra ⟦UBND phường Láng⟧ nộp khai sinh bị quát",
    "disposition": "in_scope",
    "kind": "official_conduct",
    "nature": "phan_anh",
    "field": "ho_tich",
    "level": "commune",
}


def test_the_committed_corpus_has_no_faults() -> None:
    records, faults = check()
    assert faults == []
    assert len(records) > 2_900
    assert len(counts(records)["field"]) == 22


def test_no_two_committed_messages_are_one_template() -> None:
    records, _ = check()
    assert much_alike({record["id"]: record["text"] for record in records}) == []


def test_a_record_of_the_guide_has_no_fault() -> None:
    assert list(faults_of(IN_SCOPE)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"labels": 1}, "unknown keys: labels"),
        ({"text": " "}, "missing: text"),
        ({"disposition": "trash"}, "disposition: trash"),
        ({"level": "central"}, "level: central"),
        ({"kind": None}, "kind: only and always for in_scope"),
        ({"field": None}, "field: only and always for in_scope, inquiry and status_lookup"),
        ({"sentiment": "cross"}, "sentiment: cross"),
        ({"tags": "caps"}, "tags: not a list of words"),
        ({"text": "ra ⟦một⟧ và ⟦hai⟧"}, "office: at most one, between ⟦ and ⟧"),
        ({"text": "ra ⟦một"}, "office: at most one, between ⟦ and ⟧"),
        ({"text": "ra ⟦một ⟧"}, "office: blanks at its ends, or nothing in it"),
        ({"text": "ra một cửa"}, "level: without a marked office"),
    ],
)
def test_what_breaks_the_guide_is_named(change: dict[str, Any], fault: str) -> None:
    assert fault in list(faults_of({**IN_SCOPE, **change}))


def test_an_office_is_marked_only_in_scope() -> None:
    record = {"id": "a", "text": "⟦phường Láng⟧ mấy giờ mở cửa", "disposition": "inquiry", "field": "khac"}
    assert list(faults_of(record)) == ["office: marked only for in_scope"]


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "voices").mkdir()
    lines = (json.dumps(IN_SCOPE), "no JSON", "[]", json.dumps(IN_SCOPE))
    (tmp_path / "voices" / "a.jsonl").write_text("\n\n".join(lines), "utf-8")
    assert check(tmp_path)[1] == [
        "a.jsonl:3: not JSON",
        "a.jsonl:5: not an object",
        "a.jsonl:7: id voice-001 also at a.jsonl:1",
    ]


def test_an_empty_corpus_is_a_fault(tmp_path: Path) -> None:
    assert check(tmp_path) == ([], [f"{tmp_path}: no messages"])


def test_messages_that_share_a_template_are_told() -> None:
    texts = {
        "a": "tôi nộp hồ sơ khai sinh ở phường từ tháng trước mà chưa có kết quả",
        "b": "Tôi nộp hồ sơ khai sinh ở phường từ tháng trước mà chưa có trả lời",
        "c": "xin hỏi giờ làm việc",
    }
    assert much_alike(texts) == [("a", "b", 8)]
