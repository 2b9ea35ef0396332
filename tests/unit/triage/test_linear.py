"""The table travels as bytes, and what it sums up can be read back to the words."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from services.triage.domain.features import Features, pieces_of
from services.triage.domain.linear import Calibration, LinearModel, Table
from services.triage.domain.normal import tokens_of
from services.triage.domain.reading import read

TABLE = Table(
    name="small",
    decisions={"colour": ("blue", "red")},
    vocabulary={"words": ("sea", "the sea"), "marked": ("rose",), "pieces": (" ro",), "scores": ("cue",)},
    rarity=np.ones(5, np.float32),
    weights=np.array([[100, -100], [50, -50], [-100, 100], [-20, 20], [0, 127]], np.int8),
    scale=np.array([0.01, 0.01], np.float32),
    intercepts=np.zeros(2, np.float32),
    calibration={"colour": Calibration(3.0, (0.0, 0.0))},
)


def _features(text: str, **scores: float) -> Features:
    return Features(tokens_of(read(text)), scores)


def test_a_table_survives_its_bytes() -> None:
    back = Table.from_bytes(TABLE.to_bytes())
    assert back.to_bytes() == TABLE.to_bytes()
    assert (back.name, back.vocabulary, back.calibration) == (TABLE.name, TABLE.vocabulary, TABLE.calibration)


@pytest.mark.parametrize("artefact", [b"", b"PK\x03\x04", TABLE.to_bytes()[:40]])
def test_what_is_no_model_is_refused(artefact: bytes) -> None:
    with pytest.raises(ValueError, match="triage model"):
        Table.from_bytes(artefact)


@pytest.mark.parametrize(("text", "colour"), [("the sea", "blue"), ("a rose", "red")])
def test_words_decide(text: str, colour: str) -> None:
    judged = LinearModel(TABLE).read(_features(text)).judge("colour")
    assert judged.label == colour
    assert judged.sure == judged.of(colour) > 0.5
    assert sum(sure for _, sure in judged.ranked) == pytest.approx(1.0, abs=0.001)


def test_a_score_counts_beside_the_words() -> None:
    with_cue, without = _features("x", cue=1.0), _features("x")
    assert [LinearModel(TABLE).read(one).judge("colour").label for one in (with_cue, without)] == ["red", "blue"]


@pytest.mark.parametrize(
    "text", ["the sea the sea, the rose", "đi đi đi lại phường Láng 3 lần, gọi 0912 345 678", "toi di toi di", "một"]
)
def test_a_text_is_read_as_training_counts_it(text: str) -> None:
    """Training names and counts features; reading looks them up word by word. Both must see the same."""
    features = _features(text)
    counts = {
        "words": Counter(features.words()),
        "marked": Counter(features.marked()),
        "pieces": Counter(features.pieces()),
    }
    vocabulary = {block: tuple(sorted(counted)) for block, counted in counts.items()} | {"scores": ()}
    rows = sum(map(len, vocabulary.values()))
    random = np.random.default_rng(7)
    weights = random.integers(-127, 127, (rows, 2)).astype(np.int8)
    rarity = random.uniform(1, 5, rows).astype(np.float32)
    table = replace(TABLE, vocabulary=vocabulary, rarity=rarity, weights=weights)
    expected = np.zeros(2)
    first = 0
    for block, counted in counts.items():
        each = np.array([1 + np.log(counted[one]) for one in vocabulary[block]])
        values = each * rarity[first : first + len(each)]
        expected += values / np.linalg.norm(values) @ weights[first : first + len(each)]
        first += len(each)
    assert LinearModel(table).read(features).sums == pytest.approx(expected * table.scale, rel=1e-4)


def test_nothing_known_is_nothing_decided() -> None:
    assert LinearModel(TABLE).read(_features("")).judge("colour").ranked == (("blue", 0.5), ("red", 0.5))


def test_the_words_that_weighed_are_told_apart() -> None:
    weights = LinearModel(TABLE).read(_features("under the sea")).weight_of_tokens("colour", "blue")
    assert weights[0] == 0
    assert max(weights) == weights[2] > weights[1] > 0


def test_pieces_show_where_a_word_begins_and_ends() -> None:
    assert pieces_of("an") == (" a", "an", "n ", " an", "an ", " an ")
    assert pieces_of("<phone>") == ()
