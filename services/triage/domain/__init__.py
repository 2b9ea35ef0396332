"""What triage decides about a text, and by which rules. Pure: rows are passed in, nothing is read or written."""

from .classifier import Classifier
from .decision import Decision
from .keyword_classifier import KeywordClassifier
from .review import Thresholds
from .row import ClassifierRows

__all__ = ["Classifier", "ClassifierRows", "Decision", "KeywordClassifier", "Thresholds"]
