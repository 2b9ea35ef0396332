"""Signing in and out. A wrong password and an unknown login are answered alike, and after the same time."""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

import anyio
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from libs.contracts.vocabulary import AgencyId
from libs.runtime.log import get_logger
from libs.runtime.run import Run

from ..domain.permission import Role
from ..parts import RoutingParts, RunDep
from ..store import Account, AccountStore
from .desk_route import DeskRoute, FormDep, VisitDep
from .forms import read_form
from .look import page
from .session import begin, delete_cookie, end, keys_of, set_cookie, visit_by, visit_of
from .sign_in_form import SIGN_IN, Onward, is_ours, onward_to, sign_in_page, used_up
from .store import DeskStore
from .throttle import ADDRESS, FORGOTTEN_AFTER, LOGIN

log = get_logger()
router = APIRouter(include_in_schema=False, route_class=DeskRoute)

_KEPT: Final = "kept."
_LONGEST_LOGIN: Final = 200
# Verifying takes 64 MB and a core for a moment: more at once would only starve everybody else.
_VERIFYING: Final = anyio.Semaphore(2)


@lru_cache(maxsize=1)
def _stranger() -> str:
    """What an unknown login's password is compared with, so that it takes as long as a known one's."""
    return PasswordHasher().hash(secrets.token_urlsafe(16))


@router.get(SIGN_IN)
async def sign_in_form(request: Request, run: RunDep, next: str = "/desk", out: bool = False) -> Response:  # noqa: A002
    """The form; whoever is signed in already goes on."""
    onward = onward_to(next)
    if await visit_of(request, run) is not None:
        return RedirectResponse(onward.page, 303)
    return sign_in_page(request, onward, signed_out=out)


@router.post(SIGN_IN)
async def sign_in(request: Request, run: RunDep) -> Response:
    """Check login and password, as often as patience allows."""
    values = await read_form(request)
    kept = {name.removeprefix(_KEPT): value for name, value in values.items() if name.startswith(_KEPT)}
    onward = onward_to(values.get("next", ""), kept)
    if not is_ours(request, values.get("csrf")):
        return sign_in_page(request, onward, problem="Trang đăng nhập đã cũ. Xin nhập lại.", status=403)
    login = values.get("login", "").replace("\0", "").strip()[:_LONGEST_LOGIN]
    tries = _keys_of_tries(login, request, run)
    wait = await _count(tries, run)
    if wait is not None:
        problem = f"Đã thử nhiều lần chưa đúng. Xin chờ {_in_words(wait)} rồi thử lại."
        seconds = {"Retry-After": str(int(wait.total_seconds()) + 1)}
        return sign_in_page(request, onward, login=login, problem=problem, status=429, headers=seconds)
    account = await _account(login, values.get("password", ""), run)
    if account is None:
        log.warning("sign_in_failed")
        problem = "Tên đăng nhập hoặc mật khẩu chưa đúng."
        return sign_in_page(request, onward, login=login, problem=problem, status=403)
    await _forgive(tries, run)
    token = await begin(account, run)
    log.info("officer_signed_in", officer_id=str(account.id), agency=account.agency_id)
    response = await _next_page(request, run, token, onward)
    set_cookie(response, token, run)
    used_up(response)
    return response


@router.post("/desk/sign-out")
async def sign_out(request: Request, run: RunDep, visit: VisitDep, _form: FormDep) -> Response:
    """End the session, also for any copy of its cookie."""
    await end(visit, run)
    request.state.visit = None
    response = RedirectResponse(f"{SIGN_IN}?out=1", 303)
    delete_cookie(response, run)
    return response


async def _next_page(request: Request, run: Run[RoutingParts], token: str, onward: Onward) -> Response:
    """Where the officer wanted to go; what he was sending when the session ran out is put before him again."""
    if not onward.kept:
        return RedirectResponse(onward.page, 303)
    request.state.visit = await visit_by(token, run)
    return page(request, "resume.html", {"onward": onward})


async def _account(login: str, password: str, run: Run[RoutingParts]) -> Account | None:
    """Whose login and password these are; nobody when either is wrong or the account is closed."""
    async with run.begin() as tx:
        row = await AccountStore(tx.session).officer(login)
    async with _VERIFYING:
        fits = await anyio.to_thread.run_sync(_verify, row["password_hash"] if row else _stranger(), password)
    if row is None or not fits or not row["active"]:
        return None
    return Account(UUID(str(row["id"])), row["name"], AgencyId(row["agency_id"]), frozenset(map(Role, row["roles"])))


def _verify(password_hash: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


async def _count(tries: Mapping[str, bytes], run: Run[RoutingParts]) -> timedelta | None:
    """Count a try against login and address before it is made; how long to wait instead, when it must wait."""
    async with run.begin() as tx:
        store, now = DeskStore(tx.session), tx.now
        login, address = await store.tries(tries["login"], now), await store.tries(tries["address"], now)
        until = [one.blocked_until for one in (login, address) if one.blocked_until and one.blocked(now)]
        if until:
            return max(until) - now
        await store.keep_tries(tries["login"], login.one_more(now, LOGIN))
        await store.keep_tries(tries["address"], address.one_more(now, ADDRESS))
    return None


async def _forgive(tries: Mapping[str, bytes], run: Run[RoutingParts]) -> None:
    """The try was no guess. Of the address only this one is forgiven: an own account must not buy further guesses."""
    async with run.begin() as tx:
        store = DeskStore(tx.session)
        await store.forget_tries(tries["login"], tx.now - FORGOTTEN_AFTER)
        await store.take_back_try(tries["address"])


def _keys_of_tries(login: str, request: Request, run: Run[RoutingParts]) -> dict[str, bytes]:
    secret = keys_of(run.settings).csrf_secret.encode()
    told = {"login": login.casefold(), "address": _network(request.client.host if request.client else "")}
    return {
        name: hmac.new(secret, f"{name}:{value}".encode(errors="replace"), hashlib.sha256).digest()
        for name, value in told.items()
    }


def _network(host: str) -> str:
    """One visitor: an IPv4 address, or the /64 an IPv6 visitor has all to himself."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host


def _in_words(wait: timedelta) -> str:
    seconds = int(wait.total_seconds()) + 1
    return f"{seconds} giây" if seconds < 60 else f"{-(-seconds // 60)} phút"
