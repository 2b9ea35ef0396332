"""The common look of both web faces, and the officer's session that any service can verify. No rules of the field."""

from .pages import Pages, static_router
from .session import OfficerSession, SessionKeys, SessionSigner, csrf_token, csrf_valid

__all__ = [
    "OfficerSession",
    "Pages",
    "SessionKeys",
    "SessionSigner",
    "csrf_token",
    "csrf_valid",
    "static_router",
]
