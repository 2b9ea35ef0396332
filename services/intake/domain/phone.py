"""Telephone numbers as people and channels write them."""

import re
from typing import Final

_PUNCTUATION: Final = re.compile(r"[\s.()\-‐-–]+")
_NUMBER: Final = re.compile(r"(?:\+?84|0084|0)?((?:[35789][0-9]{8})|(?:2[0-9]{9}))", re.ASCII)


def normalise_phone(text: str) -> str:
    """A Vietnamese number as `84…`, digits only; empty when the text is not one whole number.

    Mobile numbers have nine digits after the zero, landlines ten (Hà Nội: 024 and eight).
    """
    number = _NUMBER.fullmatch(_PUNCTUATION.sub("", text))
    return f"84{number[1]}" if number else ""


def last_digits(phone: str, count: int = 4) -> str:
    """The end of a normalised number, which its owner knows and a guesser does not."""
    return phone[-count:] if len(phone) > count else ""
