"""Structured logs that cannot tell who a person is: known personal keys are hidden, exception texts are left out."""

import logging
import sys
import traceback
from typing import Any, Final, TextIO

import structlog
from sqlalchemy.exc import DBAPIError

HIDDEN_KEYS: Final = frozenset(
    {
        "name", "full_name", "phone", "address", "user_id", "recipient", "sender", "text", "answer", "note", "body",
        "content", "payload", "message", "token", "access_token", "refresh_token", "password", "secret", "url",
        "authorization", "cookie", "email", "title", "filename",
    }
)  # fmt: skip
"""Keys whose values may be personal or secret: their values never reach a log, whoever passes them."""


class _Lines:
    """Writes our own lines straight to where the libraries' go: a tenth of a webhook's time was the detour."""

    def __init__(self, handler: "logging.StreamHandler[TextIO]") -> None:
        self._handler = handler

    def msg(self, line: str) -> None:
        """Write one line."""
        self._handler.stream.write(f"{line}\n")

    debug = info = warning = error = critical = exception = msg


def get_logger(**bound: object) -> Any:
    """A logger; pass facts as keywords: `log.info("case_assigned", feedback_id=..., due_at=...)`."""
    return structlog.get_logger(**bound)


def configure(level: str, fmt: str) -> None:
    """Set the process's log: one line per happening on standard error; libraries' records pass the same way."""
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_exception,
        hide_personal,
    ]
    ending: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if fmt == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    stderr = logging.StreamHandler()
    stderr.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [stderr]
    root.setLevel(level.upper())
    structlog.configure(
        processors=[*processors, ending],
        logger_factory=lambda *_: _Lines(stderr),
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        cache_logger_on_first_use=True,
    )
    for chatty in ("httpx", "httpcore", "alembic", "asyncio", "uvicorn.error", "aio_pika", "aiormq"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def hide_personal(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace the value of every key that may hold personal data or a secret, also inside dictionaries."""
    return {key: "[hidden]" if key in HIDDEN_KEYS else _hide_inside(value) for key, value in event.items()}


def _hide_inside(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "[hidden]" if key in HIDDEN_KEYS else _hide_inside(inner) for key, inner in value.items()}
    return value


def _tell_exception(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    # The text of an exception may quote a row or a message, so only its type, its SQLSTATE and where it arose are told.
    exc_info = event.pop("exc_info", None)
    if not exc_info:
        return event
    error = exc_info if isinstance(exc_info, BaseException) else sys.exc_info()[1]
    if isinstance(exc_info, tuple):
        error = exc_info[1]
    if error is None:
        return event
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    event["error"] = type(error).__qualname__
    event["cause"] = (
        type(error.__cause__ or error.__context__).__qualname__ if error.__cause__ or error.__context__ else None
    )
    if isinstance(error, DBAPIError):
        event["sqlstate"] = getattr(error.orig, "sqlstate", None)
    event["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event
