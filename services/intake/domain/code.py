"""The public code of a feedback, e.g. `HN-PA-261121-48213-K`: made so that it cannot be guessed in a row or mistyped.

Prefix of the province, local date of filing, five digits, one letter that checks the eleven digits before it.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Final, TypeAlias

CODES_A_DAY: Final = 100_000
_HIGH, _LOW = 250, 400  # their product is CODES_A_DAY
_ROUNDS: Final = 10

CHECK_LETTERS: Final = "NPRSTUVWXYZABCDEFGHJKLM"
"""23 letters: without I, O and Q, which are read as 1 and 0. It begins at N so that the code in our texts is valid."""


@dataclass(frozen=True, slots=True)
class CodeFound:
    """A text holds a whole code whose letter fits."""

    code: str


@dataclass(frozen=True, slots=True)
class CodeMistyped:
    """A text holds what was meant as a code, but a sign is missing or wrong."""


@dataclass(frozen=True, slots=True)
class PortalCodeFound:
    """A text holds a code of the National Public Service Portal: another office's file."""

    code: str


@dataclass(frozen=True, slots=True)
class NoCode:
    """A text in which nobody meant a code."""


CodeInText: TypeAlias = CodeFound | CodeMistyped | PortalCodeFound | NoCode


def local_day(at: datetime, zone: tzinfo) -> date:
    """The day a feedback filed at this instant is counted on; the zone is the province's."""
    return at.astimezone(zone).date()


def make_code(prefix: str, day: date, number: int, key: bytes) -> str:
    """The code of the `number`-th feedback of a day, counted from 0.

    Raises:
        ValueError: a day has no more than 100,000 codes.
    """
    if not 0 <= number < CODES_A_DAY:
        raise ValueError("a day has no such code")
    digits = f"{day:%y%m%d}{_shuffled(number, day, key):05d}"
    return f"{prefix}-{digits[:6]}-{digits[6:]}-{check_letter(digits)}"


def check_letter(digits: str) -> str:
    """The letter that belongs to eleven digits.

    23 is a prime and no divisor of 10, of 9 or of any difference of two digits: one wrong digit, and two neighbours
    changed about, always give another letter.
    """
    return CHECK_LETTERS[int(digits) % len(CHECK_LETTERS)]


def parse_code(text: str, prefix: str) -> CodeInText:
    """Find a code in what a person typed: small letters, blanks or other signs for dashes, O for 0, l for 1.

    Without the prefix only a whole and right code counts, so that a telephone number is never taken for one.
    """
    typed = [*_with_prefix(prefix).finditer(text)]
    for match in [*typed, *_BARE.finditer(text)]:
        code = _checked(match["day"], match["number"], match["letter"], prefix)
        if code is not None:
            return CodeFound(code)
    portal = _PORTAL.search(text)
    if portal is not None:
        return PortalCodeFound(f"PAKN.{portal['day']}.{portal['number']}")
    return CodeMistyped() if typed or _meant(prefix).search(text) else NoCode()


# Blanks and whatever people put for a dash, at most three of them.
_GAP: Final = r"[\s\-‐-―−_./·:]{0,3}"
_DIGIT: Final = r"[0-9OoIl|]"
_BODY: Final = rf"(?P<day>{_DIGIT}{{6}}){_GAP}(?P<number>{_DIGIT}{{5}}){_GAP}(?P<letter>[A-Za-z])(?!\w)"
_BARE: Final = re.compile(rf"(?<!\w)(?P<day>[0-9]{{6}}){_GAP}(?P<number>[0-9]{{5}}){_GAP}(?P<letter>[A-Za-z])(?!\w)")
_PORTAL: Final = re.compile(rf"(?<!\w)PAKN{_GAP}(?P<day>[0-9]{{8}}){_GAP}(?P<number>[0-9]{{4,6}})(?!\w)", re.IGNORECASE)
_AS_DIGIT: Final = str.maketrans("OoIl|", "00111")


@lru_cache(maxsize=8)
def _with_prefix(prefix: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_spaced(prefix)}{_GAP}{_BODY}", re.IGNORECASE)


@lru_cache(maxsize=8)
def _meant(prefix: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_spaced(prefix)}{_GAP}{_DIGIT}{{3}}", re.IGNORECASE)


def _spaced(prefix: str) -> str:
    return _GAP.join(re.escape(word) for word in prefix.split("-"))


def _checked(day: str, number: str, letter: str, prefix: str) -> str | None:
    day, number, letter = day.translate(_AS_DIGIT), number.translate(_AS_DIGIT), letter.upper()
    try:
        datetime.strptime(day, "%y%m%d")  # noqa: DTZ007 - a calendar day, not an instant
    except ValueError:
        return None
    return f"{prefix}-{day}-{number}-{letter}" if check_letter(day + number) == letter else None


def _shuffled(number: int, day: date, key: bytes) -> int:
    """A keyed permutation of 0 … 99,999 that differs from day to day: a Feistel network over 250 × 400.

    Halves are added modulo their own size, so every round can be undone and no number has to be passed over.
    """
    high, low = divmod(number, _LOW)
    of_day = f"{day:%Y%m%d}"
    for turn in range(_ROUNDS):
        if turn % 2:
            low = (low + _noise(key, f"{of_day}/{turn}/{high}")) % _LOW
        else:
            high = (high + _noise(key, f"{of_day}/{turn}/{low}")) % _HIGH
    return high * _LOW + low


def _noise(key: bytes, of_what: str) -> int:
    return int.from_bytes(hmac.digest(key, of_what.encode(), "sha256")[:8])
