"""Making and closing accounts: who may hold which role, and what is kept of a password."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from argon2 import PasswordHasher
from pydantic import BaseModel, ConfigDict, ValidationError

from libs.contracts.vocabulary import AgencyId
from libs.runtime.ids import uuid7
from libs.runtime.tx import Tx

from .access import hash_of, new_token
from .domain.calendar import local_day
from .domain.directory import Current
from .domain.permission import CITY_WIDE, Role
from .parts import RoutingParts
from .store import Account, AccountStore, CaseStore, LoginTaken

PASSWORD_AT_LEAST = 12


class BadAccount(Exception):
    """The account cannot be made as asked; the text says why."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token, shown once: only its hash is kept."""

    id: UUID
    token: str


async def add_officer(
    login: str, name: str, password: str, agency_id: str, roles: Iterable[Role], tx: Tx[RoutingParts]
) -> UUID:
    """Make an officer's account.

    Raises:
        BadAccount: agency, roles, password or login will not do.
    """
    if len(password) < PASSWORD_AT_LEAST:
        raise BadAccount(f"a password has at least {PASSWORD_AT_LEAST} characters")
    account = _account(name, agency_id, roles, tx)
    try:
        await AccountStore(tx.session).add_officer(account, login, PasswordHasher().hash(password), tx.now)
    except LoginTaken:
        raise BadAccount(f"the login {login} is in use") from None
    await _look_for_head(account.agency_id, tx)
    return account.id


class _ToLoad(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    login: str
    name: str
    agency_id: str
    roles: tuple[Role, ...]
    password: str


async def load_officers(lines: Iterable[str], tx: Tx[RoutingParts]) -> int:
    """Make the accounts that are not there yet, all or none, and tell how many; those that are stay as they are.

    Raises:
        BadAccount: a line is no account, or one cannot be made as asked.
    """
    accounts, made = AccountStore(tx.session), 0
    for number, line in enumerate(lines, start=1):
        try:
            asked = _ToLoad.model_validate_json(line)
        except ValidationError as error:
            wrong = ", ".join(".".join(map(str, one["loc"])) or one["type"] for one in error.errors())
            raise BadAccount(f"line {number}: {wrong}") from None
        if await accounts.officer(asked.login) is None:
            await add_officer(asked.login, asked.name, asked.password, asked.agency_id, asked.roles, tx)
            made += 1
    return made


async def close_officer(login: str, tx: Tx[RoutingParts]) -> None:
    """Close an officer's account. Cases at the desk of a head who leaves stand on the Office's as well.

    Raises:
        BadAccount: nobody has that login.
    """
    agency_id = await AccountStore(tx.session).set_active(login, active=False)
    if agency_id is None:
        raise BadAccount(f"nobody has the login {login}")
    await _look_for_head(agency_id, tx)


async def add_token(name: str, agency_id: str, roles: Iterable[Role], tx: Tx[RoutingParts]) -> NewToken:
    """Let an agency's system in.

    Raises:
        BadAccount: agency or roles will not do.
    """
    account, token = _account(name, agency_id, roles, tx), new_token()
    await AccountStore(tx.session).add_token(account, hash_of(token), tx.now)
    return NewToken(account.id, token)


async def revoke_token(token_id: UUID, tx: Tx[RoutingParts]) -> None:
    """Shut an agency's system out.

    Raises:
        BadAccount: there is no such token in force.
    """
    if not await AccountStore(tx.session).revoke_token(token_id, tx.now):
        raise BadAccount("no such token is in force")


def _account(name: str, agency_id: str, roles: Iterable[Role], tx: Tx[RoutingParts]) -> Account:
    directory, held = tx.parts.province.directory, frozenset(roles)
    standing = directory.current(AgencyId(agency_id), local_day(tx.now))
    if not isinstance(standing, Current) or standing.instead_of:
        raise BadAccount(f"no agency {agency_id} is in force today")
    if not held:
        raise BadAccount("an account has at least one role")
    if held & CITY_WIDE and agency_id != directory.office_id:
        raise BadAccount(f"only accounts of {directory.office_id} may be {', '.join(sorted(held & CITY_WIDE))}")
    return Account(uuid7(), name, AgencyId(agency_id), held)


async def _look_for_head(agency_id: AgencyId, tx: Tx[RoutingParts]) -> None:
    has_head = await CaseStore(tx.session).has_head(agency_id)
    await AccountStore(tx.session).heads_changed(agency_id, has_head=has_head)
