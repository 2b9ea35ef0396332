"""What a Zalo message carries besides its text. One bad part never costs the others, nor the text."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from libs.contracts.vocabulary import FileKind

from .json_body import JsonObject, list_at, object_at, read_object, text_at
from .phone import normalise_phone

MAX_PARTS: Final = 50
"""More than anybody sends at once; what comes beyond is counted, not read."""
_MAX_URL: Final = 2_048
_MAX_NAME: Final = 255
_MAX_LINE: Final = 2_000

_FILE_KINDS: Final = {
    "image": FileKind.IMAGE,
    "gif": FileKind.IMAGE,
    "video": FileKind.VIDEO,
    "audio": FileKind.AUDIO,
    "voice": FileKind.AUDIO,
    "file": FileKind.DOCUMENT,
}


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that waits at an address nobody has checked yet."""

    kind: FileKind
    url: str
    name: str = ""
    size_bytes: int | None = None
    """As the channel claims."""


@dataclass(frozen=True, slots=True)
class SentLocation:
    """A point on the map: shown to officers, never decides the place."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class SharedLink:
    """A page the citizen pointed at."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class SharedCard:
    """Somebody's business card: seldom the sender's own."""

    name: str
    phone: str
    """`84…`, or empty when the card holds no readable number."""


@dataclass(frozen=True, slots=True)
class Sticker:
    """A picture that says a mood."""


Part: TypeAlias = SentFile | SentLocation | SharedLink | SharedCard | Sticker


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one message that could be read, and how many could not."""

    read: tuple[Part, ...] = ()
    unreadable: int = 0


def read_parts(body: JsonObject, message: JsonObject, event_name: str) -> Parts:
    """The parts of a message: inside it, or at the top level as some senders put them.

    Source: zalo.md, "Bodies".
    """
    listed = list_at(message, "attachments") or list_at(body, "attachments")
    default = event_name.rpartition("_")[2]
    read: list[Part] = []
    for attachment in listed[:MAX_PARTS]:
        part = _read_part(attachment, default, message, is_card=event_name.endswith("business_card"))
        if part is not None:
            read.append(part)
    unreadable = len(listed) - len(read)
    if not any(isinstance(part, SentLocation) for part in read):
        outside = _read_location(object_at(message, "location"))
        if outside is not None:
            read.append(outside)
            unreadable = max(0, unreadable - 1) if default == "location" else unreadable
    return Parts(tuple(read), unreadable)


def _read_part(attachment: object, default: str, message: JsonObject, *, is_card: bool) -> Part | None:
    if not isinstance(attachment, dict):
        return None
    payload = object_at(attachment, "payload")
    match text_at(attachment, "type").lower() or default:
        case "location":
            return _read_location(payload)
        case "sticker":
            return Sticker()
        case "link" | "card" if is_card:
            return _read_card(payload, message)
        case "link":
            url = text_at(payload, "url", limit=_MAX_LINE)
            return SharedLink(url, text_at(payload, "title", "description", limit=_MAX_LINE)) if url else None
        case kind if kind in _FILE_KINDS:
            return _read_file(_FILE_KINDS[kind], payload)
    return None


def _read_file(kind: FileKind, payload: JsonObject) -> SentFile | None:
    url = text_at(payload, "url")
    if not url or len(url) > _MAX_URL:
        return None
    size = text_at(payload, "size", limit=16)
    return SentFile(
        kind,
        url,
        name=text_at(payload, "name", limit=_MAX_NAME),
        size_bytes=int(size) if size.isascii() and size.isdecimal() else None,
    )


def _read_location(payload: JsonObject) -> SentLocation | None:
    point = object_at(payload, "coordinates") or payload
    latitude = _degrees(text_at(point, "latitude", "lat", limit=32), 90)
    longitude = _degrees(text_at(point, "longitude", "long", "lng", "lon", limit=32), 180)
    return None if latitude is None or longitude is None else SentLocation(latitude, longitude)


def _degrees(text: str, limit: int) -> float | None:
    try:
        degrees = float(text)
    except ValueError:
        return None
    return degrees if -limit <= degrees <= limit else None  # also refuses NaN


def _read_card(payload: JsonObject, message: JsonObject) -> SharedCard | None:
    description = text_at(payload, "description")
    inside = read_object(description.encode()) if description.lstrip().startswith("{") else None
    phone = normalise_phone(text_at(inside, "phone", limit=32)) if isinstance(inside, dict) else ""
    name = text_at(message, "text", limit=_MAX_NAME)
    return SharedCard(name, phone) if name or phone else None
