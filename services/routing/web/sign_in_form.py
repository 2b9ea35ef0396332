"""The sign-in form: what it carries along for afterwards, and the token that shows it was ours."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi import Request, Response

from ..settings import RoutingSettings
from .forms import Values
from .look import page
from .session import is_secure, keys_of

SIGN_IN: Final = "/desk/sign-in"
OUR_FIELDS: Final = frozenset({"csrf", "login", "password", "next"})
_NONCE: Final = "ln_sign_in"
_SOUND_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_INSIDE: Final = re.compile(r"/desk(/[A-Za-z0-9_-]+)*(\?[A-Za-z0-9_=&%.~+-]*)?")
_ACTION: Final = re.compile(r"(/desk/(?:cases|review)/[0-9a-f-]{36})/[a-z-]{1,20}")


@dataclass(frozen=True, slots=True)
class Onward:
    """Where an officer goes once he is signed in, and the form he was sending there when his session ran out."""

    address: str = "/desk"
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """The address as a page to open: of an action, its case."""
        action = _ACTION.fullmatch(self.address)
        return action[1] if action else self.address


def onward_to(address: str, values: Values | None = None) -> Onward:
    """Where to go: an address of the desk; of anything else, the desk itself. A form is kept for an action only."""
    inside = len(address) <= 2_000 and _INSIDE.fullmatch(address) and not address.startswith(SIGN_IN)
    if not inside:
        return Onward()
    kept = {name: value for name, value in (values or {}).items() if name not in OUR_FIELDS}
    return Onward(address, kept if _ACTION.fullmatch(address) else {})


def sign_in_page(
    request: Request,
    onward: Onward,
    *,
    login: str = "",
    problem: str = "",
    signed_out: bool = False,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The form, with a token of its own: a stranger's page cannot sign anybody in under a name of its choice."""
    settings = request.app.state.run.settings
    shown = request.cookies.get(_NONCE, "")
    nonce = shown if _SOUND_NONCE.fullmatch(shown) else secrets.token_urlsafe(32)
    values = {
        "onward": onward,
        "login": login,
        "problem": problem,
        "signed_out": signed_out,
        "token": _token(nonce, settings),
    }
    response = page(request, "sign_in.html", values, status, headers)
    response.set_cookie(_NONCE, nonce, path="/desk", httponly=True, samesite="lax", secure=is_secure(settings))
    return response


def is_ours(request: Request, told: str | None) -> bool:
    """Whether the form was given to this very browser."""
    nonce = request.cookies.get(_NONCE, "")
    expected = _token(nonce, request.app.state.run.settings)
    return bool(nonce) and hmac.compare_digest(expected.encode(), (told or "").encode(errors="replace"))


def used_up(response: Response) -> None:
    """Take the form's cookie back."""
    response.delete_cookie(_NONCE, path="/desk")


def _token(nonce: str, settings: RoutingSettings) -> str:
    secret = keys_of(settings).csrf_secret.encode()
    return hmac.new(secret, f"sign-in:{nonce}".encode(errors="replace"), hashlib.sha256).hexdigest()
