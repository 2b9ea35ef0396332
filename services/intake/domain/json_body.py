"""A body somebody posted, read as JSON without trusting any of it."""

import json
import re
from dataclasses import dataclass
from typing import Final, Literal, NoReturn, TypeAlias

JsonObject: TypeAlias = dict[str, object]
"""An object whose numbers are texts, with their digits exactly as written."""


@dataclass(frozen=True, slots=True)
class NotAnObject:
    """A body that is not one JSON object."""

    reason: Literal["not_json", "too_deep", "not_an_object"]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


# Numbers stay text: ids of 19 digits keep every digit, and a signed timestamp is the text that was signed.
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse, strict=False)

_UNWANTED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def read_object(raw: bytes) -> JsonObject | NotAnObject:
    """The JSON object in a body, read leniently where leniency saves a person's words.

    Bytes that are not UTF-8 become U+FFFD, a byte order mark is passed over, control characters may stand in strings.
    """
    try:
        value = _DECODER.decode(raw.decode("utf-8-sig", "replace"))
    except RecursionError:
        return NotAnObject("too_deep")
    except ValueError:
        return NotAnObject("not_json")
    return value if isinstance(value, dict) else NotAnObject("not_an_object")


def object_at(parent: JsonObject, key: str) -> JsonObject:
    """The object under a key; empty when there is none."""
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def list_at(parent: JsonObject, key: str) -> list[object]:
    """The list under a key; empty when there is none."""
    value = parent.get(key)
    return value if isinstance(value, list) else []


def text_at(parent: JsonObject, *keys: str, limit: int | None = None) -> str:
    """The clean text or number under the first of these keys that has one; empty when none has."""
    for key in keys:
        value = parent.get(key)
        if isinstance(value, str) and value:
            return clean(value[:limit])
    return ""


def clean(text: str) -> str:
    """A text any store and page can hold: halves of characters become U+FFFD, control characters go, the rest stays."""
    if text.isprintable():  # most are, and then there is nothing to look for
        return text
    return _SURROGATE.sub("\ufffd", _UNWANTED.sub("", text))
