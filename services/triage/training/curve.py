"""What each addition to the corpus brought: models of ever more of its batches, asked about batches none has seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from libs.contracts.vocabulary import Disposition

from ..domain.linear import LinearModel
from .fit import fit, sums_of
from .heldout import Counts, folds_of
from .measure import f1

SHARES: Final = (0.125, 0.25, 0.5, 0.75, 1.0)
DECISIONS: Final = ("disposition", "kind", "field")
_FOLDS_ASKED: Final = 3
"""Of ten: each costs a training for every share."""


@dataclass(frozen=True, slots=True)
class Point:
    """How good a model of so many messages is on unseen batches: macro-F1 by decision, of the model alone."""

    messages: int
    batches: int
    macro_f1: dict[str, float]


def learning_curve(counts: Counts) -> tuple[Point, ...]:
    """Models of an eighth, a quarter … of the batches outside a fold, asked about that fold."""
    fold_of = folds_of(counts.examples)
    order = sorted({*fold_of}, key=lambda batch: (fold_of[batch], batch))
    return tuple(_point(counts, fold_of, order, share) for share in SHARES)


def _point(counts: Counts, fold_of: dict[str, int], order: Sequence[str], share: float) -> Point:
    gold: dict[str, list[str]] = {decision: [] for decision in DECISIONS}
    said: dict[str, list[str]] = {decision: [] for decision in DECISIONS}
    batches, messages = 0, 0
    for fold in range(_FOLDS_ASKED):
        outside = [batch for batch in order if fold_of[batch] != fold]
        # Every so many of them, not the first ones: these would be neighbours.
        chosen = {batch for place, batch in enumerate(outside) if (place + 1) * share % 1 < share or share == 1.0}
        model, size = _model(counts, chosen)
        batches, messages = batches + len(chosen), messages + size
        for decision, label, answer in _asked(counts, model, fold_of, fold):
            gold[decision].append(label)
            said[decision].append(answer)
    figures = {decision: _macro_f1(gold[decision], said[decision]) for decision in DECISIONS}
    return Point(messages // _FOLDS_ASKED, batches // _FOLDS_ASKED, figures)


def _model(counts: Counts, chosen: set[str]) -> tuple[LinearModel, int]:
    known = [one for one, example in zip(counts.messages, counts.examples, strict=True) if example.batch in chosen]
    bare = [copy for batch, copy in counts.bare if batch in chosen]
    return LinearModel(fit([*known, *bare, *counts.names], "part")), len(known)


def _asked(counts: Counts, model: LinearModel, fold_of: dict[str, int], fold: int) -> Iterator[tuple[str, str, str]]:
    for example, features in zip(counts.examples, counts.features, strict=True):
        if fold_of[example.batch] != fold:
            continue
        sums = sums_of(model, features)
        for decision in DECISIONS:
            label = example.label(decision)
            # Measured as in the rest of the card: kind and field of what is in scope.
            if label is None or (decision != "disposition" and example.disposition is not Disposition.IN_SCOPE):
                continue
            yield decision, label, model.table.decisions[decision][int(sums[decision].argmax())]


def _macro_f1(gold: Sequence[str], said: Sequence[str]) -> float:
    labels = {*gold}
    return sum(f1(gold, said, label) for label in labels) / len(labels)
