"""Every batch of the corpus judged by a model that has not seen it: what all figures and thresholds stand on."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from libs.places import fold as without_marks
from libs.places import has_diacritics

from ..domain import ClassifierRows
from ..domain.features import Features, features_of
from ..domain.linear import LinearModel, Table
from ..domain.rules import Rules
from .corpus import Example, ProcedureName
from .fit import DECISIONS, SETTINGS, Counted, calibrated, counted, fit, sums_of

WRITTEN_ON: Final = date(2026, 11, 20)
"""The day the texts of the corpus are read as written on."""
FOLDS: Final = 10


@dataclass(frozen=True, slots=True)
class Counts:
    """The corpus as the model reads it, counted once."""

    examples: tuple[Example, ...]
    features: tuple[Features, ...]
    messages: tuple[Counted, ...]
    bare: tuple[tuple[str, Counted], ...]
    """Copies typed without marks, each with its batch: trained on, never measured."""
    names: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """Some batches, and the model of all others, calibrated without them too."""

    examples: tuple[Example, ...]
    table: Table


def count(rows: ClassifierRows, examples: Sequence[Example], names: Iterable[ProcedureName]) -> Counts:
    """Read every text once."""
    rules = Rules(rows)

    def read(text: str) -> Features:
        seen = rules.see(text, WRITTEN_ON)
        return features_of(seen.evidence, seen.topic, seen.offices)

    features = tuple(read(example.text) for example in examples)
    copied = examples[:: SETTINGS["every_copied"]]
    return Counts(
        examples=tuple(examples),
        features=features,
        messages=tuple(counted(one, _labels(example)) for example, one in zip(examples, features, strict=True)),
        bare=tuple(
            (
                example.batch,
                counted(
                    read(without_marks(example.text)),
                    _labels(example),
                    worth=SETTINGS["worth_of_a_copy"],
                    is_message=False,
                ),
            )
            for example in copied
            if has_diacritics(example.text)
        ),
        names=tuple(
            counted(
                read(name.name),
                {"field": name.field.value},
                worth=SETTINGS["worth_of_a_procedure_name"],
                is_message=False,
            )
            for name in names
        ),
    )


def _labels(example: Example) -> dict[str, str | None]:
    return {decision: example.label(decision) for decision in DECISIONS}


def folds_of(examples: Sequence[Example], folds: int = FOLDS) -> dict[str, int]:
    """Which fold each batch is held out in: always the same for the same batches."""
    batches = sorted({example.batch for example in examples})
    batches.sort(key=lambda batch: hashlib.sha256(f"{SETTINGS['seed']} {batch}".encode()).digest())
    return {batch: place % folds for place, batch in enumerate(batches)}


@dataclass(frozen=True, slots=True)
class Judged:
    """One fold: its model, and what that model sums up for the texts it has not seen."""

    table: Table
    examples: tuple[Example, ...]
    sums: tuple[Mapping[str, Any], ...]


def hold_out(counts: Counts, folds: int = FOLDS) -> tuple[Judged, ...]:
    """Fit one model per fold, and let it sum up what was held out."""
    fold_of = folds_of(counts.examples, folds)
    return tuple(_judged(counts, fold_of, fold) for fold in range(folds))


def _judged(counts: Counts, fold_of: Mapping[str, int], fold: int) -> Judged:
    inside = [index for index, example in enumerate(counts.examples) if fold_of[example.batch] == fold]
    outside = [index for index, example in enumerate(counts.examples) if fold_of[example.batch] != fold]
    bare = [copy for batch, copy in counts.bare if fold_of[batch] != fold]
    table = fit([*(counts.messages[index] for index in outside), *bare, *counts.names], f"held-out-{fold}")
    model = LinearModel(table)
    return Judged(
        table,
        tuple(counts.examples[index] for index in inside),
        tuple(sums_of(model, counts.features[index]) for index in inside),
    )


def with_calibration(judged: Sequence[Judged]) -> Iterator[Fold]:
    """Each fold's model, calibrated on what the other folds' models had not seen."""
    for one in judged:
        others = [other for other in judged if other is not one]
        yield Fold(one.examples, calibrated(one.table, measured(others)))


def measured(judged: Iterable[Judged]) -> dict[str, tuple[list[Any], list[str]]]:
    """Sums and labels of unseen texts, per decision."""
    result: dict[str, tuple[list[Any], list[str]]] = {decision: ([], []) for decision in DECISIONS}
    for one in judged:
        for example, sums in zip(one.examples, one.sums, strict=True):
            for decision in DECISIONS:
                label = example.label(decision)
                if label is not None:
                    result[decision][0].append(sums[decision])
                    result[decision][1].append(label)
    return result
