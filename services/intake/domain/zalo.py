"""Reading a Zalo webhook body. Nothing in it is required, nothing in it is believed beyond its shape.

Source: zalo.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias

from libs.contracts.vocabulary import ReceiptStatus

from .json_body import JsonObject, clean, list_at, object_at, text_at
from .phone import normalise_phone
from .zalo_event import (
    AnonymousMessage,
    ChatOpened,
    CitizenMessage,
    ConsentWithdrawn,
    ConsoleSample,
    ContactShared,
    Followed,
    Foreign,
    Noted,
    Reacted,
    Receipt,
    StaffWrote,
    TemplateButtonPressed,
    TemplateRated,
    Unfollowed,
    Unknown,
    ZaloEvent,
)
from .zalo_part import read_parts

_MAX_ID: Final = 128
_MAX_NAME: Final = 64
_MAX_FIELD: Final = 255

_SAMPLE_REF: Final = "This is message id"
_SAMPLE_TEXT: Final = "This is testing message"

READABLE_BEFORE: Final = timedelta(days=30)
READABLE_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class ZaloAccount:
    """Which app and Official Account are ours."""

    app_id: str
    oa_id: str


_Reader: TypeAlias = Callable[[JsonObject, ZaloAccount, datetime], ZaloEvent]

CITIZEN_MESSAGES: Final = frozenset(
    f"user_send_{kind}"
    for kind in (
        "text", "image", "gif", "file", "location", "audio", "video", "sticker", "link", "business_card",
    )
)  # fmt: skip
_GROUP_MESSAGE: Final = re.compile(r"(user|oa)_send_group_\w+")
_GROUP_CHANGES: Final = frozenset(
    {
        "create_group", "delete_group", "disperse_group", "update_group_info", "add_group_admin", "remove_group_admin",
        "user_join_group", "user_request_join_group", "user_out_group", "user_leave_group",
        "accept_request_join_group", "react_request_join_group", "reject_request_join_group",
    }
)  # fmt: skip
_ECHO: Final = re.compile(r"oa_send_\w+")
_NOTED: Final[dict[str, Literal["template", "account", "tag", "call", "profile", "widget", "reaction"]]] = {
    "change_template_status": "template",
    "change_template_quality": "template",
    "change_template_quota": "template",
    "change_oa_template_tags": "template",
    "event_journey_acknowledged": "template",
    "event_journey_time_out": "template",
    "change_oa_daily_quota": "account",
    "permission_revoked": "account",
    "extension_purchased": "account",
    "shop_has_order": "account",
    "add_user_to_tag": "tag",
    "remove_user_from_tag": "tag",
    "remove_tag": "tag",
    "oa_send_consent": "call",
    "user_reply_consent": "call",
    "user_call_oa": "call",
    "oa_call_user": "call",
    "update_user_info": "profile",
    "widget_interaction_accepted": "widget",
    "widget_failed_to_sync_user_external_id": "widget",
    "oa_reacted_message": "reaction",
}


def name_of(body: JsonObject) -> str:
    """The event's name as sent, cut to what a column holds; empty when there is none."""
    return text_at(body, "event_name", limit=_MAX_NAME)


def citizen_of(body: JsonObject, account: ZaloAccount) -> str:
    """The Zalo id of the citizen an event is about; empty when it names none.

    Sender and recipient change places between events, so it is the party that is not our account.
    Source: zalo.md, "Who is the citizen".
    """
    named = (
        *_parties(body),
        text_at(object_at(body, "follower"), "id", limit=_MAX_ID),
        text_at(body, "user_id", limit=_MAX_ID),
    )
    return next((party for party in named if party and party != account.oa_id), "")


def read(body: JsonObject, account: ZaloAccount, received_at: datetime) -> ZaloEvent:
    """Say what a webhook body means.

    Source: zalo.md, "Rules of the receiver", R2, R7–R10, R12.
    """
    if _is_sample(body, account):
        return ConsoleSample()
    whose = _foreign(body, account)
    if whose is not None:
        return Foreign(whose)
    name = name_of(body)
    if name in _NOTED:
        return Noted(name, _NOTED[name])
    if name in _GROUP_CHANGES or _GROUP_MESSAGE.fullmatch(name):
        return Noted(name, "group")
    reader = _READERS.get(name) or (_echo if _ECHO.fullmatch(name) else None)
    return Unknown(name) if reader is None else reader(body, account, received_at)


