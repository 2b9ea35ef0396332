"""Ids that sort by time of birth."""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """A new UUIDv7: unique, and close in an index to those born around it."""
    return _uuid7()
