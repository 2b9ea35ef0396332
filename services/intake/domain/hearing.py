"""What a channel's event says, as inputs of the conversation, lines of the transcript and files to fetch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from .conversation.inputs import (
    Arrived,
    ContactShared,
    FileSent,
    Input,
    LocationSent,
    StaffWrote,
    StickerSent,
    TextSaid,
    UnreadableSent,
)
from .conversation.state import FileRef, Location, Person
from .zalo_event import (
    ChatOpened,
    CitizenMessage,
    Followed,
    ZaloEvent,
)
from .zalo_event import ContactShared as CardFilled
from .zalo_event import StaffWrote as StaffTyped
from .zalo_part import Part, SentFile, SentLocation, SharedCard, SharedLink, Sticker

Speaker = Literal["citizen", "staff"]
NewId = Callable[[], UUID]

_NAMED: Final = {SentFile: "[tệp]", SentLocation: "[vị trí]", Sticker: "[nhãn dán]"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript."""

    speaker: Speaker
    text: str
    message_ref: str = ""


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that waits at an address."""

    file_id: UUID
    sent: SentFile


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as the conversation hears it."""

    inputs: tuple[Input, ...] = ()
    line: Line | None = None
    files: tuple[WaitingFile, ...] = ()


def hear(event: ZaloEvent, at: datetime | None, new_id: NewId) -> Heard:
    """What an event of a citizen's conversation means to it; nothing for those that change nothing.

    Photos come before their caption, so that the words find them there.
    """
    match event:
        case CitizenMessage():
            return _message(event, at, new_id)
        case CardFilled():
            return _card(event, at, new_id)
        case Followed() | ChatOpened():
            return Heard((Arrived(input_id=new_id(), at=at),))
        case StaffTyped():
            line = Line("staff", _as_line(event.text, event.parts), event.message_ref)
            return Heard((StaffWrote(input_id=new_id(), at=at),), line)
    return Heard()


def _message(event: CitizenMessage, at: datetime | None, new_id: NewId) -> Heard:
    inputs: list[Input] = []
    files: list[WaitingFile] = []
    words = [event.text] if event.text else []
    for part in event.parts:
        match part:
            case SentFile():
                file = WaitingFile(new_id(), part)
                files.append(file)
                ref = FileRef(file.file_id, part.kind, part.name)
                inputs.append(FileSent(input_id=new_id(), at=at, file=ref))
            case SentLocation(latitude, longitude):
                location = Location(latitude, longitude)
                inputs.append(LocationSent(input_id=new_id(), at=at, location=location))
            case Sticker():
                inputs.append(StickerSent(input_id=new_id(), at=at))
            case SharedLink() | SharedCard():
                words = _joined(words, part)
    if words:
        inputs.append(TextSaid(input_id=new_id(), at=at, text="\n".join(words)))
    if event.unreadable and not inputs:
        inputs.append(UnreadableSent(input_id=new_id(), at=at))
    line = Line("citizen", _as_line(event.text, event.parts), event.message_ref)
    return Heard(tuple(inputs), line, tuple(files))


def _joined(words: list[str], part: SharedLink | SharedCard) -> list[str]:
    said = " ".join(words)
    more = (part.title, part.url) if isinstance(part, SharedLink) else (part.name, part.phone)
    return [*words, *(one for one in more if one and one not in said)]


def _card(event: CardFilled, at: datetime | None, new_id: NewId) -> Heard:
    residence = ", ".join(one for one in (event.street, event.ward, event.district, event.province) if one)
    person = Person(full_name=event.name, phone=event.phone, residence=residence)
    line = Line("citizen", "\n".join(one for one in (event.name, event.phone, residence) if one))
    return Heard((ContactShared(input_id=new_id(), at=at, person=person),), line)


def _as_line(text: str, parts: tuple[Part, ...]) -> str:
    shown = [text] if text else []
    for part in parts:
        match part:
            case SharedLink() | SharedCard():
                shown = _joined(shown, part)
            case SentFile() | SentLocation() | Sticker():
                shown.append(_NAMED[type(part)])
    return "\n".join(shown)
