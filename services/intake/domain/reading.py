"""Short readings of a citizen's words: a reply compared, a telephone number, consent, a wish to change something.

People write as they speak: without diacritics, with politeness around every answer.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from libs.places import fold, folded_with_offsets

from .phone import normalise_phone

Span = tuple[int, int]
"""A piece of a text as given: code points, end excluded."""

# Zero width and direction signs: they change how a line looks, never what it says.
_INVISIBLE: Final = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def tidy(text: str) -> str:
    """A citizen's words as we keep and show them: composed letters, no signs that turn a line about."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()


# --------------------------------------------------------------------------------------- a whole reply, compared

_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")
_BEFORE: Final = frozenset(
    re.findall(
        r"\w+",
        "da vang u ok oke thi cho xin em toi minh chau con bac anh chi a",
    )
)
_AFTER: Final = frozenset(
    re.findall(
        r"\w+",
        "a ah ak nhe nha nhi em anh chi ban ad admin oi luon voi giup toi ho cai da",
    )
)


def plain(text: str) -> str:
    """A short reply as it is compared: folded, without signs around it. A reply of signs alone stays as it is."""
    folded = fold(text)
    return _EDGES.sub("", folded) or folded


def without_courtesy(reply: str) -> str:
    """A folded reply without the words of respect around it: "dạ em đồng ý ạ" says "dong y"."""
    words = reply.split()
    while len(words) > 1 and words[-1] in _AFTER:
        words.pop()
    while len(words) > 1 and words[0] in _BEFORE:
        words.pop(0)
    return " ".join(words)


_NUMBER: Final = re.compile(r"(?:(?:so|chon|muc|y|cau|phuong an)\s*)?([1-9])(?:[.):\-]?\s+(.+))?")


def is_politeness(piece: str) -> bool:
    """Whether a piece holds words of respect and nothing else: "dạ", "em ạ", "nhé"."""
    return (_BEFORE | _AFTER).issuperset(plain(piece).split())


def chosen_number(reply: str) -> tuple[int, str] | None:
    """The number of a listed choice, and the words copied after it: "1", "số 2", "3. Hủy"."""
    match = _NUMBER.fullmatch(plain(reply.replace("\ufe0f", "").replace("\u20e3", "")))
    return (int(match[1]), plain(match[2] or "")) if match else None


# ------------------------------------------------------------------------------------------------- telephone

_SIGN: Final = r"[ \t.\-()\u00a0\u2010-\u2013]{0,3}"
_PHONE: Final = re.compile(
    rf"(?<!\d)(?:\(?\+?84|0084|\(?[0oO]){_SIGN}(?:[35789](?:{_SIGN}\d){{8}}|2(?:{_SIGN}\d){{9}})(?!\d)", re.ASCII
)
_DIGITS: Final = re.compile(rf"(?<![\d/])\+?\d(?:{_SIGN}\d){{4,13}}(?![\d/])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Phone:
    """A Vietnamese telephone number in a text."""

    number: str
    """`84…`, digits only."""
    span: Span


def find_phone(text: str) -> Phone | None:
    """The first telephone number a text holds; longer runs of digits are other numbers and are left alone."""
    for match in _PHONE.finditer(_with_western_digits(text)):
        number = normalise_phone(re.sub(r"^(\(?)[oO]", r"\g<1>0", match[0]))
        if number:
            return Phone(number, match.span())
    return None


def find_digits(text: str) -> Span | None:
    """Digits somebody may have meant as a telephone number."""
    match = _DIGITS.search(_with_western_digits(text))
    return match.span() if match else None


def _with_western_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


# --------------------------------------------------------------------------------------------------- consent

CONSENT: Final = re.compile(
    r"(?:(?:da|vang|va|toi|em|minh|chau|xin|hoan toan|rat)\s+)*"
    r"(?:(?P<no>khong|ko|k|chua|chang)\s+)?(?:dong\s*y|nhat tri|chap nhan)"
    r"(?:\s+(?:cung cap|chia se|cho(?: phep)?|thong tin|su dung|nhe|nha|a|ah|roi|luon))*"
)
"""Words of consent in a folded text."""


def read_consent(piece: str) -> bool | None:
    """Whether a whole piece says yes or no to being asked for consent; None when it says something else."""
    match = CONSENT.fullmatch(plain(piece))
    return None if match is None else match["no"] is None


# ------------------------------------------------------------------------------------------------- corrections


class Part(StrEnum):
    """A part of a feedback its sender may change before sending."""

    CONTENT = "content"
    PLACE = "place"
    CONTACT = "contact"
    RESIDENCE = "residence"
    PUBLICATION = "publication"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Change:
    """A wish to change something: which part, if it was said, and the new value, if it came along."""

    part: Part | None
    value: str


_CHANGE: Final = re.compile(
    r"(?:(?:toi|em|minh|chau|cho|xin|muon|can|hay|vui long|nho)\s+)*"
    r"(?:sua|doi|thay|chinh|cap nhat)(?:\s+(?:lai|doi|sua|giup|cho|toi|em|minh))*(?:\s+|$)"
)
_PARTS: Final = (
    (Part.CONTACT, re.compile(r"(?:so )?(?:dien thoai|sdt|dt|phone)\b|so (?:thanh|la)\b|ho (?:va )?ten\b|ten\b")),
    (Part.RESIDENCE, re.compile(r"noi (?:o|cu tru)\b|dia chi\b|cho o\b")),
    (Part.CONTENT, re.compile(r"noi dung\b")),
    (Part.PUBLICATION, re.compile(r"(?:viec )?(?:khong )?cong khai\b")),
    (Part.PLACE, re.compile(r"(?:noi|cho) xay ra(?: viec)?\b|dia diem\b|noi\b")),
)
_TO: Final = re.compile(r"\s*(?:(?:cua\s+)?(?:toi|em|minh|chau)\b\s*)?(?:thanh|la|sang|ve)?\s*[:=\-]?\s*")


def read_change(text: str) -> Change | None:
    """What somebody wants to change: "sửa số điện thoại thành 0987…", "đổi tên", "sửa"."""
    folded = folded_with_offsets(text)
    wish = _CHANGE.match(folded.text)
    if wish is None:
        return None
    start = wish.end()
    part = None
    for candidate, pattern in _PARTS:
        match = pattern.match(folded.text, start)
        if match:
            part = candidate
            start = start if candidate is Part.PUBLICATION else match.end()
            break
    to = _TO.match(folded.text, start)
    start = to.end() if to else start
    value = text[folded.span(start, len(folded.text))[0] :].strip() if start < len(folded.text) else ""
    return Change(part, value)
