"""What a citizen may attach, in the shapes the platform posts them.

Pure: each function returns the members of ``message`` for one kind; ``message_part`` puts them together.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import PurePosixPath

from simulators.zalo_oa.event import Wire


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment: the kind decides the event's name, the wire form goes into the body."""

    kind: str  # the last word of user_send_<kind>
    wire: Wire


def message_part(message_id: str, text: str = "", attachment: Attachment | None = None, quote_id: str = "") -> Wire:
    """The ``message`` of a chat event; members that have nothing to say are left out."""
    message: Wire = {}
    if text:
        message["text"] = text
    if quote_id:
        message["quote_msg_id"] = quote_id
    message["msg_id"] = message_id
    if attachment is not None:
        message["attachments"] = [attachment.wire]
    return message


def image(url: str, thumbnail: str = "") -> Attachment:
    """A photo; its caption travels as the message's text."""
    return Attachment("image", {"type": "image", "payload": {"thumbnail": thumbnail or url, "url": url}})


def gif(url: str, thumbnail: str = "") -> Attachment:
    """A moving picture."""
    return Attachment("gif", {"payload": {"thumbnail": thumbnail or url, "url": url}, "type": "gif"})


def file(url: str, name: str, content: bytes) -> Attachment:
    """A document with its size, MD5 and extension."""
    payload = {
        "size": str(len(content)),
        "name": name,
        "checksum": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "type": PurePosixPath(name).suffix.lstrip(".").lower(),
        "url": url,
    }
    return Attachment("file", {"payload": payload, "type": "file"})


def location(latitude: str, longitude: str) -> Attachment:
    """A place on the map; both numbers are strings."""
    coordinates = {"latitude": latitude, "longitude": longitude}
    return Attachment("location", {"type": "location", "payload": {"coordinates": coordinates}})


def sticker(sticker_id: str, url: str) -> Attachment:
    """A sticker."""
    return Attachment("sticker", {"type": "sticker", "payload": {"id": sticker_id, "url": url}})


def audio(url: str) -> Attachment:
    """A voice message."""
    return Attachment("audio", {"type": "audio", "payload": {"url": url}})


def video(url: str, thumbnail: str = "", description: str = "") -> Attachment:
    """A film; thumbnail and description may be empty."""
    payload = {"thumbnail": thumbnail, "description": description, "url": url}
    return Attachment("video", {"type": "video", "payload": payload})


def link(url: str, thumbnail: str = "", description: str = "") -> Attachment:
    """A link with its preview; what was typed travels as the message's text."""
    payload = {"thumbnail": thumbnail, "description": description, "url": url}
    return Attachment("link", {"payload": payload, "type": "link"})


def business_card(url: str, thumbnail: str, phone: str, qr_url: str) -> Attachment:
    """Somebody's contact card; phone and QR code are JSON inside a string."""
    description = json.dumps({"phone": phone, "qrCodeUrl": qr_url}, ensure_ascii=False, separators=(",", ":"))
    payload = {"thumbnail": thumbnail, "description": description, "url": url}
    return Attachment("business_card", {"type": "link", "payload": payload})
