"""Which piece of work is under way, as a W3C `traceparent`, carried from a request through every event it causes."""

import re
from collections.abc import Mapping
from contextvars import ContextVar, Token
from random import getrandbits
from typing import Any, Final

import structlog

_TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def current() -> str | None:
    """The `traceparent` of the work under way, or None outside any."""
    return _current.get()


class follow:  # noqa: N801 - reads as a phrase where it is used
    """Continue a trace told by someone else, or begin one; a malformed parent begins a new one."""

    _set: Token[str | None]
    _logged: Mapping[str, Token[Any]]

    def __init__(self, parent: str | None) -> None:
        match = _TRACEPARENT.fullmatch(parent) if parent else None
        # Told apart, not kept secret: an even spread is all that is asked.
        self._trace_id = match[1] if match else f"{getrandbits(128) | 1:032x}"
        self._here = f"00-{self._trace_id}-{getrandbits(64) | 1:016x}-01"

    def __enter__(self) -> str:
        """Its `traceparent`, which is the current one until the block ends."""
        self._set = _current.set(self._here)
        self._logged = structlog.contextvars.bind_contextvars(trace_id=self._trace_id)
        return self._here

    def __exit__(self, *_failure: object) -> None:
        """Back to whatever was under way before."""
        structlog.contextvars.reset_contextvars(**self._logged)
        _current.reset(self._set)
