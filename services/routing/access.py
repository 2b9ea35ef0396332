"""Who is asking: an agency's system by its token, an officer by whatever the desk adds to `RECOGNISED_BY`."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends, Request

from libs.runtime.run import Run
from libs.web.problem import Problem

from .domain.permission import Officer
from .parts import RoutingParts, RunDep
from .store import Account, AccountStore

Recogniser = Callable[[Request, Run[RoutingParts]], Awaitable[Officer | None]]

_BEARER: Final = "bearer "
_TOKEN_PREFIX: Final = "ln_"  # so that a token left lying about is recognised as ours  # noqa: S105


def new_token() -> str:
    """A token for an agency's system: 256 random bits."""
    return _TOKEN_PREFIX + secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def officer_of(account: Account, parts: RoutingParts) -> Officer:
    """An account as the rules see it."""
    of_office = account.agency_id == parts.province.directory.office_id
    return Officer(account.id, account.name, account.agency_id, account.roles, of_office)


async def by_bearer_token(request: Request, run: Run[RoutingParts]) -> Officer | None:
    """The system a token was given to.

    Raises:
        Problem: a token was shown that is not, or no longer, in force.
    """
    shown = request.headers.get("authorization", "")
    if not shown.lower().startswith(_BEARER):
        return None
    async with run.begin() as tx:
        account = await AccountStore(tx.session).by_token(hash_of(shown[len(_BEARER) :].strip()))
    if account is None:
        raise _not_signed_in("Mã truy cập không đúng hoặc đã bị thu hồi.")
    return officer_of(account, run.parts)


RECOGNISED_BY: list[Recogniser] = [by_bearer_token]
"""Ways to know who asks, tried in order."""


async def current_officer(request: Request, run: RunDep) -> Officer:
    """Who is asking.

    Raises:
        Problem: nobody we know.
    """
    for recognise in RECOGNISED_BY:
        officer = await recognise(request, run)
        if officer is not None:
            return officer
    raise _not_signed_in("Cần mã truy cập hoặc phiên đăng nhập của cán bộ.")


OfficerDep = Annotated[Officer, Depends(current_officer)]


def _not_signed_in(detail: str) -> Problem:
    return Problem(401, "not-signed-in", "Chưa đăng nhập", detail, headers={"WWW-Authenticate": "Bearer"})