def read_time(milliseconds: str, received_at: datetime) -> datetime | None:
    """The instant a channel gives, or None when it cannot be true of something that just came.

    Units: milliseconds since 1970. Seconds, eleven digits, zero, negative numbers and other years are all None:
    such events are taken in the order they came.
    """
    if not re.fullmatch(r"[0-9]{13}", milliseconds):
        return None
    at = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    return at if received_at - READABLE_BEFORE <= at <= received_at + READABLE_AFTER else None


def event_time(body: JsonObject, received_at: datetime) -> datetime | None:
    """When the event happened, as far as its body can be believed."""
    return read_time(text_at(body, "timestamp", limit=32), received_at)


def _parties(body: JsonObject) -> tuple[str, str]:
    return (
        text_at(object_at(body, "sender"), "id", limit=_MAX_ID),
        text_at(object_at(body, "recipient"), "id", limit=_MAX_ID),
    )


def _is_sample(body: JsonObject, account: ZaloAccount) -> bool:
    message = object_at(body, "message")
    return (
        body.get("event_name") == "user_send_text"
        and message.get("msg_id") == _SAMPLE_REF
        and message.get("text") == _SAMPLE_TEXT
        and account.oa_id not in _parties(body)
    )


def _foreign(body: JsonObject, account: ZaloAccount) -> Literal["app", "oa"] | None:
    if body.get("app_id") not in (None, "", account.app_id):
        return "app"
    if any(body.get(key) not in (None, "", account.oa_id) for key in ("oa_id", "oaId")):
        return "oa"
    parties = _parties(body)
    if all(parties) and account.oa_id not in parties and not _GROUP_MESSAGE.fullmatch(name_of(body)):
        return "oa"
    return None


def _message_text(message: JsonObject) -> str:
    return text_at(message, "text")


def _message_ref(message: JsonObject) -> str:
    return text_at(message, "msg_id", limit=_MAX_ID)


def _citizen_message(body: JsonObject, account: ZaloAccount, _received_at: datetime) -> ZaloEvent:
    message, name = object_at(body, "message"), name_of(body)
    citizen = citizen_of(body, account)
    if not citizen:
        return Noted(name, "nobody")
    parts = read_parts(body, message, name)
    text = _message_text(message)
    nothing = not text and not parts.read and not parts.unreadable
    return CitizenMessage(
        citizen,
        _message_ref(message),
        text,
        parts.read,
        quoted_ref=text_at(message, "quote_msg_id", limit=_MAX_ID),
        unreadable=1 if nothing else parts.unreadable,
    )


def _anonymous(body: JsonObject, account: ZaloAccount, _received_at: datetime) -> ZaloEvent:
    message, name = object_at(body, "message"), name_of(body)
    visitor = citizen_of(body, account)
    return AnonymousMessage(
        visitor,
        text_at(message, "conversation_id", limit=_MAX_ID),
        _message_ref(message),
        _message_text(message),
        read_parts(body, message, name).read,
    )


def _contact(body: JsonObject, account: ZaloAccount, _received_at: datetime) -> ZaloEvent:
    citizen, info = citizen_of(body, account), object_at(body, "info")
    if not citizen:
        return Noted(name_of(body), "nobody")
    address = object_at(info, "full_address")
    return ContactShared(
        citizen,
        name=text_at(info, "name", limit=_MAX_FIELD),
        phone=normalise_phone(text_at(info, "phone", limit=32)),
        province=text_at(address, "user_city", limit=_MAX_FIELD) or text_at(info, "city", limit=_MAX_FIELD),
        district=text_at(info, "district", limit=_MAX_FIELD),
        ward=text_at(address, "user_ward", limit=_MAX_FIELD) or text_at(info, "ward", limit=_MAX_FIELD),
        street=text_at(address, "user_address", limit=_MAX_FIELD) or text_at(info, "address", limit=_MAX_FIELD),
    )


