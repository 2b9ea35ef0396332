"""Texts cut to what a chat message may hold, at borders a reader would choose."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_BORDERS: Final = (
    re.compile(r"\n[^\S\n]*\n\s*"),  # paragraphs
    re.compile(r"\n\s*"),  # lines
    re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’)]))\s+"),  # sentences
    re.compile(r"(?<=[,;:])\s+"),
    re.compile(r"\s+"),  # words
)
_JOINER: Final = "\u200d"
_VARIATIONS: Final = range(0xFE00, 0xFE10)
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)


def split(text: str, limit: int) -> tuple[str, ...]:
    """The text in as many messages as needed, each at most `limit` code points of NFC, none empty.

    Units:  `limit` in code points.
    Source: reference of the Zalo platform, 3.1: 2,000 characters; which unit is undocumented, NFC code points are
        assumed.
    """
    rest = unicodedata.normalize("NFC", text).strip()
    parts = []
    while len(rest) > limit:
        end, start = _border(rest, limit)
        parts.append(rest[:end].rstrip())
        rest = rest[start:].lstrip()
    return (*parts, rest) if rest else tuple(parts)


def cut(text: str, limit: int) -> str:
    """The text's beginning, ended by `…` at a border, when it is longer than `limit` code points."""
    whole = unicodedata.normalize("NFC", text).strip()
    if len(whole) <= limit:
        return whole
    end, _ = _border(whole, limit - 2)
    return f"{whole[:end].rstrip()} …"


def with_options(text: str, titles: Sequence[str]) -> str:
    """The text with its options listed `1. … 2. …` below, so that each can be typed; listed once."""
    listed = [f"{number}. {title}" for number, title in enumerate(titles, start=1)]
    if not listed or all(line in text.splitlines() for line in listed):
        return text
    return "\n".join([text.rstrip(), *listed])


def compose(text: str, titles: Sequence[str], limit: int) -> tuple[str, ...]:
    """A text and its options in as many messages as needed; the options stay together, under the last words."""
    parts = split(text, limit)
    listed = with_options(parts[-1] if parts else "", titles).strip()
    if not listed or len(listed) <= limit:
        return (*parts[:-1], listed) if listed else ()
    return (*parts, *split(with_options("", titles), limit))


def _border(text: str, limit: int) -> tuple[int, int]:
    """Where to end a part, and where the next begins: the latest good border, in the second half where possible."""
    for border in _BORDERS:
        found = [match for match in border.finditer(text, 0, limit + 1) if match.start() > 0]
        if found and (found[-1].start() > limit // 2 or border is _BORDERS[-1]):
            return min(found[-1].start(), limit), found[-1].end()
    end = limit
    while end > 1 and _belongs_to_previous(text, end):
        end -= 1
    # A text without any border and nothing but joined signs: better a broken sign than no end.
    return (end, end) if end > 1 else (limit, limit)


def _belongs_to_previous(text: str, index: int) -> bool:
    sign = ord(text[index])
    return (
        unicodedata.combining(text[index]) > 0
        or sign in _VARIATIONS
        or sign in _SKIN_TONES
        or text[index] == _JOINER
        or text[index - 1] == _JOINER
    )
