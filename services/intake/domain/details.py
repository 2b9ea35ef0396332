"""Several facts in one breath: "Nguyễn Thị Hoa 0912345678 phường Láng đồng ý" taken apart."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from libs.places import fold, folded_with_offsets

from .person_name import Name, read_name
from .reading import CONSENT, Span, find_digits, find_phone, is_politeness, plain, without_courtesy

_PHONE_LABEL: Final = re.compile(
    r"\b(?:(?:va\s+)?(?:so\s+)?(?:dien thoai|dt|sdt|phone|tel|di dong|lien he|lien lac|zalo|so)"
    r"(?:\s+(?:cua\s+)?(?:toi|em|minh|chau|con))?(?:\s+(?:la|so))?[\s:.\-]*)+$"
)
_LABEL_AT_MOST: Final = 60

_HOME: Final = re.compile(
    r"^(?:va\s+|hien\s+)*"
    r"(?:(?:nha|gia dinh)?\s*(?:toi|em|minh|chau|con)\s+(?:hien\s+|dang\s+)*(?:o|song|ngu|tru|cu tru|sinh song)"
    r"|(?:thuong|tam|cu)\s+tru|ho khau|noi o|cho o|dia chi|nha o)\b(?:\s+(?:o|tai|la|cua toi))*[\s:]*"
)
_AT: Final = re.compile(r"^(?:(?:va|o|tai|la|thuoc|nha|em|toi)\s+)+")
_STREET: Final = re.compile(
    r"(?:so(?: nha)?\s*\d|nha so|ngo\b|ngach\b|hem\b|duong\b|pho\b|thon\b|xom\b|to \d|to dan pho|khu\b|toa\b|"
    r"can ho|chung cu|quan\b|huyen\b|thi xa|ha noi|tp\b|thanh pho|cu$|\d+[a-z]?(?:[/\s]|$))"
)
_STREET_WORDS_AT_MOST: Final = 10
_BREAK: Final = re.compile(r"[\n,;|]+|\.(?=\s|$)|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the citizen was asked, so that short words may be taken as its answer."""

    name: bool = False
    phone: bool = False
    yes: frozenset[str] = frozenset()
    """Folded words that give consent; empty when it was not asked for."""
    no: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Details:
    """What one message tells about its sender."""

    phone: str = ""
    unreadable_phone: bool = False
    """Digits that were meant as a number and are none."""
    name: Name | None = None
    consent: bool | None = None
    address: str = ""
    """The pieces that say a place, the commune's name among them."""
    is_home: bool = False
    """The words themselves say that it is where the sender lives."""
    rest: str = ""
    """What is left when all of that is taken away."""
    story: str = ""
    """The message without name and telephone number: what may be kept as the matter."""

    @property
    def tells_something(self) -> bool:
        """Whether any fact about the sender was found."""
        return bool(self.phone or self.name or self.address or self.consent is not None)


@dataclass(slots=True)
class _Found:
    name: Name | None = None
    consent: bool | None = None
    is_home: bool = False
    contact_spans: list[Span] = field(default_factory=list)
    address: list[str] = field(default_factory=list)
    streets: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


DETAILS_AT_MOST: Final = 600
"""Units: characters. A longer message is a story: its words are kept as they are and not taken apart."""


def read_details(text: str, asked: Asked, communes: Collection[Span]) -> Details:
    """Take a message apart. `communes` are the places where the text names a commune."""
    if len(text) > DETAILS_AT_MOST:
        return Details(rest=text, story=text)
    phone = find_phone(text)
    digits = find_digits(text) if phone is None and asked.phone else None
    found = _Found(contact_spans=[_with_label(text, phone.span)] if phone else [])
    for span in _pieces(text, [*found.contact_spans, *([digits] if digits else [])]):
        _read_piece(text, span, asked, communes, found)
    # A street is where somebody lives only beside a commune; alone it may be part of the story.
    rest = found.rest if found.address else [*found.streets, *found.rest]
    return Details(
        phone=phone.number if phone else "",
        unreadable_phone=digits is not None,
        name=found.name,
        consent=found.consent,
        address=", ".join([*found.streets, *found.address]) if found.address else "",
        is_home=found.is_home,
        rest=", ".join(rest),
        story=without_spans(text, found.contact_spans),
    )


