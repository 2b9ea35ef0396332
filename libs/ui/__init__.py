"""The common look of both web faces, and the officer's session that any service can verify. No rules of the field."""

from .pages import Pages, static_router
from .session import OfficerSession, SessionKeys, SessionSigner, csrf_token, csrf_valid
from .wording import day_in_words, moment_in_words, number_in_words, time_left_in_words

__all__ = [
    "OfficerSession",
    "Pages",
    "SessionKeys",
    "SessionSigner",
    "csrf_token",
    "csrf_valid",
    "day_in_words",
    "moment_in_words",
    "number_in_words",
    "static_router",
    "time_left_in_words",
]
