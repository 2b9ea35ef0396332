"""A text that may be read again without the numbers that lead to a person.

What the model never sees as it was written is replaced by a stand-in it reads the same way: a model that learns from
the masked text learns what it would have learned from the text. Names cannot be found like this.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from .normal import MASKED

_STAND_INS: Final = {
    "link": "https://xxx",
    "mail": "xxx@xxx.xx",
    "phone": "0xxxxxxxxx",
    "date": "00/00",
    "code": "00000",
}
# Account and identity numbers typed in groups, which the counting takes for single numbers.
_IN_GROUPS: Final = re.compile(r"\d(?:[ .,/()_\u2013-]{0,2}\d){6,}")
_REST: Final = re.compile(r"(?:[ .-]\d{2,4}\b)+")


class Piece(NamedTuple):
    """Some words of a masked text, and where the text has what they stand for."""

    words: str
    start: int
    end: int


def masked(text: str) -> str:
    """A citizen's text with phones, links, addresses of mail, codes, dates and long numbers replaced."""
    return "".join(piece.words for piece in pieces(text))


def pieces(text: str) -> Iterator[Piece]:
    """The masked text in order: what was written, and stand-ins."""
    found = [*MASKED.finditer(text)]
    ends = [*(one.start() for one in found), len(text)]
    yield from _between(text, 0, ends[0])
    for one, end in zip(found, ends[1:], strict=True):
        start = one.end()
        # "001 099 012 345": the first groups look like a phone, and the last must not stay behind alone.
        if one.lastgroup in ("phone", "code") and (rest := _REST.match(text, start, end)):
            start = rest.end()
        yield Piece(_STAND_INS[str(one.lastgroup)], one.start(), start)
        yield from _between(text, start, end)


def _between(text: str, start: int, end: int) -> Iterator[Piece]:
    for found in _IN_GROUPS.finditer(text, start, end):
        yield Piece(text[start : found.start()], start, found.start())
        start = found.end()
        yield Piece(_STAND_INS["code"], found.start(), start)
    yield Piece(text[start:end], start, end)
