"""The corpus is in order, the shipped model is made of it, and figures are counted rightly."""

import json
from pathlib import Path

import pytest

from libs.contracts.vocabulary import Disposition
from libs.launch.rows import BadRows
from services.triage.domain.decision import Confidence, Decision
from services.triage.model_file import MODEL_FILE, shipped_model
from services.triage.training import measure
from services.triage.training.corpus import Example, read_labelled, read_procedures, read_voices
from services.triage.training.heldout import folds_of
from services.triage.training.measure import Answer, Share
from services.triage.training.recipe import model_name
from tests.unit.triage.hanoi import rows

GOOD = {"id": "x-1", "text": "⟦phường Láng⟧ quát tôi", "disposition": "in_scope", "kind": "official_conduct",
        "nature": "phan_anh", "field": "khac", "level": "commune"}  # fmt: skip


def test_the_shipped_model_is_made_of_the_corpus_that_is_here() -> None:
    assert shipped_model().table.name == model_name(rows()), "run `triage train` and `triage evaluate --card`"
    assert MODEL_FILE.stat().st_size <= 4_000_000


def test_the_card_speaks_of_the_shipped_model() -> None:
    assert shipped_model().table.name in Path("docs/triage.md").read_text("utf-8")


def test_the_corpus_is_in_order() -> None:
    examples = read_voices()
    assert {example.disposition for example in examples} == set(Disposition)
    assert all(example.span is None or example.span in example.text for example in examples)
    assert len({name.field for name in read_procedures()}) >= 20


def test_batches_are_held_out_whole() -> None:
    folds = folds_of(read_voices())
    assert set(folds.values()) == set(range(10))


def _file(tmp_path: Path, *records: dict[str, object]) -> Path:
    folder = tmp_path / "voices"
    folder.mkdir()
    (folder / "a.jsonl").write_text("\n".join(json.dumps(one) for one in records), "utf-8")
    return tmp_path


def test_a_span_is_taken_out_of_its_brackets(tmp_path: Path) -> None:
    (example,) = read_voices(_file(tmp_path, GOOD))
    assert (example.text, example.span, example.batch) == ("phường Láng quát tôi", "phường Láng", "a")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"disposition": "vut_di"}, "vut_di"),
        ({"kind": None}, "kind"),
        ({"field": None}, "field"),
        ({"field": "trai_dat"}, "trai_dat"),
        ({"text": "⟦phường Láng quát"}, "at most one"),
        ({"text": "⟦ ⟧ quát"}, "nothing in it"),
        ({"author": "me"}, "author"),
    ],
)
def test_a_line_that_is_not_in_order_is_told(tmp_path: Path, wrong: dict[str, object], told: str) -> None:
    with pytest.raises(BadRows, match=told):
        read_voices(_file(tmp_path, {**GOOD, **wrong}))


def test_twins_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadRows, match="twice"):
        read_voices(_file(tmp_path, GOOD, GOOD))
    (tmp_path / "other").mkdir()
    with pytest.raises(BadRows, match="other labels"):
        read_voices(_file(tmp_path / "other", GOOD, {**GOOD, "id": "x-2", "field": "thue"}))


def test_a_labelled_file_outside_the_corpus_may_have_more_keys(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps({**GOOD, "text": "phường Láng", "agency_span": "phường Láng", "source": "x"}), "utf-8")
    (example,) = read_labelled(path)
    assert example.span == "phường Láng"


def _answer(gold: str, said: str, sure: float = 0.9, *, review: bool = False, sensitive: bool = False) -> Answer:
    example = Example("1", "a", "x", Disposition(gold), None, None, None, None, None, ())
    decided = Decision(Disposition(said), Confidence(sure), "m", needs_review=review, sensitive=sensitive)
    return Answer(example, decided)


def test_figures() -> None:
    answers = [
        _answer("in_scope", "in_scope"),
        _answer("in_scope", "spam_ads"),
        _answer("in_scope", "spam_ads", review=True),
        _answer("complaint_denunciation", "in_scope"),
        _answer("complaint_denunciation", "in_scope", sensitive=True),
    ]
    assert measure.share(answers, "disposition") == Share(1, 5)
    assert measure.ended(answers) == Share(1, 3)
    assert measure.let_through(answers) == Share(1, 2)
    assert measure.reviewed(answers) == Share(1, 5)
    assert measure.macro_f1(answers, "disposition") == pytest.approx((2 * 1 / (3 + 3)) / 2)
    assert measure.calibration_error(answers) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [(None, None, 1.0), ("phường Láng", None, 0.0), ("phuong lang", "UBND Phường Láng", 0.8), ("sở", "phường", 0.0)],
)
def test_spans_overlap_by_their_words(one: str | None, other: str | None, shared: float) -> None:
    assert measure.overlap(one, other) == pytest.approx(shared)


def test_an_interval_holds_its_share() -> None:
    low, high = Share(5, 10).interval
    assert low == pytest.approx(0.237, abs=0.001)
    assert high == pytest.approx(0.763, abs=0.001)
    assert Share(0, 0).interval == (0.0, 1.0)
