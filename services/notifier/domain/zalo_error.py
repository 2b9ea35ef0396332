"""What each refusal of Zalo's Official Account API asks of us.

Source: reference of the Zalo platform, 3.7 (error codes of `openapi.zalo.me`; the template-message host has another
table for the same numbers). Unknown codes count as permanent and alarm.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ErrorClass(StrEnum):
    """R, T, Q, P, H, W of the reference."""

    RETRY = "retry"
    """The same message may go later."""
    TOKEN = "token"  # noqa: S105 - the class of errors, not a secret
    """The access token is dead: renew it once, try once more."""
    QUOTA = "quota"
    """Next day or period."""
    PERMANENT = "permanent"
    """This message will never go this way."""
    PERSON = "person"
    """Nothing goes before somebody mends the account."""
    WAIT = "wait"
    """Until the citizen writes again."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How to treat one refusal."""

    kind: ErrorClass
    meaning: str
    alarm: bool = False
    """A person should look although the queue goes on."""
    tries: int | None = None
    """Give up after so many; none: only with age."""
    at_least_s: float = 0.0
    """Do not come back sooner."""
    everyone: bool = False
    """It is about the account, not about this citizen: all sending pauses."""
    after_night: bool = False
    """Not before the city wakes."""


_R, _T, _Q, _P, _H, _W = (
    ErrorClass.RETRY,
    ErrorClass.TOKEN,
    ErrorClass.QUOTA,
    ErrorClass.PERMANENT,
    ErrorClass.PERSON,
    ErrorClass.WAIT,
)

_TABLE: Final = MappingProxyType(
    {
        -32: Verdict(_R, "over the limit per minute", at_least_s=20.0, everyone=True),
        -100: Verdict(_P, "uploaded attachment expired"),
        -124: Verdict(_T, "access token invalid"),
        -200: Verdict(_R, "send failed, no detail given", tries=3),
        -201: Verdict(_P, "a field is invalid", alarm=True),
        -204: Verdict(_H, "the account was deleted"),
        -205: Verdict(_H, "the account does not exist"),
        -209: Verdict(_H, "app not activated"),
        -210: Verdict(_P, "a parameter is beyond its limit", alarm=True),
        -211: Verdict(_Q, "out of quota"),
        -212: Verdict(_H, "API not registered for the app"),
        -213: Verdict(_W, "does not follow the account"),
        -214: Verdict(_R, "being processed"),
        -216: Verdict(_T, "access token invalid"),
        -217: Verdict(_P, "blocked the invitation"),
        -218: Verdict(_Q, "recipient's limit reached"),
        -219: Verdict(_H, "app removed or disabled"),
        -220: Verdict(_T, "access token expired or removed"),
        -221: Verdict(_H, "account not verified"),
        -224: Verdict(_H, "account's package too low"),
        -227: Verdict(_P, "recipient banned or inactive for 45 days"),
        -230: Verdict(_W, "no interaction in seven days"),
        -232: Verdict(_W, "no interaction, or it has expired"),
        -233: Verdict(_P, "kind of message not supported"),
        -234: Verdict(_R, "not at night", after_night=True),
        -235: Verdict(_H, "not for this kind of account"),
        -237: Verdict(_P, "group or asset problem"),
        -238: Verdict(_P, "group or asset problem"),
        -240: Verdict(_H, "this version of the API is closed"),
        -241: Verdict(_P, "group or asset problem"),
        -242: Verdict(_H, "appsecret_proof wrong"),
        -244: Verdict(_P, "recipient restricted this kind of message"),
        -248: Verdict(_P, "content violates the platform's rules", alarm=True),
        -249: Verdict(_P, "template cannot go by user id"),
        -305: Verdict(_W, "older text of the 48 h rule"),
        -311: Verdict(_W, "older text of the 48 h rule"),
        -320: Verdict(_H, "no billing account"),
        -321: Verdict(_H, "no money"),
        -403: Verdict(_P, "group or asset problem"),
    }
)

_NOT_GRANTED: Final = Verdict(_H, "the account has not granted this API")
_ARTICLE_QUOTA: Final = Verdict(_Q, "article quota")
_UNKNOWN: Final = Verdict(_P, "unknown code", alarm=True)

FORM_REFUSED: Final = frozenset({-201, -210, -233})
"""Codes that may be about the buttons rather than the words: worth one try without buttons."""


def verdict(code: int, message: str) -> Verdict:
    """How to treat a refusal. Two codes mean two things each, told apart by the message alone.

    -32 is the app's or the account's limit per minute: all sending pauses either way. -223 is a permission nobody
    granted, unless its text speaks of a quota.
    """
    if code == -223:
        return _ARTICLE_QUOTA if "quota" in message.casefold() else _NOT_GRANTED
    return _TABLE.get(code, _UNKNOWN)
