"""The classifier as Hà Nội has it, built once for all these tests."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from services.triage.domain import ClassifierRows, Decision, KeywordClassifier, Policy, TrainedClassifier
from services.triage.domain.evidence import CueBook, Evidence
from services.triage.domain.wording import Wording
from services.triage.model_file import shipped_model
from services.triage.province import read_tables, rows_of

HANOI: Final = Path("provinces/hanoi")
TODAY: Final = date(2026, 11, 23)
LANG: Final = "HN-CN00199"
"""Phường Láng since 1 July 2025."""


@cache
def rows() -> ClassifierRows:
    """Every row the classifier is built from."""
    return rows_of(read_tables(HANOI))


@cache
def classifier() -> KeywordClassifier:
    """The rules alone."""
    return KeywordClassifier(rows(), Policy())


@cache
def trained() -> TrainedClassifier:
    """The classifier at work, with the shipped model."""
    return TrainedClassifier(rows(), shipped_model(), Policy())


@cache
def _books() -> tuple[Wording, CueBook]:
    return Wording(rows().wording), CueBook(rows().cues)


def decide(text: str, known_place: str | None = None) -> Decision:
    """What is decided about a text written today."""
    return classifier().decide(text, TODAY, known_place)  # type: ignore[arg-type]


def evidence_of(text: str) -> Evidence:
    """The cues found in a text."""
    wording, cues = _books()
    return cues.find(wording.read(text))
