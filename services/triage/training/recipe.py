"""From the corpus to the shipped model, and to the answers of models that had not seen what they answer."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from ..domain import ClassifierRows, Policy
from ..domain.features import EDITION, WORTH_OF_A_SCORE
from ..domain.linear import LinearModel, Table
from ..domain.trained_classifier import TrainedClassifier
from .corpus import Example, fingerprint, read_procedures, read_voices
from .fit import SETTINGS, calibrated, fit
from .heldout import WRITTEN_ON, Counts, Judged, count, hold_out, measured, with_calibration
from .measure import Answer


@dataclass(frozen=True, slots=True)
class Examined:
    """The corpus, and what the held-out models sum up about it."""

    counts: Counts
    judged: tuple[Judged, ...]


def model_name() -> str:
    """The name a model of this corpus, these settings and these features has."""
    settings = json.dumps({**SETTINGS, "worth_of_a_score": WORTH_OF_A_SCORE, "features": EDITION}, sort_keys=True)
    return f"linear-{hashlib.sha256(f'{fingerprint()} {settings}'.encode()).hexdigest()[:12]}"


def examine(rows: ClassifierRows) -> Examined:
    """Count the corpus, and fit one model per fold of its batches.

    Raises:
        BadRows: the corpus is not in order.
        NoTrainer: scikit-learn is missing.
    """
    counts = count(rows, read_voices(), read_procedures())
    return Examined(counts, hold_out(counts))


def train(examined: Examined) -> Table:
    """The model of the whole corpus, its probabilities measured on held-out batches."""
    counts = examined.counts
    return calibrated(
        fit([*counts.messages, *(copy for _, copy in counts.bare), *counts.names], model_name()),
        measured(examined.judged),
    )


def held_out_answers(examined: Examined, rows: ClassifierRows, policy: Policy) -> list[Answer]:
    """Every message of the corpus decided by a classifier whose model has not seen its batch."""
    answers = []
    for fold in with_calibration(examined.judged):
        classifier = TrainedClassifier(rows, LinearModel(fold.table), policy)
        answers += answers_of(classifier, fold.examples)
    return answers


def answers_of(classifier: TrainedClassifier, examples: Sequence[Example]) -> list[Answer]:
    """What a classifier decides about some messages."""
    return [Answer(one, classifier.decide(one.text, WRITTEN_ON)) for one in examples]
