"""What citizens may attach, where it may be fetched from, and what becomes of a file that cannot be had.

Source: domain rules 3.1 (types and sizes of the portal's form); zalo.md, "Bodies" (addresses are untrusted).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, Literal, TypeAlias
from urllib.parse import quote

from libs.contracts.vocabulary import FileKind

MEGABYTE: Final = 1024 * 1024

Refusal: TypeAlias = Literal[
    "bad_address", "host_not_allowed", "private_address", "redirected", "too_large", "unsupported_type", "empty"
]
"""Why a file can never be had."""
Trouble: TypeAlias = Literal["no_answer", "not_found", "bad_status", "unreadable"]
"""Why a file could not be had this time."""


@dataclass(frozen=True, slots=True)
class FileType:
    """One type of file that is accepted."""

    mime: str
    extension: str
    kind: FileKind
    limit_bytes: int = 10 * MEGABYTE


_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACCEPTED: Final = {
    accepted.mime: accepted
    for accepted in (
        FileType("image/jpeg", "jpg", FileKind.IMAGE),
        FileType("image/png", "png", FileKind.IMAGE),
        FileType("application/pdf", "pdf", FileKind.DOCUMENT),
        FileType(_DOCX, "docx", FileKind.DOCUMENT),
        FileType(_XLSX, "xlsx", FileKind.DOCUMENT),
        FileType("video/mp4", "mp4", FileKind.VIDEO, 25 * MEGABYTE),
        FileType("audio/amr", "amr", FileKind.AUDIO),  # Zalo's voice messages
    )
}
"""By MIME type as read from the bytes themselves, never as claimed."""


def limit_of(kind: FileKind) -> int:
    """The most bytes worth fetching of something sent as this kind; a film may also be sent as a document."""
    kinds = {kind, FileKind.VIDEO} if kind is FileKind.DOCUMENT else {kind}
    return max(accepted.limit_bytes for accepted in ACCEPTED.values() if accepted.kind in kinds)


_NAMELESS: Final = {
    FileKind.IMAGE: "ảnh",
    FileKind.VIDEO: "video",
    FileKind.AUDIO: "ghi âm",
    FileKind.DOCUMENT: "tệp",
}


def name_of(kind: FileKind) -> str:
    """What a file is called that came without a name."""
    return _NAMELESS[kind]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a file may be fetched: checked by name; what the name resolves to is checked by the one who connects."""

    scheme: Literal["https", "http"]
    host: str
    port: int
    target: str
    """Path and query."""
    private_allowed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that will not be fetched or kept, and why."""

    reason: Refusal


_URL: Final = re.compile(
    r"(https?)://([a-z0-9.-]{1,253})(?::([0-9]{1,5}))?(?:([/?][^\s\\#]*))?(?:#\S*)?", re.I | re.ASCII
)


def check_address(url: str, hosts: tuple[str, ...], private_hosts: tuple[str, ...] = ()) -> Address | Refused:
    """Whether an address a channel gave may be asked for a file.

    `hosts` are names, their sub-domains included, reached by HTTPS on its own port. `private_hosts` are `host:port` of
    this machine or network, e.g. a simulator, where HTTP will do.
    """
    parts = _URL.fullmatch(url)
    if parts is None:
        return Refused("bad_address")
    scheme: Literal["https", "http"] = "https" if parts[1].lower() == "https" else "http"
    host, port = parts[2].lower().rstrip("."), int(parts[3] or (443 if scheme == "https" else 80))
    path = parts[4] or "/"
    target = quote(path if path.startswith("/") else f"/{path}", safe="/?&=%:;,+@!$'()*~._-[]")
    if f"{host}:{port}" in private_hosts:
        return Address(scheme, host, port, target, private_allowed=True)
    named = any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)
    if not named or scheme != "https" or port != 443:
        return Refused("host_not_allowed")
    return Address(scheme, host, port, target)


# Addresses that carry another address inside: what they reach cannot be told from what they look like.
_WRAPPED: Final = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2002::/16"),
    IPv6Network("2001::/32"),
)


def is_public(address: str) -> bool:
    """Whether an IP address is out on the internet, and not of this machine, this network or a cloud's inside."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if any(ip in network for network in _WRAPPED):
            return False
        ip = ip.ipv4_mapped or ip
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def accept(mime: str, size_bytes: int) -> FileType | Refused:
    """Whether what the bytes turned out to be may be kept."""
    if size_bytes == 0:
        return Refused("empty")
    accepted = ACCEPTED.get(mime)
    if accepted is None:
        return Refused("unsupported_type")
    return Refused("too_large") if size_bytes > accepted.limit_bytes else accepted


@dataclass(frozen=True, slots=True)
class TryAgain:
    """A file that may still be had."""

    at: datetime
    reason: Trouble


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A file that will not come any more: desk and phone say so."""

    reason: Refusal | Trouble


_WAITS: Final = (10, 60, 300, 1_800, 7_200, 21_600)
"""Seconds after the first, second … failed try. Zalo does not say how long its addresses live: days, it seems."""


def after_trouble(tries: int, reason: Trouble, now: datetime) -> TryAgain | GivenUp:
    """What to do with a file after its `tries`-th try failed."""
    if tries > len(_WAITS):
        return GivenUp(reason)
    return TryAgain(now + timedelta(seconds=_WAITS[tries - 1]), reason)


_NAME_LIMIT: Final = 100
# Separators of paths and streams, what shells and tables read as commands, and marks that turn the reading direction.
_UNSAFE: Final = re.compile(
    '[\x00-\x1f\x7f-\x9f/\\\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+'
)

_EXTENSION: Final = re.compile(r"\.(?=[a-z0-9]{1,5}$)[0-9]*[a-z][a-z0-9]*$", re.I | re.ASCII)  # not the year of a date


def safe_name(name: str, extension: str, otherwise: str) -> str:
    """A file's name fit to be shown and saved anywhere, ending as its bytes are, whatever it was called."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem = _UNSAFE.sub(" ", last)
    stem = _EXTENSION.sub("", " ".join(stem.split())).strip(" .=+-@'")[:_NAME_LIMIT].rstrip(" .")
    return f"{stem or otherwise}.{extension}"
