"""Which piece of work is under way, as a W3C `traceparent`, carried from a request through every event it causes."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import structlog

_TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def current() -> str | None:
    """The `traceparent` of the work under way, or None outside any."""
    return _current.get()


@contextmanager
def follow(parent: str | None) -> Iterator[str]:
    """Continue a trace told by someone else, or begin one; a malformed parent begins a new one."""
    match = _TRACEPARENT.fullmatch(parent or "")
    trace_id = match[1] if match else secrets.token_hex(16)
    here = f"00-{trace_id}-{secrets.token_hex(8)}-01"
    token = _current.set(here)
    with structlog.contextvars.bound_contextvars(trace_id=trace_id):
        try:
            yield here
        finally:
            _current.reset(token)
