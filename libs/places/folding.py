"""Vietnamese text made comparable: without diacritics, and with every place traceable to the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_TONES = {"\u0300": "1", "\u0301": "2", "\u0303": "3", "\u0309": "4", "\u0323": "5"}
_LONE_Y = re.compile(r"(?<![aeiouyâăêôơư])y$")
# Letters and signs that fold to exactly one character: nearly all that people type whose keyboard composes letters.
_ONE_FOR_ONE = re.compile(
    r"[\x00-\x7fÀ-ÅÇ-ÏÑ-ÖÙ-Ýà-åç-ïñ-öù-ýĂăĐđĨĩŨũƠơƯưẠ-ỹ\u2010-\u2027₫→\U0001f300-\U0001f3fa\U0001f400-\U0001faff]*"
)
_BETWEEN_BLANKS = re.compile("[^ ]+")
_CACHED_BELOW = 0x3000  # every letter people type here; what a hostile text brings beyond is not remembered


def _fold_character(character: str) -> str:
    # Decompose before casefolding: some signs become letters when casefolded, which would tell NFC and NFD apart.
    bare = "".join(part for part in unicodedata.normalize("NFD", character) if unicodedata.category(part) != "Mn")
    lowered = unicodedata.normalize("NFD", bare.casefold())
    folded = "".join(part for part in lowered if unicodedata.category(part) not in ("Mn", "Cf"))
    return folded.replace("đ", "d")


class _FoldTable(dict[int, str]):
    """Code point to folded text, filled as characters are met; `str.translate` reads it at the speed of C."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        folded = " " if character.isspace() else _fold_character(character)
        if code_point < _CACHED_BELOW:
            self[code_point] = folded
        return folded


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """Make Vietnamese text comparable: lower case, no diacritics, đ as d, single blanks, none at the ends.

    Composed and decomposed input, old and new placing of tone marks, and invisible format characters give the same.
    """
    return " ".join(text.translate(_TABLE).split())


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text that knows where each of its characters stood in the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the folded piece [start, end) stands in the original, its combining marks included.

        Units: code points of the original text.
        """
        return self.starts[start], self.ends[end - 1]


def folded_with_offsets(text: str) -> FoldedText:
    """Fold a text for searching while keeping the way back to the verbatim words."""
    if _ONE_FOR_ONE.fullmatch(text):
        return _folded_one_for_one(text)
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for position, character in enumerate(text):
        piece = _TABLE[ord(character)]
        if piece == " ":
            if folded and folded[-1] != " ":
                folded.append(" ")
                starts.append(position)
                ends.append(position + 1)
        elif piece:
            folded.append(piece)
            starts.extend([position] * len(piece))
            ends.extend([position + 1] * len(piece))
        elif folded and folded[-1] != " " and unicodedata.category(character) == "Mn":
            # A mark belongs to the letter before it, and to every folded character that letter became.
            first = starts[-1]
            for index in range(len(starts) - 1, -1, -1):
                if starts[index] != first:
                    break
                ends[index] = position + 1
    if folded and folded[-1] == " ":
        folded.pop()
        starts.pop()
        ends.pop()
    return FoldedText("".join(folded), tuple(starts), tuple(ends))


def _folded_one_for_one(text: str) -> FoldedText:
    """The quick way for a text in which every character stays one: only runs of blanks move what follows them."""
    folded = text.translate(_TABLE)
    if "  " not in folded and not folded.startswith(" ") and not folded.endswith(" "):
        return FoldedText(folded, range(len(folded)), range(1, len(folded) + 1))
    pieces: list[str] = []
    starts: list[int] = []
    for piece in _BETWEEN_BLANKS.finditer(folded):
        if pieces:
            starts.append(starts[-1] + 1)  # the first of the blanks before this piece
        pieces.append(piece.group())
        starts.extend(range(*piece.span()))
    return FoldedText(" ".join(pieces), starts, [start + 1 for start in starts])


def has_diacritics(text: str) -> bool:
    """Say whether any letter of the text carries a Vietnamese mark or is a đ."""
    return any(
        character in "đĐ" or unicodedata.category(character) == "Mn" for character in unicodedata.normalize("NFD", text)
    )


def spelling(word: str) -> str:
    """Spell one word so that two people who mean the same diacritics agree, wherever they place the tone mark.

    "hòa" and "hoà" are one spelling, "Mỹ" and "Mĩ" too; "hoa" and "hóa" are others.
    """
    letters: list[str] = []
    tone = ""
    for part in unicodedata.normalize("NFD", word.casefold()):
        if part in _TONES:
            tone = _TONES[part]
        elif unicodedata.category(part) != "Cf":
            letters.append(part)
    return with_one_i(unicodedata.normalize("NFC", "".join(letters))) + tone


def with_one_i(word: str) -> str:
    """Write the vowel y at the end of a syllable as i, as half of all people do: "my" as "mi", but "thuy" as it is."""
    return _LONE_Y.sub("i", word) if word.endswith("y") else word
