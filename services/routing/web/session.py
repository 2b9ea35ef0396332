"""Who is at the desk: the cookie, its renewal, and the token every form carries.

The cookie alone lasts 15 minutes, for any service to verify. routing renews it while its session is in the table and
the officer's account is open, so that signing out and closing an account hold at once here, and everywhere soon.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from fastapi import Request, Response

from libs.runtime.ids import uuid7
from libs.runtime.run import Run
from libs.ui.session import COOKIE, OfficerSession, SessionKeys, SessionSigner, csrf_token, csrf_valid

from ..access import officer_of
from ..domain.permission import Officer
from ..parts import RoutingParts
from ..settings import RoutingSettings
from ..store import Account
from .store import DeskStore

TOKEN_LASTS: Final = timedelta(minutes=15)
RENEWED_BELOW: Final = timedelta(minutes=10)
IDLE_AT_MOST: Final = timedelta(minutes=60)
"""Who writes a long answer may pause; who went home is signed out."""
LASTS_AT_MOST: Final = timedelta(hours=10)

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER: Final = "x-csrf-token"


@dataclass(frozen=True, slots=True)
class Visit:
    """An officer at the desk, for the length of one request."""

    officer: Officer
    agency_name: str
    session: OfficerSession
    csrf: str
    token: str | None = None
    """A fresh token for the cookie, when the old one is running out."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs, verifies and protects; made from the settings."""

    signer: SessionSigner
    verifier: SessionKeys
    csrf_secret: str


@lru_cache(maxsize=4)
def keys_of(settings: RoutingSettings) -> Keys:
    """The keys of one running service."""
    private = settings.session_private_key.get_secret_value()
    signer = SessionSigner(private)
    secret = hashlib.sha256(f"desk forms:{private}".encode()).hexdigest()
    return Keys(signer, SessionKeys({signer.public_key, *settings.officer_session_public_keys}), secret)


async def begin(account: Account, run: Run[RoutingParts]) -> str:
    """Open a session for an officer who proved who he is; the token for his cookie."""
    async with run.begin() as tx:
        session = _session(account, tx.now + TOKEN_LASTS)
        await DeskStore(tx.session).begin_session(session.session_id, account.id, tx.now)
    return keys_of(run.settings).signer.sign(session)


async def end(visit: Visit, run: Run[RoutingParts]) -> None:
    """Close a session for good: its cookie is renewed no more, wherever a copy of it lies."""
    async with run.begin() as tx:
        await DeskStore(tx.session).end_session(visit.session.session_id, tx.now)


async def visit_of(request: Request, run: Run[RoutingParts]) -> Visit | None:
    """Who is at the desk."""
    return await visit_by(request.cookies.get(COOKIE), run)


async def visit_by(token: str | None, run: Run[RoutingParts]) -> Visit | None:
    """Whom a token stands for, as the accounts say now, not as they did when he signed in."""
    now, keys = run.clock.now(), keys_of(run.settings)
    session = keys.verifier.read(token, now - (IDLE_AT_MOST - TOKEN_LASTS))
    if session is None:
        return None
    async with run.begin() as tx:
        account = await DeskStore(tx.session).account_of_session(session.session_id, now - LASTS_AT_MOST)
    if account is None or account.id != session.officer_id:
        return None
    told = replace(session, name=account.name, agency_id=account.agency_id, roles=frozenset(account.roles))
    return Visit(
        officer=officer_of(account, run.parts),
        agency_name=run.parts.province.directory.short_name_of(account.agency_id),
        session=told,
        csrf=csrf_token(session, keys.csrf_secret),
        token=_renewed(told, session, now, keys),
    )


async def officer_of_cookie(request: Request, run: Run[RoutingParts]) -> Officer | None:
    """The officer a browser's cookie stands for, for `access.RECOGNISED_BY`; what changes something also needs the
    form's token, in the header `X-CSRF-Token`.
    """
    visit = await visit_of(request, run)
    if visit is None:
        return None
    if request.method not in _SAFE_METHODS and not belongs(visit, request.headers.get(CSRF_HEADER), run):
        return None
    return visit.officer


def belongs(visit: Visit, told: str | None, run: Run[RoutingParts]) -> bool:
    """Whether a form was made for this session."""
    return csrf_valid(visit.session, keys_of(run.settings).csrf_secret, told)


def set_cookie(response: Response, token: str, run: Run[RoutingParts]) -> None:
    """Give the browser its token."""
    response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="lax", secure=is_secure(run.settings))


def delete_cookie(response: Response, run: Run[RoutingParts]) -> None:
    """Take the token back."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=is_secure(run.settings))


def is_secure(settings: RoutingSettings) -> bool:
    """Whether cookies travel over TLS only: always, save where people reach the city without it (the demo)."""
    return settings.public_url.scheme == "https"


def _session(account: Account, expires_at: datetime) -> OfficerSession:
    roles = frozenset(role.value for role in account.roles)
    return OfficerSession(uuid7(), account.id, account.name, account.agency_id, roles, expires_at)


def _renewed(told: OfficerSession, shown: OfficerSession, now: datetime, keys: Keys) -> str | None:
    """A fresh token when the shown one runs out soon or no longer says what the account says."""
    changed = told != shown
    if shown.expires_at - now > RENEWED_BELOW and not changed:
        return None
    return keys.signer.sign(replace(told, expires_at=now + TOKEN_LASTS))
