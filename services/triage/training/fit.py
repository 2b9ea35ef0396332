"""The table of the model from counted texts: vocabulary, weights, calibration. The only place of scikit-learn."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from ..domain.features import WORTH_OF_A_SCORE, Features
from ..domain.linear import BLOCKS, Calibration, LinearModel, Table

DECISIONS: Final = ("disposition", "kind", "nature", "field")
SETTINGS: Final[Mapping[str, Any]] = {
    "rarest": {"words": 2, "marked": 2, "pieces": 3, "scores": 3},  # texts a feature must stand in
    "penalty": 0.5,
    "worth_of_a_procedure_name": 0.3,
    "every_copied": 3,  # one message of so many is copied without its marks
    "worth_of_a_copy": 0.5,
    "seed": 7,
}
"""What changes the model beside corpus and features. Source: tried on held-out batches, see docs/triage.md."""

Labels = Mapping[str, str | None]
_STEPS: Final = 127


class NoTrainer(Exception):
    """scikit-learn is not installed: it comes with the extra `training`."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One text with its features as names, its labels, and how much it counts."""

    counts: Mapping[str, Counter[str]]
    scores: Mapping[str, float]
    labels: Labels
    worth: float = 1.0
    is_message: bool = True


def counted(features: Features, labels: Labels, *, worth: float = 1.0, is_message: bool = True) -> Counted:
    """Count the features of one text once, for every model made of it."""
    counts = {
        "words": Counter(features.words()),
        "marked": Counter(features.marked()),
        "pieces": Counter(features.pieces()),
    }
    return Counted(counts, features.scores, labels, worth, is_message)


def fit(texts: Sequence[Counted], name: str) -> Table:
    """A model of some texts.

    Raises:
        NoTrainer: scikit-learn is missing.
    """
    messages = [text for text in texts if text.is_message]
    vocabulary, rarity = _vocabulary(messages)
    weights, intercepts = _weights(texts, vocabulary, rarity)
    scale = np.abs(weights).max(axis=0) / _STEPS
    return Table(
        name=name,
        decisions={decision: _labels(texts, decision) for decision in DECISIONS},
        vocabulary={block: tuple(vocabulary[block]) for block in BLOCKS},
        rarity=np.concatenate([rarity[block] for block in BLOCKS]).astype(np.float16).astype(np.float32),
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        intercepts=intercepts.astype(np.float32),
        calibration={decision: Calibration(3.0, (0.0,) * len(_labels(texts, decision))) for decision in DECISIONS},
    )


def calibrated(table: Table, sums: Mapping[str, tuple[Any, Sequence[str]]]) -> Table:
    """The table with its probabilities measured: per decision the sums of texts it had not seen, and their labels."""
    return replace(
        table,
        calibration={
            decision: _calibration(np.asarray(sums[decision][0]), sums[decision][1], table.decisions[decision])
            for decision in DECISIONS
        },
    )


def sums_of(model: LinearModel, features: Features) -> dict[str, Any]:
    """What a model sums up for each decision about one text."""
    read = model.read(features)
    return {decision: read.sums[model.columns_of(decision)] for decision in DECISIONS}


def _labels(texts: Iterable[Counted], decision: str) -> tuple[str, ...]:
    return tuple(sorted({label for text in texts if (label := text.labels.get(decision)) is not None}))


def _vocabulary(messages: Sequence[Counted]) -> tuple[dict[str, list[str]], dict[str, Any]]:
    vocabulary: dict[str, list[str]] = {}
    rarity: dict[str, Any] = {}
    for block in BLOCKS:
        standing = Counter(
            feature for text in messages for feature in (text.scores if block == "scores" else text.counts[block])
        )
        vocabulary[block] = sorted(one for one, texts in standing.items() if texts >= SETTINGS["rarest"][block])
        in_texts = np.array([standing[one] for one in vocabulary[block]], dtype=float)
        rarity[block] = np.log((1 + len(messages)) / (1 + in_texts)) + 1
    return vocabulary, rarity


def _matrix(texts: Sequence[Counted], vocabulary: Mapping[str, list[str]], rarity: Mapping[str, Any]) -> Any:
    from scipy import sparse

    parts = []
    for block in BLOCKS:
        known = {feature: column for column, feature in enumerate(vocabulary[block])}
        columns: list[int] = []
        values: list[Any] = []
        ends = [0]
        for text in texts:
            row = text.scores if block == "scores" else text.counts[block]
            found = [(known[feature], number) for feature, number in row.items() if feature in known]
            numbers = np.array([number for _, number in found], dtype=float)
            if block == "scores":
                value = numbers * WORTH_OF_A_SCORE
            else:
                value = (1 + np.log(numbers)) * rarity[block][[column for column, _ in found]] if found else numbers
                value = value / (np.sqrt((value * value).sum()) or 1.0)
            columns += [column for column, _ in found]
            values.append(value)
            ends.append(len(columns))
        shape = (len(texts), len(known))
        parts.append(sparse.csr_matrix((np.concatenate(values), columns, ends), shape=shape))
    return sparse.hstack(parts).tocsr()


def _weights(
    texts: Sequence[Counted], vocabulary: Mapping[str, list[str]], rarity: Mapping[str, Any]
) -> tuple[Any, Any]:
    """One linear machine per label against the rest, all in one table."""
    try:
        from sklearn.svm import LinearSVC
    except ImportError as error:
        raise NoTrainer("training needs scikit-learn: install the extra `training`") from error
    everything = _matrix(texts, vocabulary, rarity)
    columns, intercepts = [], []
    for decision in DECISIONS:
        labelled = [index for index, text in enumerate(texts) if text.labels.get(decision) is not None]
        machine = LinearSVC(C=SETTINGS["penalty"], class_weight="balanced", random_state=SETTINGS["seed"])
        machine.fit(
            everything[labelled],
            [texts[index].labels[decision] for index in labelled],
            sample_weight=[texts[index].worth for index in labelled],
        )
        two = len(machine.classes_) == 2
        columns.append(np.vstack([-machine.coef_, machine.coef_]) if two else machine.coef_)
        intercepts.append(np.concatenate([-machine.intercept_, machine.intercept_]) if two else machine.intercept_)
    return np.vstack(columns).T, np.concatenate(intercepts)


def _calibration(sums: Any, labels: Sequence[str], columns: Sequence[str]) -> Calibration:
    """Slope and shifts under which the unseen labels are likeliest; shifts are kept small."""
    from scipy.optimize import minimize

    truth = np.array([columns.index(label) for label in labels])

    def cost(chosen: Any) -> float:
        raised = chosen[0] * sums + chosen[1:]
        raised = raised - raised.max(axis=1, keepdims=True)
        likely = raised[np.arange(len(truth)), truth] - np.log(np.exp(raised).sum(axis=1))
        return float(-likely.mean() + 0.002 * (chosen[1:] ** 2).sum())

    best = minimize(cost, np.array([3.0, *np.zeros(len(columns))]), method="L-BFGS-B").x
    return Calibration(round(float(best[0]), 4), tuple(round(float(shift), 4) for shift in best[1:]))
