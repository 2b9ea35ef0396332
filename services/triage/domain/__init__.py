"""What triage decides about a text, and by which rules. Pure: rows are passed in, nothing is read or written."""

from .classifier import Classifier
from .decision import Decision
from .keyword_classifier import KeywordClassifier
from .linear import LinearModel
from .policy import Policy
from .row import ClassifierRows
from .trained_classifier import TrainedClassifier

__all__ = [
    "Classifier",
    "ClassifierRows",
    "Decision",
    "KeywordClassifier",
    "LinearModel",
    "Policy",
    "TrainedClassifier",
]
