"""Officers, agencies' own systems, and the requests they repeat."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import AgencyId, Desk

from .. import tables as t
from ..domain.permission import Role


class Account(NamedTuple):
    """Who acts: an officer, or a system through its token."""

    id: UUID
    name: str
    agency_id: AgencyId
    roles: frozenset[Role]


class Answered(NamedTuple):
    """What a request was answered with, for when it is sent again."""

    request_hash: bytes
    status: int
    body: Any
    version: int


class LoginTaken(Exception):
    """Another officer signs in under this name."""


class AccountStore:
    """The accounts of schema `routing`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add_officer(self, account: Account, login: str, password_hash: str, at: datetime) -> None:
        """Make an account.

        Raises:
            LoginTaken: the login is in use.
        """
        added = await self._session.execute(
            upsert(t.officers)
            .values(**_columns(account), login=login, password_hash=password_hash, created_at=at)
            .on_conflict_do_nothing(index_elements=["login"])
            .returning(t.officers.c.id)
        )
        if added.first() is None:
            raise LoginTaken

    async def officer(self, login: str) -> RowMapping | None:
        """One officer's account by login, with what signing in needs."""
        found = await self._session.execute(select(t.officers).where(t.officers.c.login == login))
        return found.mappings().first()

    async def set_active(self, login: str, *, active: bool) -> AgencyId | None:
        """Open or close an officer's account; gives his agency, nothing when there is no such login."""
        changed = await self._session.execute(
            update(t.officers)
            .where(t.officers.c.login == login)
            .values(active=active)
            .returning(t.officers.c.agency_id)
        )
        agency_id = changed.scalar()
        return AgencyId(agency_id) if agency_id is not None else None

    async def heads_changed(self, agency_id: str, *, has_head: bool) -> None:
        """Let others stand in for a head while nobody is there: on his desk the Office, at the Office its officers."""
        c = t.cases.c
        waits_for_head = or_(c.desk == Desk.HEAD.value, c.accused.contains([agency_id]))
        await self._session.execute(
            update(t.cases)
            .where(c.agency_id == agency_id, waits_for_head, c.ended_at.is_(None), c.no_head == has_head)
            .values(no_head=not has_head)
        )

    async def add_token(self, account: Account, token_hash: bytes, at: datetime) -> None:
        """Let a system of an agency in."""
        await self._session.execute(
            insert(t.api_tokens).values(**_columns(account), token_hash=token_hash, created_at=at)
        )

    async def by_token(self, token_hash: bytes) -> Account | None:
        """Whose token it is, unless it was revoked."""
        c = t.api_tokens.c
        found = await self._session.execute(
            select(c.id, c.name, c.agency_id, c.roles).where(c.token_hash == token_hash, c.revoked_at.is_(None))
        )
        return _account(found.mappings().first())

    async def revoke_token(self, token_id: UUID, at: datetime) -> bool:
        """Shut a system out; False when there is no such token in force."""
        c = t.api_tokens.c
        gone = await self._session.execute(
            update(t.api_tokens).where(c.id == token_id, c.revoked_at.is_(None)).values(revoked_at=at).returning(c.id)
        )
        return gone.first() is not None

    async def first_request(self, actor: UUID, key: str, request_hash: bytes, at: datetime) -> Answered | None:
        """Claim an idempotency key; gives the earlier answer when it was used before.

        A twin under way is waited for: the key is written in the transaction of the effect.
        """
        claimed = await self._session.execute(
            upsert(t.idempotency_keys)
            .values(actor=actor, key=key, request_hash=request_hash, at=at)
            .on_conflict_do_nothing()
            .returning(t.idempotency_keys.c.key)
        )
        if claimed.first() is not None:
            return None
        c = t.idempotency_keys.c
        found = await self._session.execute(
            select(c.request_hash, c.status, c.body, c.version).where(c.actor == actor, c.key == key)
        )
        return Answered(*found.one())

    async def keep_answer(self, actor: UUID, key: str, status: int, body: Mapping[str, Any], version: int) -> None:
        """Keep what a request was answered with."""
        c = t.idempotency_keys.c
        await self._session.execute(
            update(t.idempotency_keys)
            .where(c.actor == actor, c.key == key)
            .values(status=status, body=body, version=version)
        )

    async def forget_requests(self, before: datetime, limit: int) -> int:
        """Forget old keys; returns how many went."""
        c = t.idempotency_keys.c
        old = select(c.actor, c.key).where(c.at < before).order_by(c.at).limit(limit).subquery()
        gone = await self._session.execute(
            delete(t.idempotency_keys).where(c.actor == old.c.actor, c.key == old.c.key).returning(func.now())
        )
        return len(gone.all())


def _columns(account: Account) -> dict[str, Any]:
    return {**account._asdict(), "roles": sorted(account.roles)}


def _account(row: RowMapping | None) -> Account | None:
    if row is None:
        return None
    return Account(row["id"], row["name"], AgencyId(row["agency_id"]), frozenset(map(Role, row["roles"])))
