"""Every SQL statement of routing, by what it is about."""

from .account import Account, AccountStore, Answered, LoginTaken
from .case import CaseStore, StaleWrite
from .directory import DirectoryStore
from .heard import HeardStore
from .listing import BEGINNING, CaseList, Cursor, Wanted, seen_by

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
    "StaleWrite",
    "Wanted",
    "seen_by",
]
