"""The bodies the platform posts, key by key in the order the published samples show.

Pure: who, what and when come in, a body comes out. Ids are decimal strings beyond 2^53, times are
milliseconds in a string, and the two parties change places between messages and receipts.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Event = dict[str, Any]
Wire = dict[str, Any]  # a part of a body

OA_SERVER = "OA OpenAPI"
ZNS_SERVER = "ZNS"


@dataclass(frozen=True, slots=True)
class Account:
    """The application and Official Account in whose name events are sent."""

    app_id: str
    oa_id: str


class Person(NamedTuple):
    """One citizen as the platform names them: an id for the account and one for the application."""

    user_id: str
    user_id_by_app: str


def encode(event: Event) -> bytes:
    """A body as it leaves: compact, Vietnamese letters unescaped, no final newline."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def user_message(account: Account, person: Person, event_name: str, message: Wire, at_ms: int) -> Event:
    """A citizen wrote to the account or reacted to one of its messages."""
    return {
        "app_id": account.app_id,
        "sender": {"id": person.user_id},
        "user_id_by_app": person.user_id_by_app,
        "recipient": {"id": account.oa_id},
        "event_name": event_name,
        "message": message,
        "timestamp": str(at_ms),
    }


def oa_message(
    account: Account, person: Person, event_name: str, message: Wire, at_ms: int, admin_id: str | None = None
) -> Event:
    """An echo of what the account sent, or a receipt for it: the account is the sender of both.

    ``admin_id`` is there only when a person typed in the account's chat console.
    """
    sender = {"id": account.oa_id}
    if admin_id is not None:
        sender["admin_id"] = admin_id
    return {
        "app_id": account.app_id,
        "sender": sender,
        "user_id_by_app": person.user_id_by_app,
        "recipient": {"id": person.user_id},
        "event_name": event_name,
        "message": message,
        "timestamp": str(at_ms),
    }


def received(account: Account, person: Person, message_id: str, at_ms: int) -> Event:
    """The citizen's phone has the message."""
    return oa_message(account, person, "user_received_message", {"msg_id": message_id}, at_ms)


def seen(account: Account, person: Person, message_ids: Sequence[str], at_ms: int) -> Event:
    """The citizen has looked at the messages."""
    return oa_message(account, person, "user_seen_message", {"msg_ids": list(message_ids)}, at_ms)


def follow(account: Account, person: Person, *, follows: bool, source: str, at_ms: int) -> Event:
    """A citizen began or ceased to follow the account."""
    return {
        "oa_id": account.oa_id,
        "follower": {"id": person.user_id},
        "user_id_by_app": person.user_id_by_app,
        "event_name": "follow" if follows else "unfollow",
        "source": source,
        "app_id": account.app_id,
        "timestamp": str(at_ms),
    }


def chat_now(account: Account, person: Person, at_ms: int) -> Event:
    """A citizen who never chatted pressed the message button."""
    return {
        "oa_id": account.oa_id,
        "user_id": person.user_id,
        "user_id_by_app": person.user_id_by_app,
        "event_name": "user_click_chatnow",
        "app_id": account.app_id,
        "timestamp": str(at_ms),
    }


def withdraw(account: Account, person: Person, at_ms: int) -> Event:
    """A citizen demands that what the application keeps of them be deleted."""
    return {
        "app_id": account.app_id,
        "oa_id": account.oa_id,
        "user_id_by_app": person.user_id_by_app,
        "user_id": person.user_id,
        "event_name": "user_withdraw",
        "timestamp": str(at_ms),
    }


def submit_contact(account: Account, person: Person, contact: Wire, at_ms: int) -> Event:
    """A citizen shared name, phone and address."""
    return {
        "sender": {"id": person.user_id},
        "recipient": {"id": account.oa_id},
        "user_id_by_app": person.user_id_by_app,
        "event_name": "user_submit_info",
        "app_id": account.app_id,
        "timestamp": str(at_ms),
        "info": contact,
    }


def zns_received(account: Account, phone: str, message_id: str, tracking_id: str, delivered_ms: int) -> Event:
    """A template message reached a phone number, or its SHA-256 when it was sent that way."""
    return {
        "sender": {"id": account.oa_id},
        "recipient": {"id": phone},
        "event_name": "user_received_message",
        "message": {"delivery_time": str(delivered_ms), "msg_id": message_id, "tracking_id": tracking_id},
        "app_id": account.app_id,
        "timestamp": str(delivered_ms),
    }


def feedback(account: Account, answer: Wire, at_ms: int) -> Event:
    """A citizen rated a template message; the body names no person."""
    return {
        "event_name": "user_feedback",
        "message": answer,
        "app_id": account.app_id,
        "oa_id": account.oa_id,
        "timestamp": str(at_ms),
    }


def revoke_consent(app_id: str, user_id_by_app: str, at_ms: int) -> Event:
    """The Mini App's order to delete a person; another shape, and its time is a number."""
    return {"event": "user.revoke.consent", "appId": app_id, "userId": user_id_by_app, "timestamp": at_ms}


def console_sample(account: Account, at_ms: int) -> Event:
    """What the platform posts when somebody saves a webhook address in the console."""
    return {
        "app_id": account.app_id,
        "user_id_by_app": "1111000011110000111",
        "event_name": "user_send_text",
        "timestamp": str(at_ms),
        "sender": {"id": "2222000022220000222"},
        "recipient": {"id": "3333000033330000333"},
        "message": {"msg_id": "This is message id", "text": "This is testing message"},
    }


def unheard_of(account: Account, person: Person, at_ms: int) -> Event:
    """An event no receiver knows yet, as the platform adds them without notice."""
    return {
        "app_id": account.app_id,
        "oa_id": account.oa_id,
        "user_id": person.user_id,
        "event_name": "user_wave_hand",
        "gesture": {"kind": "wave", "times": 3},
        "timestamp": str(at_ms),
    }