def _read_piece(text: str, span: Span, asked: Asked, communes: Collection[Span], found: _Found) -> None:
    consent, left = _consent(text, span, asked, communes)
    if consent is not None:
        found.consent = consent
    if left is None:
        return
    piece = text[slice(*left)]
    if _names_only_a_place(text, left, communes):
        home = _HOME.match(fold(piece))
        found.is_home |= home is not None
        found.address.append(_without_home_words(piece))
    elif is_politeness(piece):
        return
    elif found.name is None and (name := read_name(piece, asked=asked.name)) is not None:
        found.name = name
        found.contact_spans.append(left)
    elif is_street(_without_home_words(piece)):
        found.streets.append(_without_home_words(piece))
    else:
        found.rest.append(piece)


def _consent(text: str, span: Span, asked: Asked, communes: Collection[Span]) -> tuple[bool | None, Span | None]:
    """Consent said by a piece, at its end or at its beginning, and what is left of the piece."""
    piece = text[slice(*span)]
    bare = without_courtesy(plain(piece))
    if not asked.yes:
        return None, span
    if bare in asked.yes or bare in asked.no:
        return bare in asked.yes, None
    folded = folded_with_offsets(piece)
    for match in CONSENT.finditer(folded.text):
        before, after = folded.text[: match.start()].strip(), folded.text[match.end() :].strip()
        if before and after:
            continue
        if not before and not after:
            return match["no"] is None, None
        first, last = (
            folded.span(0, len(before)) if before else folded.span(len(folded.text) - len(after), len(folded.text))
        )
        left = (span[0] + first, span[0] + last)
        # "Cán bộ không đồng ý" is part of a story; "Nguyễn Thị Hoa đồng ý" is an answer.
        if _names_only_a_place(text, left, communes) or read_name(text[slice(*left)], asked=True) is not None:
            return match["no"] is None, left
    return None, span


def _names_only_a_place(text: str, span: Span, communes: Iterable[Span]) -> bool:
    """Whether a piece with a commune in it only says where, and is not part of a story."""
    inside = [(first - span[0], after - span[0]) for first, after in communes if first < span[1] and span[0] < after]
    if not inside:
        return False
    kept = plain(_without_home_words(without_spans(text[slice(*span)], inside)))
    return not kept or is_politeness(kept) or _AT.sub("", kept + " ").strip() == "" or is_street(kept)


def is_street(piece: str) -> bool:
    """Whether a piece is written like a street address."""
    kept = _AT.sub("", fold(piece))
    return bool(_STREET.match(kept)) and len(kept.split()) <= _STREET_WORDS_AT_MOST


def _without_home_words(piece: str) -> str:
    folded = folded_with_offsets(piece)
    start = 0
    for label in (_HOME, _AT):
        match = label.match(folded.text[start:])
        start += match.end() if match else 0
    return piece[folded.span(start, len(folded.text))[0] :].strip() if start < len(folded.text) else ""


def _pieces(text: str, cut: Iterable[Span]) -> list[Span]:
    """The text between what was cut out, divided at commas and line ends, without blanks around."""
    breaks = sorted([*cut, *(match.span() for match in _BREAK.finditer(text))])
    pieces: list[Span] = []
    start = 0
    for first, after in [*breaks, (len(text), len(text))]:
        if first > start:
            piece = text[start:first]
            left = start + len(piece) - len(piece.lstrip(" \t\n:.-–—"))
            right = start + len(piece.rstrip(" \t\n:.-–—"))
            if left < right:
                pieces.append((left, right))
        start = max(start, after)
    return pieces


def _with_label(text: str, span: Span) -> Span:
    before = max(0, span[0] - _LABEL_AT_MOST)
    folded = folded_with_offsets(text[before : span[0]])
    match = _PHONE_LABEL.search(folded.text)
    return (before + folded.span(match.start(), match.end())[0], span[1]) if match and match[0] else span


def without_spans(text: str, spans: Iterable[Span]) -> str:
    """A text with pieces cut out, and the commas they leave behind."""
    kept, start = [], 0
    for first, after in sorted(spans):
        kept.append(text[start : max(start, first)])
        start = max(start, after)
    kept.append(text[start:])
    joined = " ".join(part.strip() for part in kept if part.strip())
    return re.sub(r"(?:\s*[,;]\s*){2,}", ", ", joined).lstrip(" .,;:-\n").rstrip(" ,;:-\n")
