"""What can happen on Zalo, in our words: one small type per kind of event.

Source: zalo.md.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from libs.contracts.vocabulary import ReceiptStatus

from .zalo_part import Part


@dataclass(frozen=True, slots=True)
class CitizenMessage:
    """A citizen wrote, or sent something, in the chat."""

    citizen: str
    message_ref: str
    text: str = ""
    parts: tuple[Part, ...] = ()
    quoted_ref: str = ""
    """Our or their earlier message this one answers."""
    unreadable: int = 0
    """Parts that could not be read: acknowledged, never silently passed over."""


@dataclass(frozen=True, slots=True)
class ContactShared:
    """A citizen filled in Zalo's own contact card for us."""

    citizen: str
    name: str
    phone: str
    """`84…`, or empty when what was given is not a number."""
    province: str = ""
    district: str = ""
    """Only in the older form of the card."""
    ward: str = ""
    street: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """A citizen began to follow the Official Account."""

    citizen: str


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """A citizen stopped following: their cases go on."""

    citizen: str


@dataclass(frozen=True, slots=True)
class ChatOpened:
    """A citizen opened the chat for the first time; we may write first."""

    citizen: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """A citizen told Zalo that we are to delete their data: an order."""

    citizen: str


@dataclass(frozen=True, slots=True)
class Reacted:
    """A citizen put a sign under a message."""

    citizen: str
    message_ref: str
    icon: str


@dataclass(frozen=True, slots=True)
class StaffWrote:
    """Somebody of the office typed in the OA console: the bot must be silent."""

    citizen: str
    message_ref: str
    text: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Zalo reports on messages of ours: echoed by the API, delivered, seen. Never answered, never an interaction."""

    status: ReceiptStatus
    message_refs: tuple[str, ...]
    at: datetime | None
    """None when the time given cannot be true."""
    recipient: str = ""
    """Whom our message went to: the citizen's Zalo id; of a template message a telephone number or its hash."""


@dataclass(frozen=True, slots=True)
class TemplateRated:
    """The answer to a rating template; it names no citizen, only the message."""

    message_ref: str
    tracking_id: str
    stars: int | None
    note: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TemplateButtonPressed:
    """A quick reply under a template message; it names no citizen, only the message."""

    message_ref: str
    tracking_id: str
    value: str


@dataclass(frozen=True, slots=True)
class AnonymousMessage:
    """Somebody without a Zalo identity wrote from the web widget: they cannot be reached later."""

    visitor: str
    conversation: str
    message_ref: str
    text: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    """A known event that is kept and has no effect here."""

    name: str
    about: Literal["group", "template", "account", "tag", "call", "profile", "widget", "reaction", "nobody"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """An event nobody told us about: kept, no effect."""

    name: str


@dataclass(frozen=True, slots=True)
class ConsoleSample:
    """The sample Zalo posts when the address is saved in its console."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """An event of another app or another Official Account."""

    whose: Literal["app", "oa"]


Conversational: TypeAlias = (
    CitizenMessage | ContactShared | Followed | Unfollowed | ChatOpened | ConsentWithdrawn | Reacted | StaffWrote
)
"""Events that belong to one citizen's conversation: each has a `citizen`."""
CONVERSATIONAL: Final = (
    CitizenMessage,
    ContactShared,
    Followed,
    Unfollowed,
    ChatOpened,
    ConsentWithdrawn,
    Reacted,
    StaffWrote,
)

ZaloEvent: TypeAlias = (
    Conversational
    | Receipt
    | TemplateRated
    | TemplateButtonPressed
    | AnonymousMessage
    | Noted
    | Unknown
    | ConsoleSample
    | Foreign
)
