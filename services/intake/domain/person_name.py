"""Names of people as they are typed in a chat: in one case or the other, after "tôi tên là", beside other facts."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from libs.places import fold, folded_with_offsets, has_diacritics

_MAX_WORDS: Final = 7
_MAX_LENGTH: Final = 60

_SURNAMES: Final = frozenset(
    re.findall(
        r"\w+",
        "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh truong doan lam mai trinh dao luu "
        "luong cao ha tang to ta chu trieu kieu quach thai nghiem la phung vuong cu khuat dam nong vi ma tong tu hua "
        "thach bach giang ung an chau diep du au ton khuc mac nhu ninh phi quan son than tiet trang van",
    )
)
_NEVER_IN_A_NAME: Final = frozenset(
    re.findall(
        r"\w+",
        "không ko của được dc nhưng tôi sao bị ubnd nộp gì nào chưa ngày cũng nếu các một người gặp sửa gửi lâu biết "
        "rồi vậy nữa giấy xin chào hỏi",
    )
)
_NEVER_PLAIN: Final = frozenset(fold(word) for word in _NEVER_IN_A_NAME)
_PERHAPS_A_NAME: Final = frozenset({"nhung", "hoi", "toi", "lau"})
"""Nhung, Hội, Tới, Lầu: given names that without their marks look like words of a sentence."""
_NOT_A_NAME: Final = re.compile(
    r"\b(?:can bo|thu tuc|ho so|khai sinh|cho chut|doi ti|doi chut|de sau|tu tu|de lam|the nao|bao gio|o dau|cam on|"
    r"dong y|noi dung|ha noi|gui di|huy bo|quay lai|tiep tuc|tra cuu)\b"
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")

_VOWEL: Final = re.compile("[aeiouy]")

_I: Final = r"(?:toi|em|minh|chau|con)"
_POLITE: Final = re.compile(r"(?:(?:da|vang|ok|oke|a|va|xin|thua)\s+)+")
_LABEL: Final = re.compile(
    rf"(?:(?:ho\s+va\s+ten|ho\s+ten|quy\s+danh|nguoi\s+gui|cong\s+dan)(?:\s+(?:cua\s+)?{_I})?"
    rf"|{_I}\s+ten|ten\s+(?:cua\s+)?{_I}|ten|toi|em|minh|chau)"
    r"(?:\s+(?:la|day\s+du\s+la))?\s*[:\-]*\s+"
)
_TITLE: Final = re.compile(r"(?:ong|ba|anh|chi|co|chu|bac)\s+")
_TAIL: Final = re.compile(r"\s+(?:a|ah|nhe|nha|day|do)$")
_INTRODUCTION: Final = re.compile(
    r"\b(?:(?:ho\s+va\s+ten|ho\s+ten|(?:toi|em|minh|chau)\s+ten|ten\s+(?:toi|em|minh|chau))(?:\s+la)?|(?:toi|em|chau)\s+la)"
    r"\s*:?\s+"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as it will be written."""

    full_name: str
    is_short: bool
    """One word only: asked once more before it is believed."""


def read_name(piece: str, *, asked: bool) -> Name | None:
    """The name a piece of a text consists of, after "tôi tên là" and the like; None when it is something else.

    Without having asked, only names that begin with a Vietnamese surname are believed.
    """
    folded = folded_with_offsets(piece)
    end = len(folded.text)
    polite = _POLITE.match(folded.text)
    start = polite.end() if polite else 0
    label = _LABEL.match(folded.text, start)
    start = label.end() if label else start
    tail = _TAIL.search(folded.text, start)
    if tail:
        end = tail.start()
    title = _TITLE.match(folded.text, start)
    # "Anh Tuấn" may be a whole name, "ông Nguyễn Văn An" is not.
    if title and len(folded.text[title.end() : end].split()) >= 2:
        start = title.end()
    if start >= end:
        return None
    first, last = folded.span(start, end)
    return _as_name(piece[first:last], folded.text[start:end], asked=asked or label is not None)


def find_introduction(text: str) -> Name | None:
    """The name somebody gives in the course of a story: "Tôi là Nguyễn Văn An, hôm qua …"."""
    folded = folded_with_offsets(text)
    for match in _INTRODUCTION.finditer(folded.text):
        words = re.split(r"[^\w\s'’]", folded.text[match.end() :], maxsplit=1)[0].split()
        for count in range(min(len(words), 5), 1, -1):
            plain = " ".join(words[:count])
            first, last = folded.span(match.end(), match.end() + len(plain))
            # In running text only capitals tell where a name ends.
            if words[0] in _SURNAMES and all(word[:1].isupper() for word in text[first:last].split()):
                return _as_name(text[first:last], plain, asked=False)
    return None


def _as_name(written: str, plain: str, *, asked: bool) -> Name | None:
    words, plain_words = written.split(), plain.split()
    if (
        not all(_WORD.fullmatch(word) for word in words)
        or not 1 <= len(words) <= _MAX_WORDS
        or len(written) > _MAX_LENGTH
    ):
        return None
    if not all(_VOWEL.search(word) for word in plain_words):
        return None
    if _has_word_of_sentence(words, plain_words) or _NOT_A_NAME.search(plain):
        return None
    if len(words) == 1:
        return Name(_titled(words), is_short=True) if asked and len(plain) > 1 else None
    if plain_words[0] in _SURNAMES or (asked and len(words) <= 5):
        return Name(_titled(words), is_short=False)
    return None


def _has_word_of_sentence(words: Sequence[str], plain_words: Sequence[str]) -> bool:
    """Whether something in it is never part of a name. Marks tell "Nhung" from "nhưng"; else the surname does."""
    after_surname = plain_words[0] in _SURNAMES and len(words) > 1
    for word, plain in zip(words, plain_words, strict=True):
        if has_diacritics(word):
            if unicodedata.normalize("NFC", word).casefold() in _NEVER_IN_A_NAME:
                return True
        elif plain in _NEVER_PLAIN and not (after_surname and plain in _PERHAPS_A_NAME):
            return True
    return False


def _titled(words: list[str]) -> str:
    joined = " ".join(words)
    one_case = joined.islower() or joined.isupper()
    return " ".join(word[:1].upper() + (word[1:].lower() if one_case else word[1:]) for word in words)
