"""A reading made even for counting: what is only ever different (numbers, links) is masked, raw Telex is decoded.

"Toois nopj 0912 345 678" becomes `tối nộp <phone>`. Every token keeps its place in the text as it was written.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from libs.places import FoldedText, fold

from .reading import Reading, Word, forms, words_in

MASKED: Final = re.compile(
    r"(?P<link>https?://\S+|www\.\S+|\b(?:[\w-]{1,40}\.){1,4}(?:com|vn|net|org|top|xyz|cc|vip|club|site|shop|info|ly|me|io)\b\S*)"
    r"|(?P<mail>\b[\w.+-]{1,40}@[\w-]{1,40}\.\w+)"
    r"|(?P<phone>(?<![\w.-])(?:\+84|0)(?:[ .-]?[\dx]){8,10}(?![\w-])|\b1[89]00[ .]?[\dx]{2,6}\b)"
    r"|(?P<date>\b\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?\b)"
    r"|(?P<code>\b(?=[\w./-]{0,40}\d[\w./-]{0,40}\d)(?:[A-Za-z]{1,5}[./-]?)?\d[\w]*(?:[./-]\w+){1,8}\b|\b[A-Za-z]{0,4}\d{5,}\w*\b)"
)
"""What is only ever different; the group that matched says what it is."""
_MAY_BE_MASKED: Final = re.compile(r"[\d@]|[.:]\S")
"""A sign without which nothing of it matches: looked for first, as most messages have none."""
_MONEY_UNITS: Final = frozenset(("k", "trieu", "nghin", "ngan", "dong", "d", "vnd", "ty", "lit", "chai"))
_DIGITS: Final = re.compile(r"\d+")


class Token(NamedTuple):
    """One word as it is counted, with and without its marks, and where it stands in the text."""

    marked: str
    plain: str
    start: int
    end: int


def tokens_of(reading: Reading) -> tuple[Token, ...]:
    """The words of a reading as they are counted, in order."""
    return tuple(_with_amounts(_masked(reading)))


def _masked(reading: Reading) -> Iterator[Token]:
    found_masks = MASKED.finditer(reading.text) if _MAY_BE_MASKED.search(reading.text) else ()
    masks = iter([(f"<{found.lastgroup}>", *found.span()) for found in found_masks])
    mask = next(masks, None)
    for word in reading.words:
        while mask is not None and mask[2] <= word.start:
            yield Token(mask[0], mask[0], mask[1], mask[2])
            mask = next(masks, None)
        if mask is None or word.end <= mask[1]:
            yield Token(word.marked, word.plain, word.start, word.end)
    while mask is not None:
        yield Token(mask[0], mask[0], mask[1], mask[2])
        mask = next(masks, None)


def _with_amounts(tokens: Iterator[Token]) -> Iterator[Token]:
    """Numbers as one token, and with their unit as money."""
    number: Token | None = None
    for token in tokens:
        if number is not None:
            if token.plain in _MONEY_UNITS:
                yield Token("<money>", "<money>", number.start, token.end)
                number = None
                continue
            yield Token("<number>", "<number>", number.start, number.end)
            number = None
        if token.plain.isalpha():  # nearly every word
            yield token
        elif token.plain.isdigit():
            number = token
        elif any(letter.isdigit() for letter in token.plain):
            yield Token(_DIGITS.sub("0", token.marked), _DIGITS.sub("0", token.plain), token.start, token.end)
        else:
            yield token
    if number is not None:
        yield Token("<number>", "<number>", number.start, number.end)


_TONES: Final = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_SHAPES: Final = (("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("uwow", "ươ"), ("uow", "ươ"),
                  ("uwo", "ươ"), ("ow", "ơ"), ("uw", "ư"))  # fmt: skip
_TELEX: Final = re.compile(r"[a-z]{2,9}")
_SYLLABLE: Final = re.compile(
    r"(ngh|ng|nh|gh|gi(?=[aâăeêioôơuư])|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?"
    r"([aâăeêioôơuưy]{1,3})(ng|nh|ch|[cmnpt])?"
)
_RESIDUE: Final = re.compile(
    r"[fjw]|aa|ee|dd|oo|[aeiouy](?:ng|nh|ch|[cmnpt])?[sxr]$|[aeiouy][sxr](?:ng|nh|ch|[cmnptaiouy])$"
)
_SHAPED: Final = "âăêôơưđ"
_FEWEST_RESIDUES: Final = 3
_RESIDUE_SHARE: Final = 0.2


def decoded(reading: Reading) -> Reading:
    """The reading with its Telex keystrokes read as the letters they stand for, where the text is full of them."""
    readable = sum(_telex(word.plain) is not None for word in reading.words if word.unmarked)
    if readable < _FEWEST_RESIDUES or readable < _RESIDUE_SHARE * len(reading.words):
        return reading
    words = tuple(_decoded_word(word) for word in reading.words)
    accented = sum(not word.unmarked for word in words) * 4 >= len(words)
    return Reading(reading.text, words, accented, _decoded_text(reading.text))


def _decoded_text(text: str) -> FoldedText:
    """The text folded as if its keystrokes had become letters; each of them stands where its whole word does."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    after = 0
    for first, end in (*words_in(text), (len(text), len(text))):
        for at in range(after, first):
            sign = " " if text[at].isspace() else text[at]
            if sign != " " or letters[-1:] != [" "]:
                letters.append(sign)
                starts.append(at)
                ends.append(at + 1)
        marked, plain = forms(text[first:end])
        plain = fold((_telex(plain) if marked == plain else None) or text[first:end])
        letters += plain
        starts += [first] * len(plain)
        ends += [end] * len(plain)
        after = end
    return FoldedText("".join(letters), starts, ends)


def _decoded_word(word: Word) -> Word:
    letters = _telex(word.plain) if word.unmarked else None
    return word if letters is None else Word(*forms(letters), word.start, word.end, word.clause)


@lru_cache(maxsize=8_192)
def _telex(word: str) -> str | None:
    """What the keystrokes of one word stand for; None when they show nothing of Telex or stand for no syllable."""
    if not _TELEX.fullmatch(word) or not _RESIDUE.search(word):
        return None
    tone = ""
    vowel_seen = False
    letters = []
    for letter in word:
        if vowel_seen and letter in _TONES and not tone:
            tone = _TONES[letter]
            continue
        vowel_seen = vowel_seen or letter in "aeiouy"
        letters.append(letter)
    syllable = "".join(letters)
    for keys, shape in _SHAPES:
        syllable = syllable.replace(keys, shape)
    if syllable.endswith("w"):  # the hook typed last: "nguoiw", "tranwg" are rare, "duocw" is not
        syllable = syllable[:-1].replace("uo", "ươ", 1)
    if "d" in syllable[1:] and syllable[0] == "d":
        syllable = "đ" + syllable[1:].replace("d", "", 1)
    found = _SYLLABLE.fullmatch(syllable)
    if found is None:
        return None
    initial, vowels, final = (part or "" for part in found.groups())
    if tone:
        at = max((index for index, vowel in enumerate(vowels) if vowel in _SHAPED), default=-1)
        if at < 0:
            at = len(vowels) - 1 if final or len(vowels) == 1 else len(vowels) - 2
        vowels = vowels[: at + 1] + tone + vowels[at + 1 :]
    return unicodedata.normalize("NFC", initial + vowels + final)
