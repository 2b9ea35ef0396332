"""Whether a posted body is let in, and what is kept with it. The whole decision: no database, no HTTP.

Source: zalo.md, "Rules of the receiver", R1–R10.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from .dedupe import DedupeKey, dedupe_keys
from .json_body import NotAnObject, read_object
from .signature import NotSigned, SigningKeys, verify
from .zalo import ZaloAccount, event_time, name_of, read
from .zalo_event import CONVERSATIONAL, ConsoleSample, Foreign


@dataclass(frozen=True, slots=True)
class Admitted:
    """An event of ours, rightly signed: to be stored."""

    event_name: str
    kind: str
    """The class it was read as: one of a closed set, fit to label a metric."""
    citizen: str
    """Whose conversation it belongs to; empty when it belongs to none."""
    keys: tuple[DedupeKey, ...]
    event_at: datetime | None
    signed_by: Literal["app_id", "oa_id"]


@dataclass(frozen=True, slots=True)
class Sampled:
    """The console's sample: answered, never stored."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A body that is turned away, with the status of the answer."""

    status: Literal[400, 401]
    reason: Literal[
        "not_json", "too_deep", "not_an_object",
        "no_header", "bad_header", "no_secret", "no_timestamp", "mismatch",
        "foreign_app", "foreign_oa",
    ]  # fmt: skip


Admission: TypeAlias = Admitted | Sampled | Turned


def admit(raw: bytes, header: str | None, keys: SigningKeys, account: ZaloAccount, received_at: datetime) -> Admission:
    """Decide on a body posted to the webhook, by its bytes and its signature header."""
    body = read_object(raw)
    if isinstance(body, NotAnObject):
        return Turned(400, body.reason)
    event = read(body, account, received_at)
    if isinstance(event, ConsoleSample):
        return Sampled()
    signed = verify(raw, body, header, keys)
    if isinstance(signed, NotSigned):
        return Turned(401, signed.reason)
    if isinstance(event, Foreign):
        return Turned(401, "foreign_app" if event.whose == "app" else "foreign_oa")
    return Admitted(
        name_of(body),
        type(event).__name__,
        event.citizen if isinstance(event, CONVERSATIONAL) else "",
        dedupe_keys(raw, body, account),
        event_time(body, received_at),
        signed.by,
    )
