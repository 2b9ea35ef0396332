"""The trained model: one table of small numbers, a row per feature, a column per label of each decision.

Pure: its bytes are passed in. A text's features pick their rows, the rows are added up, and what comes out is turned
into probabilities that were measured on texts the model had not seen.
"""

import json
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, repeat
from math import exp
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .features import EDITION, WORTH_OF_A_SCORE, Features, pieces_of
from .normal import Token

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]
Places = npt.NDArray[np.intp]

BLOCKS: Final = ("words", "marked", "pieces", "scores")
READS: Final = f"features {EDITION}, a score worth {WORTH_OF_A_SCORE}"
"""How this code reads a text: a model made for another reading takes one thing for another."""
_MAGIC: Final = b"triage model 1\n"
_MOST_WORDS_REMEMBERED: Final = 20_000
_NONE: Final[dict[str, int]] = {}


@dataclass(frozen=True, slots=True)
class Calibration:
    """How sums become probabilities: `softmax(slope * sum + shift)`."""

    slope: float
    shift: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """All numbers of a model, as training leaves them."""

    name: str
    decisions: Mapping[str, tuple[str, ...]]
    """The labels of each decision, in the order of the columns."""
    vocabulary: Mapping[str, tuple[str, ...]]
    """The features of each block, in the order of the rows."""
    rarity: Floats
    weights: npt.NDArray[np.int8]
    scale: Floats
    """What one step of a column's weights is worth."""
    intercepts: Floats
    calibration: Mapping[str, Calibration]
    reads: str = READS
    """The reading it was made for; empty where it was not told."""

    def to_bytes(self) -> bytes:
        """The artefact: the same table gives the same bytes."""
        header = {
            "name": self.name,
            "reads": self.reads,
            "decisions": self.decisions,
            "rows": {block: len(self.vocabulary[block]) for block in BLOCKS},
            "scale": [float(step) for step in self.scale],
            "intercepts": [float(sum_) for sum_ in self.intercepts],
            "calibration": {name: [one.slope, *one.shift] for name, one in self.calibration.items()},
        }
        words = "\n".join(feature for block in BLOCKS for feature in self.vocabulary[block])
        parts = [json.dumps(header, sort_keys=False).encode(), words.encode()]
        parts += [self.rarity.astype("<f2").tobytes(), self.weights.tobytes()]
        return _MAGIC + zlib.compress(b"".join(len(part).to_bytes(4, "big") + part for part in parts), 9)

    @classmethod
    def from_bytes(cls, artefact: bytes) -> "Table":
        """Read an artefact.

        Raises:
            ValueError: it is none, or a broken one.
        """
        if not artefact.startswith(_MAGIC):
            raise ValueError("not a triage model, or one of another edition")
        try:
            header, words, rarity, weights = _parts(zlib.decompress(artefact[len(_MAGIC) :]))
        except zlib.error as error:
            raise ValueError("the triage model is broken") from error
        facts: dict[str, Any] = json.loads(header)
        features = words.decode().split("\n")
        ends = list(accumulate(facts["rows"][block] for block in BLOCKS))
        decisions = {name: tuple(labels) for name, labels in facts["decisions"].items()}
        columns = sum(len(labels) for labels in decisions.values())
        return cls(
            name=facts["name"],
            decisions=decisions,
            vocabulary={
                block: tuple(features[start:end])
                for block, start, end in zip(BLOCKS, (0, *ends[:-1]), ends, strict=True)
            },
            rarity=np.frombuffer(rarity, "<f2").astype(np.float32),
            weights=np.frombuffer(weights, np.int8).reshape(-1, columns),
            scale=np.array(facts["scale"], np.float32),
            intercepts=np.array(facts["intercepts"], np.float32),
            calibration={
                name: Calibration(slope, tuple(shift)) for name, (slope, *shift) in facts["calibration"].items()
            },
            reads=facts.get("reads", ""),
        )


