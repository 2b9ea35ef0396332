"""What can reach a conversation. The channel's events become these; none carries more than the engine reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from .state import FileRef, Location, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    input_id: UUID
    """Fresh for each input: the draft it begins, if it begins one, gets this id."""
    at: datetime | None = None
    """When it was sent, by the channel's clock; None when that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSaid(_Heard):
    """The citizen wrote, or pressed a button: the channel does not tell which."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSent(_Heard):
    """A photo, a recording or a document."""

    file: FileRef


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationSent(_Heard):
    """A point on the map."""

    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactShared(_Heard):
    """The channel's own contact card, filled in by the citizen."""

    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(_Heard):
    """The citizen followed the account or opened the chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StickerSent(_Heard):
    """A sticker or a reaction: a mood, not a matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableSent(_Heard):
    """Something we cannot open: acknowledged, never passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWrote(_Heard):
    """A person of the office wrote to the citizen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(_Heard):
    """The moment has come that an earlier step asked to be woken at."""


Input: TypeAlias = (
    TextSaid
    | FileSent
    | LocationSent
    | ContactShared
    | Arrived
    | StickerSent
    | UnreadableSent
    | StaffWrote
    | TimerFired
)
