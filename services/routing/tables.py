"""The tables of schema `routing`, by what they are about.

Personal data is in the texts of cases, supplements and answers and, sealed, in contacts.
"""

from .table.account import api_tokens, idempotency_keys, officers, sessions, sign_in_tries, unsent_answers
from .table.case import answers, assignments, cases, reviews, timeline
from .table.directory import directory_tables
from .table.heard import case_files, classifications, contacts, near_duplicates, notices, supplements
from .table.schema import metadata

__all__ = [
    "answers",
    "api_tokens",
    "assignments",
    "case_files",
    "cases",
    "classifications",
    "contacts",
    "directory_tables",
    "idempotency_keys",
    "metadata",
    "near_duplicates",
    "notices",
    "officers",
    "reviews",
    "sessions",
    "sign_in_tries",
    "supplements",
    "timeline",
    "unsent_answers",
]
