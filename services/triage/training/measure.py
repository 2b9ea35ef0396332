"""Figures of decisions against gold labels: F1, Wilson intervals, calibration, and the two errors watched apart."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from libs.contracts.vocabulary import Disposition
from libs.places import fold

from ..domain import Decision
from ..domain.comparison import is_ended_alone
from .corpus import Example

_Z: Final = 1.96
_BINS: Final = 10
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Answer:
    """One text with its gold labels and what was decided."""

    gold: Example
    decided: Decision

    def right(self, decision: str) -> bool:
        """Whether one decision is as the gold label; a span when its words overlap enough."""
        if decision == "span":
            return overlap(self.decided.agency_span, self.gold.span) >= 0.5
        if decision == "level":
            return self.decided.agency_level == self.gold.level
        return bool(getattr(self.decided, decision) == self.gold.label(decision))

    @property
    def routed_right(self) -> bool:
        return all(self.right(one) for one in ("disposition", "field", "level", "span"))


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the 95 % interval of Wilson."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return 0.0, 1.0
        middle = self.value + _Z**2 / (2 * self.of)
        spread = _Z * math.sqrt(self.value * (1 - self.value) / self.of + _Z**2 / (4 * self.of**2))
        whole = 1 + _Z**2 / self.of
        return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def in_scope(answers: Iterable[Answer]) -> list[Answer]:
    """Those whose gold label is in_scope: kind, nature, field, level and span are scored on them."""
    return [one for one in answers if one.gold.disposition is Disposition.IN_SCOPE]


def share(answers: Sequence[Answer], decision: str) -> Share:
    """How many are right in one decision."""
    return Share(sum(one.right(decision) for one in answers), len(answers))


def macro_f1(answers: Sequence[Answer], decision: str) -> float:
    """The mean F1 over the labels that occur."""
    gold = [one.gold.label(decision) for one in answers]
    said = [_said(one, decision) for one in answers]
    labels = {label for label in gold if label is not None}
    return sum(f1(gold, said, label) for label in labels) / len(labels) if labels else 0.0


def f1(gold: Sequence[str | None], said: Sequence[str | None], label: str) -> float:
    """The F1 of one label."""
    hits = sum(one == other == label for one, other in zip(gold, said, strict=True))
    either = sum(one == label for one in gold) + sum(one == label for one in said)
    return 2 * hits / either if either else 0.0


def confusion(answers: Iterable[Answer], decision: str) -> Counter[tuple[str, str]]:
    """How often one label was taken for another."""
    pairs = ((one.gold.label(decision), _said(one, decision)) for one in answers)
    return Counter((gold, said or "–") for gold, said in pairs if gold is not None)


def calibration_error(answers: Sequence[Answer]) -> float:
    """How far the disposition's confidence lies from how often it is right, over ten equal bins."""
    bins: dict[int, list[Answer]] = {}
    for one in answers:
        bins.setdefault(min(int(one.decided.confidence.disposition * _BINS), _BINS - 1), []).append(one)
    gaps = (
        abs(sum(one.decided.confidence.disposition - one.right("disposition") for one in group))
        for group in bins.values()
    )
    return sum(gaps) / len(answers) if answers else 0.0


def ended(answers: Iterable[Answer]) -> Share:
    """In-scope texts that end without a person: refused, or answered with a link."""
    scoped = in_scope(answers)
    return Share(sum(is_ended_alone(one.decided) for one in scoped), len(scoped))


def let_through(answers: Iterable[Answer]) -> Share:
    """Complaints and denunciations that are not held back as sensitive."""
    complaints = [one for one in answers if one.gold.disposition is Disposition.COMPLAINT_DENUNCIATION]
    return Share(sum(not one.decided.sensitive for one in complaints), len(complaints))


def reviewed(answers: Sequence[Answer]) -> Share:
    """How many a person must look at."""
    return Share(sum(one.decided.needs_review for one in answers), len(answers))


def overlap(one: str | None, other: str | None) -> float:
    """F1 of the words of two spans, without case or marks; two that are not there agree."""
    if not one or not other:
        return 1.0 if not one and not other else 0.0
    words, others = Counter(_WORD.findall(fold(one))), Counter(_WORD.findall(fold(other)))
    return 2 * sum((words & others).values()) / (words.total() + others.total() or 1)


def _said(answer: Answer, decision: str) -> str | None:
    said: str | None = getattr(answer.decided, decision)
    return said
