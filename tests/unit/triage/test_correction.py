"""Officers' corrections teach with the corpus: reproducibly, under another name, and never into the repository."""

import json
import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from libs.contracts.vocabulary import Disposition
from libs.launch.cli import main
from libs.launch.rows import BadRows
from services.triage.app import SERVICE
from services.triage.model_file import MODEL_FILE, read_model
from services.triage.training import recipe
from services.triage.training.corpus import CORPUS, fingerprint
from services.triage.training.correction import read_corrections
from services.triage.training.recipe import examine, model_name, train
from tests.unit.triage.hanoi import rows

GOOD: dict[str, Any] = {"id": "a", "text": "phường Láng quát tôi", "disposition": "in_scope", "field": "khac"}


def _file(folder: Path, records: Sequence[dict[str, Any]], name: str = "labels.jsonl") -> Path:
    (folder / name).write_text("\n".join(json.dumps(one) for one in records), "utf-8")
    return folder / name


def _records(count: int = 30) -> list[dict[str, Any]]:
    labels = [
        {"disposition": "in_scope", "kind": "official_conduct", "nature": "phan_anh", "field": "ho_tich"},
        {"disposition": "in_scope", "kind": "procedure_difficulty"},
        {"disposition": "in_scope"},
        {"disposition": "inquiry", "field": "thue"},
        {"disposition": "spam_ads"},
    ]
    return [
        {"id": f"f-{number}", "text": f"máy lấy số hỏng lần thứ {number} ở quầy", **labels[number % len(labels)]}
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def slice_of_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some messages of the corpus in ten batches: enough of each label, and seconds to train on."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "voices").mkdir()
    messages = [
        line
        for path in sorted((CORPUS / "voices").glob("*.jsonl"))
        for line in path.read_text("utf-8").split("\n")
        if line.strip()
    ][::24]
    for batch in range(10):
        (folder / "voices" / f"{batch}.jsonl").write_text("\n".join(messages[batch::10]), "utf-8")
    header, *names = (CORPUS / "procedures.csv").read_text("utf-8").splitlines()
    (folder / "procedures.csv").write_text("\n".join([header, *names[::30]]) + "\n", "utf-8")
    return folder


def test_a_model_that_learned_from_corrections_has_its_own_name_and_comes_out_the_same_again(
    slice_of_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records = _records()
    monkeypatch.setattr(recipe, "examine", partial(examine, folder=slice_of_corpus))
    shipped, corpus = MODEL_FILE.read_bytes(), fingerprint()
    files = [str(_file(tmp_path, records[:20], "one.jsonl")), str(_file(tmp_path, records[20:], "two.jsonl"))]
    assert main(SERVICE, ["train", "--labels", *files, "--out", str(tmp_path / "new.bin")]) == 0
    told = capsys.readouterr().out
    made = read_model((tmp_path / "new.bin").read_bytes())
    assert made.table.name != model_name(rows(), folder=slice_of_corpus)
    assert (MODEL_FILE.read_bytes(), fingerprint()) == (shipped, corpus)
    assert "had not seen them: disposition " in told
    assert " of 30, kind " in told
    assert " of 12, nature " in told

    other_order = [{**one, "id": f"g-{number}"} for number, one in enumerate(reversed(records))]
    corrections = read_corrections([_file(tmp_path, other_order)])
    again = train(examine(rows(), corrections, slice_of_corpus))
    assert again.to_bytes() == (tmp_path / "new.bin").read_bytes()


def test_the_name_changes_with_any_label_or_word_and_with_nothing_else(tmp_path: Path) -> None:
    records = _records(5)
    other_label = [*records[:4], {**records[4], "disposition": "insufficient"}]
    other_word = [*records[:4], {**records[4], "text": "khác"}]
    shuffled = random.Random(7).sample(records, 5)
    names = [
        model_name(rows(), read_corrections([_file(tmp_path, one)]))
        for one in (records, shuffled, other_label, other_word, [])
    ]
    assert names[0] == names[1]
    assert len(set(names)) == 4
    assert names[-1] == model_name(rows())


def test_a_label_teaches_what_it_has_and_nothing_that_does_not_apply(tmp_path: Path) -> None:
    lookup = {"id": "b", "text": "hồ sơ tới đâu", "disposition": "status_lookup", "kind": "official_conduct"}
    one, other = read_corrections([_file(tmp_path, [lookup, GOOD])])
    assert (one.disposition, one.kind, one.field) == (Disposition.STATUS_LOOKUP, None, None)
    assert [other.label(decision) for decision in ("disposition", "kind", "nature", "field")] == [
        "in_scope", None, None, "khac",
    ]  # fmt: skip


def test_of_several_files_the_last_one_s_label_of_a_feedback_holds(tmp_path: Path) -> None:
    older = _file(tmp_path, [GOOD], "older.jsonl")
    newer = _file(tmp_path, [{**GOOD, "disposition": "spam_ads"}], "newer.jsonl")
    assert [one.disposition for one in read_corrections([older, newer])] == [Disposition.SPAM_ADS]


def test_a_chain_letter_teaches_once(tmp_path: Path) -> None:
    sent = [{"id": f"s-{number}", "text": "ai chia sẻ sẽ gặp may", "disposition": "spam_ads"} for number in range(9)]
    sent.append({**sent[0], "id": "s-9", "disposition": "out_of_scope_other"})
    assert len(read_corrections([_file(tmp_path, sent)])) == 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"disposition": "vut_di"}, "vut_di"),
        ({"kind": "ai_do"}, "ai_do"),
        ({"field": "trai_dat"}, "trai_dat"),
        ({"text": " "}, "text"),
        ({"id": None}, "id"),
        ({"officer": "mau"}, "officer"),
    ],
)
def test_a_line_that_is_no_label_is_told_without_its_text(tmp_path: Path, wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(BadRows, match=f"line 2.*{told}") as raised:
        read_corrections([_file(tmp_path, [GOOD, {**GOOD, **wrong}])])
    assert "quát" not in str(raised.value)


@pytest.mark.parametrize("line", ["không phải JSON", "[1]", "[" * 100_000, "null"])
def test_a_line_that_is_no_record_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "labels.jsonl").write_text(line, "utf-8")
    with pytest.raises(BadRows, match="line 1"):
        read_corrections([tmp_path / "labels.jsonl"])


@pytest.mark.parametrize("out", [[], ["--out", str(MODEL_FILE)]])
def test_the_shipped_file_is_never_made_of_citizens_words(
    tmp_path: Path, out: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = MODEL_FILE.read_bytes()
    assert main(SERVICE, ["train", "--labels", str(_file(tmp_path, [GOOD])), *out]) == 2
    assert "--out" in capsys.readouterr().err
    assert MODEL_FILE.read_bytes() == shipped


def test_files_without_a_label_make_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new.bin"
    assert main(SERVICE, ["train", "--labels", str(_file(tmp_path, [])), "--out", str(out)]) == 2
    assert "no label" in capsys.readouterr().err
    assert not out.exists()
