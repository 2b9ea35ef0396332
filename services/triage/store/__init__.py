"""Every statement triage sends to its schema, by what it is about. None of them commits."""

from .feedback import KeptFeedback, Received, TriageStore
from .fingerprint import FingerprintStore, Sought
from .label import Labelled, LabelStore
from .model import Adoption, ModelStore
from .province import ProvinceStore
from .question import Question, QuestionStore, Recorded
from .text import KeptText, TextStore

__all__ = [
    "Adoption",
    "FingerprintStore",
    "KeptFeedback",
    "KeptText",
    "LabelStore",
    "Labelled",
    "ModelStore",
    "ProvinceStore",
    "Question",
    "QuestionStore",
    "Received",
    "Recorded",
    "Sought",
    "TextStore",
    "TriageStore",
]