def _parts(body: bytes) -> list[bytes]:
    parts = []
    at = 0
    while at < len(body):
        length = int.from_bytes(body[at : at + 4], "big")
        parts.append(body[at + 4 : at + 4 + length])
        at += 4 + length
    return parts


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision: every label with its probability, the likeliest first."""

    ranked: tuple[tuple[str, float], ...]

    @property
    def label(self) -> str:
        return self.ranked[0][0]

    @property
    def sure(self) -> float:
        """How probable the likeliest label is."""
        return self.ranked[0][1]

    def of(self, label: str) -> float:
        """How probable one label is."""
        return next((sure for one, sure in self.ranked if one == label), 0.0)

    def without(self, label: str) -> "Judgement":
        """The same, once a label is known not to hold."""
        rest = [(one, sure) for one, sure in self.ranked if one != label]
        whole = sum(sure for _, sure in rest) or 1.0
        return Judgement(tuple((one, round(sure / whole, 4)) for one, sure in rest))


class LinearModel:
    """Judges texts by a table. Built once; then safe to share between threads."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._starts = [0, *accumulate(len(table.vocabulary[block]) for block in BLOCKS)]
        self._row_of = {
            block: {feature: row for row, feature in enumerate(table.vocabulary[block], start)}
            for block, start in zip(BLOCKS, self._starts, strict=False)
        }
        self._row_after = {block: _taken_apart(self._row_of[block]) for block in ("words", "marked")}
        ends = list(accumulate(len(labels) for labels in table.decisions.values()))
        self._columns = {
            name: slice(end - len(labels), end)
            for (name, labels), end in zip(table.decisions.items(), ends, strict=True)
        }
        self._rows_of: dict[tuple[str, str], Rows] = {}

    def read(self, features: Features) -> "Read":
        """Pick the rows of one text, each word block brought to length 1, and add them up."""
        tokens = features.tokens
        ones = [self._ones(token) for token in tokens]
        pairs = self._pairs(tokens)
        rows = np.concatenate((*ones, pairs))
        positions = np.arange(len(tokens))
        of_ones = np.repeat(positions, np.fromiter(map(len, ones), np.intp, len(ones)))
        owners = np.concatenate((of_ones, positions[:-1], positions[:-1]))  # a pair belongs to its first word
        known = rows >= 0
        distinct, inverse, counts = np.unique(rows[known], return_inverse=True, return_counts=True)
        values = ((1 + np.log(counts)) * self.table.rarity[distinct]).astype(np.float32)
        ends = np.searchsorted(distinct, self._starts[:4])
        for start, end in pairwise(ends):
            values[start:end] /= np.sqrt((values[start:end] ** 2).sum()) or 1.0
        weights = self.table.weights.take(distinct, axis=0).astype(np.float32)
        sums = (values @ weights + self._scored(features)) * self.table.scale + self.table.intercepts
        return Read(self, features, sums, weights, values / counts, inverse, owners[known])

    def probabilities(self, name: str, sums: Sequence[float]) -> list[float]:
        """The sums of one decision as measured probabilities."""
        calibration = self.table.calibration[name]
        raised = [calibration.slope * one + shift for one, shift in zip(sums, calibration.shift, strict=True)]
        highest = max(raised)
        powers = [exp(one - highest) for one in raised]
        whole = sum(powers)
        return [round(power / whole, 4) for power in powers]

    def columns_of(self, name: str) -> slice:
        """Where a decision's labels stand among the columns."""
        return self._columns[name]

    def _scored(self, features: Features) -> Floats:
        known = self._row_of["scores"]
        scored = [(known[name], score) for name, score in features.scores.items() if name in known]
        worth = np.array([score for _, score in scored], np.float32) * WORTH_OF_A_SCORE
        sums: Floats = worth @ self.table.weights[np.fromiter((row for row, _ in scored), np.intp, len(scored))].astype(
            np.float32
        )
        return sums

    def _pairs(self, tokens: tuple[Token, ...]) -> Rows:
        """The rows of each two words that follow one another, without marks, then with; -1 for one not known."""
        words, marked = self._row_after["words"], self._row_after["marked"]
        rows = [words.get(one, _NONE).get(after, -1) for one, after in pairwise([token.plain for token in tokens])]
        rows += [marked.get(one, _NONE).get(after, -1) for one, after in pairwise([token.marked for token in tokens])]
        return np.array(rows, np.int32)

    def _ones(self, token: Token) -> Rows:
        """The rows of one word: without marks, as it is marked, and of its pieces."""
        key = (token.plain, token.marked)
        rows = self._rows_of.get(key)
        if rows is None:
            pieces = map(self._row_of["pieces"].get, pieces_of(token.marked), repeat(-1))
            whole = (self._row_of["words"].get(token.plain, -1), self._row_of["marked"].get(token.marked, -1))
            rows = np.array([row for row in (*whole, *pieces) if row >= 0], np.int32)
            if len(self._rows_of) >= _MOST_WORDS_REMEMBERED:
                self._rows_of.clear()
            self._rows_of[key] = rows
        return rows


def _taken_apart(row_of: dict[str, int]) -> dict[str, dict[str, int]]:
    """The rows of pairs by first and second word, taken out of `row_of`: two words looked up beat one put together."""
    row_after: dict[str, dict[str, int]] = {}
    for pair in [feature for feature in row_of if " " in feature]:
        first, _, after = pair.partition(" ")
        row_after.setdefault(sys.intern(first), {})[sys.intern(after)] = row_of.pop(pair)
    return row_after


@dataclass(frozen=True, slots=True)
class Read:
    """One text picked from the table, ready to be judged and explained."""

    model: LinearModel
    features: Features
    sums: Floats
    """One for each column, as calibration takes them."""
    weights: Floats
    """Of each feature for each column; `each` is how much it counts every time it occurs."""
    each: Floats
    inverse: Places
    owners: Places

    def judge(self, name: str) -> Judgement:
        """One decision about this text."""
        shares = self.model.probabilities(name, self.sums[self.model.columns_of(name)].tolist())
        ranked = sorted(zip(self.model.table.decisions[name], shares, strict=True), key=itemgetter(1), reverse=True)
        return Judgement(tuple(ranked))

    def weight_of_tokens(self, name: str, label: str) -> list[float]:
        """How strongly each token of the text spoke for a label."""
        column = self.model.columns_of(name).start + self.model.table.decisions[name].index(label)
        worth = (self.weights[:, column] * self.each)[self.inverse]
        weights: list[float] = np.bincount(self.owners, worth, len(self.features.tokens)).tolist()
        return weights
