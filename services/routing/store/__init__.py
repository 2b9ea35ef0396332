"""Every SQL statement of routing, by what it is about."""

from .account import Account, AccountStore, Answered, LoginTaken
from .case import CaseStore, StaleWrite, guard_of
from .directory import DirectoryStore
from .heard import HeardStore
from .listing import BEGINNING, CaseList, Cursor, Wanted, seen_by
from .near_duplicate import NearDuplicateStore
from .review import Place, ReviewQueue, ReviewStore, Waiting

__all__ = [
    "BEGINNING",
    "Account",
    "AccountStore",
    "Answered",
    "CaseList",
    "CaseStore",
    "Cursor",
    "DirectoryStore",
    "HeardStore",
    "LoginTaken",
    "NearDuplicateStore",
    "Place",
    "ReviewQueue",
    "ReviewStore",
    "StaleWrite",
    "Waiting",
    "Wanted",
    "guard_of",
    "seen_by",
]
