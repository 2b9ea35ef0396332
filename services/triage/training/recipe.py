"""From the corpus to the shipped model, and to the answers of models that had not seen what they answer."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..domain import Classifier, ClassifierRows, Policy
from ..domain.features import EDITION, WORTH_OF_A_SCORE
from ..domain.linear import LinearModel, Table
from ..domain.rules import Rules
from ..domain.trained_classifier import TrainedClassifier
from .corpus import CORPUS, Example, fingerprint, read_procedures, read_voices
from .correction import fingerprint_of
from .fit import SETTINGS, calibrated, fit
from .heldout import WRITTEN_ON, Counts, Judged, count, hold_out, measured, with_calibration
from .measure import Answer


@dataclass(frozen=True, slots=True)
class Examined:
    """The corpus, and what the held-out models sum up about it."""

    name: str
    counts: Counts
    judged: tuple[Judged, ...]


def model_name(rows: ClassifierRows, corrections: Sequence[Example] = (), folder: Path = CORPUS) -> str:
    """The name a model of this corpus, these corrections, settings, features and words of the rows has."""
    seen = {"worth_of_a_score": WORTH_OF_A_SCORE, "features": EDITION, "words": Rules(rows).words_fingerprint}
    settings = json.dumps({**SETTINGS, **seen}, sort_keys=True)
    taught = f"{fingerprint(folder)} {fingerprint_of(corrections)}" if corrections else fingerprint(folder)
    return f"linear-{hashlib.sha256(f'{taught} {settings}'.encode()).hexdigest()[:12]}"


def examine(rows: ClassifierRows, corrections: Sequence[Example] = (), folder: Path = CORPUS) -> Examined:
    """Count the corpus with officers' corrections, if any, and fit one model per fold of its batches.

    Raises:
        BadRows: the corpus is not in order.
        NoTrainer: scikit-learn is missing.
    """
    counts = count(rows, (*read_voices(folder), *corrections), read_procedures(folder))
    return Examined(model_name(rows, corrections, folder), counts, hold_out(counts))


def train(examined: Examined) -> Table:
    """The model of the whole corpus, its probabilities measured on held-out batches."""
    counts = examined.counts
    return calibrated(
        fit([*counts.messages, *(copy for _, copy in counts.bare), *counts.names], examined.name),
        measured(examined.judged),
    )


def held_out_answers(
    examined: Examined, rows: ClassifierRows, policy: Policy, batch: str | None = None
) -> list[Answer]:
    """Every message, or those of one batch, decided by a classifier whose model has not seen its batch."""
    answers = []
    for fold in with_calibration(examined.judged):
        if asked := [one for one in fold.examples if batch in (None, one.batch)]:
            answers += answers_of(TrainedClassifier(rows, LinearModel(fold.table), policy), asked)
    return answers


def answers_of(classifier: Classifier, examples: Sequence[Example]) -> list[Answer]:
    """What a classifier decides about some messages."""
    return [Answer(one, classifier.decide(one.text, WRITTEN_ON)) for one in examples]
