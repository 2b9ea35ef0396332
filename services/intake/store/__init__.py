"""Every statement intake sends to its schema, a class per matter. None of them commits."""

from .arrival import Arrival, ArrivalStore
from .code import CodeStore
from .file import DueFile, FileStore, SettledFile
from .province import ProvinceStore
from .tracking import AnswerTold, FiledFeedback, News, Standing, StepTold, TrackingStore

__all__ = [
    "AnswerTold",
    "Arrival",
    "ArrivalStore",
    "CodeStore",
    "DueFile",
    "FileStore",
    "FiledFeedback",
    "News",
    "ProvinceStore",
    "SettledFile",
    "Standing",
    "StepTold",
    "TrackingStore",
]
