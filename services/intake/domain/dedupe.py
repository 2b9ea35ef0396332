"""What makes two deliveries the same happening.

`msg_id` alone does not: receipts, echoes and reactions carry the id of the message they refer to.
Source: zalo.md, "One happening, one key".
"""

from hashlib import sha256
from typing import Final, TypeAlias

from .json_body import JsonObject, list_at, object_at
from .zalo import ZaloAccount, citizen_of, name_of

DedupeKey: TypeAlias = tuple[str, ...]

MAX_KEYS: Final = 200
"""A receipt for more messages than this is known by its bytes."""

_ABOUT_CITIZEN: Final = frozenset({"follow", "unfollow", "user_click_chatnow", "user_withdraw"})
_REACTIONS: Final = frozenset({"user_reacted_message", "oa_reacted_message"})
_MESSAGES: Final = ("user_send_", "anonymous_send_", "oa_send_")


def dedupe_keys(raw: bytes, body: JsonObject, account: ZaloAccount) -> tuple[DedupeKey, ...]:
    """The keys of an event, each once: it is a repetition when all of them were seen before.

    Source: zalo.md, "One happening, one key".
    """
    name, message = name_of(body), object_at(body, "message")
    if name == "user_seen_message":
        refs = [ref for ref in list_at(message, "msg_ids") if isinstance(ref, str) and ref] or [
            _as_sent(message, "msg_id")
        ]
        if all(refs) and len(refs) <= MAX_KEYS:
            return tuple(dict.fromkeys((account.oa_id, name, ref) for ref in refs))
    told = _told(name, body, message, account)
    if told and all(told):
        return ((account.oa_id, name, *told),)
    return ((account.oa_id, "raw", sha256(raw).hexdigest()),)


def _told(name: str, body: JsonObject, message: JsonObject, account: ZaloAccount) -> tuple[str, ...]:
    """What the event says of itself, as its family counts it; empty when it belongs to none."""
    if name == "user_received_message" or name.startswith(_MESSAGES):
        return (_as_sent(message, "msg_id"),)
    if name in _REACTIONS:
        sender = object_at(body, "sender")
        return (
            _as_sent(message, "msg_id"),
            _as_sent(sender, "id"),
            _as_sent(message, "react_icon"),
            _as_sent(body, "timestamp"),
        )
    if name in _ABOUT_CITIZEN:
        return (citizen_of(body, account), _as_sent(body, "timestamp"))
    if name == "user_feedback":
        return (_as_sent(message, "msg_id"), _as_sent(message, "submit_time"))
    if name == "user_click_response_button":
        return (_as_sent(body, "msg_id"), _as_sent(message, "submit_time"))
    return ()


def _as_sent(parent: JsonObject, key: str) -> str:
    # Neither cleaned nor cut: two ids that differ anywhere are two happenings.
    value = parent.get(key)
    return value if isinstance(value, str) else ""