def _about_citizen(
    kind: type[Followed] | type[Unfollowed] | type[ChatOpened] | type[ConsentWithdrawn],
) -> _Reader:
    def read_one(body: JsonObject, account: ZaloAccount, _received_at: datetime) -> ZaloEvent:
        citizen = citizen_of(body, account)
        return kind(citizen) if citizen else Noted(name_of(body), "nobody")

    return read_one


def _reaction(body: JsonObject, account: ZaloAccount, _received_at: datetime) -> ZaloEvent:
    message, citizen = object_at(body, "message"), citizen_of(body, account)
    if not citizen:
        return Noted(name_of(body), "nobody")
    return Reacted(citizen, _message_ref(message), text_at(message, "react_icon", limit=_MAX_NAME))


def _receipt(body: JsonObject, account: ZaloAccount, received_at: datetime) -> ZaloEvent:
    message = object_at(body, "message")
    seen = name_of(body) == "user_seen_message"
    # A template's receipt says when it was delivered beside its own timestamp; its recipient is a phone, not a user.
    told = text_at(message, "delivery_time", limit=32) or text_at(body, "timestamp", limit=32)
    return Receipt(
        ReceiptStatus.SEEN if seen else ReceiptStatus.DELIVERED,
        refs_of(message),
        read_time(told, received_at),
        citizen_of(body, account),
    )


def refs_of(message: JsonObject) -> tuple[str, ...]:
    """The messages a receipt is about, each once, in order."""
    listed = [clean(ref[:_MAX_ID]) for ref in list_at(message, "msg_ids") if isinstance(ref, str) and ref]
    return tuple(dict.fromkeys(listed or filter(None, [_message_ref(message)])))


def _echo(body: JsonObject, account: ZaloAccount, received_at: datetime) -> ZaloEvent:
    message, citizen = object_at(body, "message"), citizen_of(body, account)
    if citizen and text_at(object_at(body, "sender"), "admin_id"):
        parts = read_parts(body, message, name_of(body))
        return StaffWrote(citizen, _message_ref(message), _message_text(message), parts.read)
    return Receipt(ReceiptStatus.ECHOED, refs_of(message), event_time(body, received_at), citizen)


def _template_rated(body: JsonObject, _account: ZaloAccount, _received_at: datetime) -> ZaloEvent:
    message = object_at(body, "message")
    stars = text_at(message, "rate", limit=4)
    return TemplateRated(
        _message_ref(message),
        text_at(message, "tracking_id", limit=_MAX_ID),
        int(stars) if stars in {"1", "2", "3", "4", "5"} else None,
        text_at(message, "note"),
        tuple(clean(option[:_MAX_FIELD]) for option in list_at(message, "feedbacks") if isinstance(option, str)),
    )


def _template_button(body: JsonObject, _account: ZaloAccount, _received_at: datetime) -> ZaloEvent:
    message = object_at(body, "message")
    return TemplateButtonPressed(
        text_at(body, "msg_id", limit=_MAX_ID) or _message_ref(message),
        text_at(message, "tracking_id", limit=_MAX_ID),
        text_at(message, "data", limit=_MAX_FIELD),
    )


_READERS: Final[dict[str, _Reader]] = {
    **dict.fromkeys(CITIZEN_MESSAGES, _citizen_message),
    **dict.fromkeys((f"anonymous_send_{kind}" for kind in ("text", "image", "file", "sticker")), _anonymous),
    "user_submit_info": _contact,
    "follow": _about_citizen(Followed),
    "unfollow": _about_citizen(Unfollowed),
    "user_click_chatnow": _about_citizen(ChatOpened),
    "user_withdraw": _about_citizen(ConsentWithdrawn),
    "user_reacted_message": _reaction,
    "user_received_message": _receipt,
    "user_seen_message": _receipt,
    "user_feedback": _template_rated,
    "user_click_response_button": _template_button,
}
