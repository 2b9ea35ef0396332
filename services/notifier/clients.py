"""Zalo as the notifier sees it: two hosts, typed outcomes, nothing of the wire anywhere else.

Source: reference of the Zalo platform, 3 (Official Account API) and 4 (OAuth). Errors arrive with HTTP 200.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from libs.web.outbound import NoAnswer, NotSent, OutboundHttp, Reply

from .domain.attempt import Refused, SendOutcome, Sent, TokenDead, TryLater, Uncertain
from .domain.wording import Option
from .domain.zalo_error import FORM_REFUSED, ErrorClass, Verdict, verdict

_MOST_BUTTONS: Final = 5
_LOST: Final = frozenset({502, 504})
"""Statuses of a gateway that itself got no answer: the message may have been carried out behind it."""
# Any other 5xx is Zalo's own word that it failed: the message may be tried again.
_USUAL_LIFE: Final = timedelta(hours=25)
_NOT_ALLOWED: Final = Verdict(ErrorClass.PERSON, "the address refuses us")
_BAD_REQUEST: Final = Verdict(ErrorClass.PERMANENT, "the address refuses this request", alarm=True)


class ZaloClient:
    """Consultation messages of our Official Account. A refusal is an ordinary outcome, not an exception."""

    def __init__(self, http: OutboundHttp) -> None:
        self._http = http

    async def send_text(
        self, access_token: str, user_id: str, text: str, options: Sequence[Option] = ()
    ) -> SendOutcome:
        """Send one text message to a citizen.

        Buttons that Zalo will not have are left away in a second call: they are listed in the text anyhow.
        """
        message: dict[str, Any] = {"text": text}
        if options:
            buttons = [_button(option) for option in options[:_MOST_BUTTONS]]
            message["attachment"] = {"type": "template", "payload": {"buttons": buttons}}
        outcome = await self._send(access_token, {"recipient": {"user_id": user_id}, "message": message})
        if options and isinstance(outcome, Refused) and outcome.code in _FORM_REFUSED:
            return await self.send_text(access_token, user_id, text)
        return outcome

    async def answers(self, access_token: str) -> bool:
        """Whether Zalo is there, asked without risk: nothing reaches a citizen."""
        try:
            reply = await self._http.call("GET", "/v2.0/oa/getoa", headers={"access_token": access_token})
        except (NotSent, NoAnswer):
            return False
        return reply.status < 500 and _object(reply.body) is not None

    async def _send(self, access_token: str, body: dict[str, Any]) -> SendOutcome:
        try:
            reply = await self._http.call(
                "POST", "/v3.0/oa/message/cs", json=body, headers={"access_token": access_token}
            )
        except NotSent:
            return TryLater("net:not_sent")
        except NoAnswer:
            return Uncertain("net:no_answer")
        return _outcome_of(reply)

    async def close(self) -> None:
        """Close its connections."""
        await self._http.close()


_FORM_REFUSED: Final = frozenset(f"zalo:{code}" for code in FORM_REFUSED)


def _button(option: Option) -> dict[str, Any]:
    if option.url:
        return {"title": option.title, "type": "oa.open.url", "payload": {"url": option.url}}
    return {"title": option.title, "type": "oa.query.show", "payload": option.payload or option.title}


def _outcome_of(reply: Reply) -> SendOutcome:
    answer = _object(reply.body)
    if answer is not None and "error" in answer:
        return _outcome_of_answer(answer)
    code = f"http:{reply.status}"
    if reply.status in _LOST:
        return Uncertain(code)
    if reply.status == 429 or reply.status >= 500 or reply.status == 408:
        return TryLater(code, _seconds(reply.headers.get("Retry-After")), everyone=reply.status == 429)
    if 200 <= reply.status < 300:
        return Uncertain(f"{code}:not_json")
    return Refused(code, _BAD_REQUEST if reply.status in (400, 413, 422) else _NOT_ALLOWED)


def _outcome_of_answer(answer: dict[str, Any]) -> SendOutcome:
    error = _whole(answer["error"])
    if error == 0:
        inside = answer.get("data")
        sent = inside if isinstance(inside, dict) else {}
        quota = sent.get("quota")
        kind = quota.get("quota_type") if isinstance(quota, dict) else None
        return Sent(_text(sent.get("message_id")), _text(kind))
    if error is None:
        return Uncertain("zalo:unreadable")
    code = f"zalo:{error}"
    found = verdict(error, str(answer.get("message", "")))
    return TokenDead(code) if found.kind is ErrorClass.TOKEN else Refused(code, found)


@dataclass(frozen=True, slots=True)
class Renewed:
    """A new pair; the old refresh token is used up."""

    access_token: str
    refresh_token: str | None
    """None was seen nowhere but must not be taken for one: the access token alone makes the answer a success."""
    lives: timedelta


@dataclass(frozen=True, slots=True)
class RefreshRefused:
    """Zalo does not accept the refresh token."""

    code: str


@dataclass(frozen=True, slots=True)
class RefreshNotSent:
    """Nothing reached Zalo, or it said to come back: the refresh token is untouched."""

    code: str


@dataclass(frozen=True, slots=True)
class RefreshLost:
    """The answer was lost: the old refresh token may be used up, and nobody knows the new one."""

    code: str


RefreshOutcome = Renewed | RefreshRefused | RefreshNotSent | RefreshLost


class ZaloOAuth:
    """Renews the account's tokens."""

    def __init__(self, http: OutboundHttp, app_id: str, app_secret: str) -> None:
        self._http = http
        self._app_id = app_id
        self._app_secret = app_secret

    async def refresh(self, refresh_token: str) -> RefreshOutcome:
        """Exchange a refresh token for a new pair. Success is a non-empty access token, and nothing else."""
        form = {"refresh_token": refresh_token, "app_id": self._app_id, "grant_type": "refresh_token"}
        try:
            reply = await self._http.call(
                "POST", "/v4/oa/access_token", data=form, headers={"secret_key": self._app_secret}
            )
        except NotSent:
            return RefreshNotSent("net:not_sent")
        except NoAnswer:
            return RefreshLost("net:no_answer")
        answer = _object(reply.body) or {}
        if access := _text(answer.get("access_token")):
            return Renewed(access, _text(answer.get("refresh_token")), _life(answer.get("expires_in")))
        if _whole(answer.get("error")):
            return RefreshRefused(f"zalo:{_whole(answer.get('error'))}")
        if reply.status in (429, 503):
            return RefreshNotSent(f"http:{reply.status}")
        if 400 <= reply.status < 500:
            return RefreshRefused(f"http:{reply.status}")
        return RefreshLost(f"http:{reply.status}")

    async def close(self) -> None:
        """Close its connections."""
        await self._http.close()


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    # Ids are strings; some answers were seen with numbers (reference of the Zalo platform, 3.5).
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str | float):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def _life(expires_in: Any) -> timedelta:
    seconds = _whole(expires_in)
    return min(timedelta(seconds=min(seconds, 10**6)), _USUAL_LIFE) if seconds and seconds > 0 else _USUAL_LIFE


def _seconds(header: str | None) -> float:
    return float(header) if header is not None and header.strip().isdecimal() else 0.0
