"""What sort of utterance a message is: something told, a greeting, a foreign language, a question about one's case."""

import re
import unicodedata
from enum import StrEnum
from typing import Final

from libs.places import fold

_WORD: Final = re.compile(r"[^\W\d_]+")

_ENOUGH_WORDS: Final = 3
_ENOUGH_LETTERS: Final = 8

_PLEASE: Final = re.compile(r"\blam on\b")
_COURTESY: Final = frozenset(
    re.findall(
        r"\w+",
        "on xin chao hello hi alo a lo ah ak anh chi em ban ad admin shop oi nhe nha da vang u uh ong ba toi minh chau "
        "con bac co chu cho hoi voi giup ai khong ko k o day cam nhieu rat qua ok oke duoc roi thank thanks you test "
        "thu buoi sang trua chieu toi tot lanh van phong vui long muon phan anh kien nghi gui gop y kinh thua quy ay "
        "hihi haha hehe huhu vay thoi the nhu cua la va nua di",
    )
)
_THANKS: Final = re.compile(r"\b(?:cam on|cam un|thanks?|tks)\b")

# None of them is also a Vietnamese syllable without its marks, as "the", "to", "can" and "my" are.
_FOREIGN_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "is are and of please want what for with this have was need help you your from there they were will would "
        "about when where why which hello dear sir madam regarding how does did "
        "je vous les pour une nous avec bonjour merci",
    )
)

_STATUS: Final = re.compile(
    r"(?:ma|ho so|phan anh|kien nghi|don|vu viec|viec)\b.{0,40}?\b(?:den dau|toi dau|the nao roi|ra sao|xu ly chua|"
    r"giai quyet chua|xong chua|co ket qua chua|tra loi chua|ket qua the nao|bao gio xong|bao gio co ket qua)\b"
)
_STATUS_WORDS_AT_MOST: Final = 16
_LOOK_UP: Final = re.compile(r"#?\s?tra\s?cuu\b")


class Gist(StrEnum):
    """What a message amounts to, before anybody reads it closely."""

    MATTER = "matter"
    THIN = "thin"
    """Some words of a matter, too few to act upon."""
    COURTESY = "courtesy"
    """A greeting, thanks, a sign: answered, never filed."""
    FOREIGN = "foreign"


def gist_of(text: str) -> Gist:
    """What sort of utterance this is. In doubt it is a matter: asking once too often costs less than losing one."""
    if is_foreign(text):
        return Gist.FOREIGN
    words = [word for word in _WORD.findall(_PLEASE.sub("", fold(text))) if word not in _COURTESY]
    if len(words) >= _ENOUGH_WORDS and sum(map(len, words)) >= _ENOUGH_LETTERS:
        return Gist.MATTER
    return Gist.THIN if words else Gist.COURTESY


def is_thanks(text: str) -> bool:
    """Whether a short courtesy is thanks."""
    return bool(_THANKS.search(fold(text)))


def is_foreign(text: str) -> bool:
    """Whether a text is plainly in another language: another script, or English words and no Vietnamese letter.

    Vietnamese without diacritics, abbreviations and teen spelling are Vietnamese.
    """
    letters = [sign for sign in unicodedata.normalize("NFC", text) if sign.isalpha()]
    marked = [sign for sign in letters if not sign.isascii()]
    if any(map(_is_vietnamese_letter, marked)):
        return False
    if sum(not _is_latin(sign) for sign in marked) * 2 > len(letters):
        return True
    words = _WORD.findall(fold(text))
    foreign = sum(word in _FOREIGN_WORDS for word in words)
    return foreign >= 2 and foreign * 6 >= len(words)


def _is_latin(sign: str) -> bool:
    return sign < "\u0250" or "\u1e00" <= sign <= "\u1eff"


def _is_vietnamese_letter(sign: str) -> bool:
    # One mark may be French; ă, đ, ơ, ư, a dot below, a hook above or two marks on one letter are Vietnamese.
    marks = unicodedata.normalize("NFD", sign)[1:]
    return _is_latin(sign) and (
        sign in "đĐ" or len(marks) > 1 or any(mark in "\u0306\u031b\u0309\u0323" for mark in marks)
    )


def asks_to_look_up(text: str) -> bool:
    """Whether somebody types the look-up command, with or without more."""
    return bool(_LOOK_UP.match(fold(text)))


def asks_for_status(text: str) -> bool:
    """Whether somebody asks, in a sentence, how far their case has come."""
    folded = fold(text)
    return len(folded.split()) <= _STATUS_WORDS_AT_MOST and bool(_STATUS.search(folded))
