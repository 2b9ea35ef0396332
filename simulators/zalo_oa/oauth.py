"""The consent page and the token calls.

Errors arrive as HTTP 200 in a shape of their own; the only sign of success is an access token in the body.
"""

import hmac
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from simulators.zalo_oa.fault import Fault
from simulators.zalo_oa.page import render
from simulators.zalo_oa.simulator import SimulatorDep

APP_REFUSED = -14002
REDIRECT_REFUSED = -14003
REFRESH_TOKEN_REFUSED = -14014
CODE_REFUSED = -14019  # assumed: the published pages give no number for a bad code

router = APIRouter(prefix="/v4/oa")


@router.get("/permission")
async def ask_for_consent(
    simulator: SimulatorDep, app_id: str, redirect_uri: str, code_challenge: str = "", state: str = ""
) -> Response:
    """Ask the account's administrator whether the application may act for it."""
    if app_id != simulator.settings.app_id:
        return _refused(APP_REFUSED, "Invalid app.")
    if not _may_return_to(redirect_uri, simulator.settings.redirect_uri):
        return _refused(REDIRECT_REFUSED, "Invalid redirect uri")
    return render(
        "consent.html",
        oa_name=simulator.settings.oa_name,
        redirect_uri=redirect_uri,
        code_challenge=code_challenge,
        state=state,
    )


@router.post("/permission", response_class=HTMLResponse)
async def give_consent(
    simulator: SimulatorDep,
    redirect_uri: Annotated[str, Form()],
    code_challenge: Annotated[str, Form()] = "",
    state: Annotated[str, Form()] = "",
) -> Response:
    """Send the administrator back to the application with a code."""
    if not _may_return_to(redirect_uri, simulator.settings.redirect_uri):
        return _refused(REDIRECT_REFUSED, "Invalid redirect uri")
    code = simulator.tokens.consent(code_challenge)
    told = urlencode({"code": code, "oa_id": simulator.settings.oa_id, "state": state})
    return RedirectResponse(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{told}", status_code=303)


@router.post("/access_token")
async def issue_tokens(
    request: Request,
    simulator: SimulatorDep,
    app_id: Annotated[str, Form()] = "",
    grant_type: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    code_verifier: Annotated[str, Form()] = "",
    refresh_token: Annotated[str, Form()] = "",
) -> JSONResponse:
    """Exchange a consent code, or rotate a refresh token."""
    told_secret = request.headers.get("secret_key", "")  # underscore: the platform's own spelling
    if app_id != simulator.settings.app_id:
        return _refused(APP_REFUSED, "Invalid app.")
    if not hmac.compare_digest(told_secret.encode(), simulator.settings.app_secret.encode()):
        return _refused(APP_REFUSED, "Invalid secret key.")
    if grant_type == "authorization_code":
        pair = simulator.tokens.exchange(code, code_verifier)
        refusal = _refused(CODE_REFUSED, "Invalid code.")
    elif grant_type == "refresh_token":
        pair = simulator.tokens.refresh(refresh_token)
        refusal = _refused(REFRESH_TOKEN_REFUSED, "Invalid refresh token.")
    else:
        return _refused(APP_REFUSED, "Invalid grant type.")
    if pair is None:
        return refusal
    life_s = simulator.settings.access_token_life_s
    return JSONResponse(
        {
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
            "expires_in": life_s if simulator.faults.take(Fault.OAUTH_NUMBER_EXPIRES_IN) else str(life_s),
        }
    )


def _may_return_to(redirect_uri: str, registered: str) -> bool:
    if registered:
        return redirect_uri == registered
    return redirect_uri.startswith(("http://", "https://"))


def _refused(code: int, name: str) -> JSONResponse:
    return JSONResponse(
        {
            "error": code,
            "error_name": name,
            "error_reason": name,
            "error_description": name,
            "ref_doc": "https://developers.zalo.me/docs/social-api/tham-khao/user-access-token-v4",
        }
    )
