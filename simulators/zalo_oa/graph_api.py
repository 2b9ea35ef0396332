"""The citizen's own side: the profile and phone number a Mini App or a login page may ask for with consent."""

import hmac
import secrets

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from simulators.zalo_oa.answer import refused
from simulators.zalo_oa.citizen import Citizen
from simulators.zalo_oa.signature import secret_proof
from simulators.zalo_oa.simulator import Simulator, SimulatorDep

USER_TOKEN_LIFE_MS = 3600 * 1000
PHONE_TOKEN_LIFE_MS = 2 * 60 * 1000
USER_TOKEN_REFUSED = 452

router = APIRouter()


class LoginRequest(BaseModel):
    """Who opens the Mini App or the login page."""

    user_id: str


@router.post("/login", tags=["testers"])
async def login(simulator: SimulatorDep, asked: LoginRequest) -> dict[str, str]:
    """Stand in for the phone: the tokens a Mini App gets when this citizen opens it and consents."""
    citizen = simulator.citizen_acts.met(asked.user_id)
    return {
        "access_token": _grant(simulator, citizen, "user", USER_TOKEN_LIFE_MS),
        "phone_token": _grant(simulator, citizen, "phone", PHONE_TOKEN_LIFE_MS),
    }


@router.get("/v2.0/me")
async def profile(request: Request, simulator: SimulatorDep) -> JSONResponse:
    """Who the citizen is, flat and without an envelope; the proof is mandatory here."""
    token = request.headers.get("access_token", "")
    citizen = _citizen_of(simulator, token, "user")
    if citizen is None:
        return refused(USER_TOKEN_REFUSED, "User session expired")
    proof = request.headers.get("appsecret_proof", "")
    if not hmac.compare_digest(proof.encode(), secret_proof(simulator.settings.app_secret, token).encode()):
        return refused(-501, "appsecret_proof is invalid")  # assumed: the number is not published
    picture = {"data": {"url": simulator.files.sample_url("sample", "chan-dung.png")}}
    return JSONResponse(
        {
            "error": 0,
            "message": "Success",
            "id": citizen.user_id_by_app,
            "name": citizen.name,
            "picture": picture,
            "is_sensitive": False,
        }
    )


@router.get("/v2.0/me/info")
async def phone_number(request: Request, simulator: SimulatorDep) -> JSONResponse:
    """The citizen's number for a phone token that works once within two minutes."""
    headers, secret = request.headers, simulator.settings.app_secret
    if not hmac.compare_digest(headers.get("secret_key", "").encode(), secret.encode()):
        return refused(-501, "secret_key is invalid")  # assumed
    if _citizen_of(simulator, headers.get("access_token", ""), "user") is None:
        return refused(USER_TOKEN_REFUSED, "User session expired")
    citizen = _citizen_of(simulator, headers.get("code", ""), "phone", uses_up=True)
    if citizen is None:
        return refused(-501, "code is invalid")  # assumed
    return JSONResponse({"data": {"number": citizen.phone}, "error": 0, "message": "Success"})


def _grant(simulator: Simulator, citizen: Citizen, kind: str, life_ms: int) -> str:
    token = secrets.token_urlsafe(32)
    with simulator.database.transaction():
        simulator.database.execute(
            "INSERT INTO login_grants (token, kind, user_id, expires_at) VALUES (?, ?, ?, ?)",
            token,
            kind,
            citizen.user_id,
            simulator.now_ms() + life_ms,
        )
    return token


def _citizen_of(simulator: Simulator, token: str, kind: str, *, uses_up: bool = False) -> Citizen | None:
    now = simulator.now_ms()
    with simulator.database.transaction():
        row = simulator.database.execute(
            "UPDATE login_grants SET used_at = CASE WHEN ?4 THEN ?3 END"
            " WHERE token = ?1 AND kind = ?2 AND expires_at > ?3 AND used_at IS NULL RETURNING user_id",
            token,
            kind,
            now,
            uses_up,
        ).fetchone()
    return simulator.citizens.get(row["user_id"]) if row else None
