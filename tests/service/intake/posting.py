"""Posting to intake as Zalo does, and worse."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from tests.support.settings import APP_ID, OA_ID, OA_SECRET_KEY

CITIZEN: Final = "6143092758814407315"
STAMP: Final = "1795255200000"
"""2026-11-21 10:00 UTC, when the clock of these tests stands."""
SECRET_WORDS: Final = "Tôi là Hoa, xin giữ kín"
"""In every payload: must never be seen in a log, a metric or an answer."""


def sign(raw: bytes, timestamp: str = STAMP, app_id: str = APP_ID, secret: str = OA_SECRET_KEY) -> str:
    """The digest as Zalo makes it."""
    return sha256(app_id.encode() + raw + timestamp.encode() + secret.encode()).hexdigest()


@dataclass(frozen=True)
class Post:
    """One request."""

    raw: bytes
    headers: dict[str, str] = field(default_factory=dict)


def message(text: str = SECRET_WORDS, msg_id: str = "m1", **change: Any) -> dict[str, Any]:
    """A citizen's text message; `change` replaces or, with None, removes fields of the body."""
    body = {
        "app_id": APP_ID,
        "sender": {"id": CITIZEN},
        "recipient": {"id": OA_ID},
        "event_name": "user_send_text",
        "message": {"text": text, "msg_id": msg_id},
        "timestamp": STAMP,
        **change,
    }
    return {key: value for key, value in body.items() if value is not None}


def signed(body: dict[str, Any] | bytes, timestamp: str = STAMP, **headers: str) -> Post:
    """A rightly signed request."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Post(
        raw, {"X-ZEvent-Signature": f"mac={sign(raw, timestamp)}", "Content-Type": "application/json", **headers}
    )
