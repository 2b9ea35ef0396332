"""Before a version starts: roles, schema, migrations, the province's rows. Safe to run again, and side by side."""

import re
from dataclasses import dataclass
from typing import Any, Final

from aio_pika.exceptions import AMQPError
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from libs.runtime.bus.topology import declare
from libs.runtime.clock import Clock
from libs.runtime.log import get_logger
from libs.runtime.service import Service
from libs.runtime.settings import RuntimeSettings
from libs.runtime.tx import Tx

from . import migrate
from .topology import topology

log = get_logger()

_LOCK: Final = 7_261_109
"""Advisory lock: one `prepare` at a time per database, whichever service."""
_ROLE: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class NotPrepared(Exception):
    """A person must do something first; the text says what, as SQL where it is SQL."""


@dataclass(frozen=True, slots=True)
class _Role:
    name: str
    password: str


async def prepare(service: Service, settings: RuntimeSettings, clock: Clock) -> None:
    """Make a service's schema ready for this version of its code.

    Raises:
        NotPrepared: roles or schema are missing and may not be created here, or the owner's address is missing.
    """
    if settings.owner_database_url is None:
        raise NotPrepared(
            f"{service.name.upper()}_OWNER_DATABASE_URL is missing: `prepare` migrates as the schema's owner"
        )
    owner_url = make_url(settings.owner_database_url.get_secret_value())
    serving = _role_of(make_url(settings.database_url.get_secret_value()))
    if settings.admin_database_url is not None:
        await _create_roles(
            service.name, make_url(settings.admin_database_url.get_secret_value()), _role_of(owner_url), serving
        )
    engine = create_async_engine(owner_url, hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await _schema(connection, service.name, _role_of(owner_url), serving)
            await migrate.upgrade(service.name, connection)
            await _grant(connection, service.name, serving)
            await _load(connection, service, settings, clock)
    finally:
        await engine.dispose()
    if settings.amqp_url is not None:
        await _declare_queues(settings.amqp_url.get_secret_value())
    log.info("prepared", service=service.name)


async def _declare_queues(url: str) -> None:
    try:
        # All of them, not the service's own: nobody speaks before everybody who hears has a queue.
        await declare(url, topology())
    except (AMQPError, OSError) as error:
        raise NotPrepared(f"the broker at AMQP_URL does not take the queues ({type(error).__qualname__})") from None


def _role_of(url: URL) -> _Role:
    name, password = url.username or "", url.password or ""
    if not _ROLE.fullmatch(name):
        raise NotPrepared("a role's name may hold lower-case letters, digits and underscores only")
    return _Role(name, str(password))


async def _create_roles(schema: str, admin: URL, owner: _Role, serving: _Role) -> None:
    engine = create_async_engine(admin, hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            for role in (owner, serving):
                if not await connection.scalar(
                    text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": role.name}
                ):
                    quoted = await connection.scalar(text("SELECT quote_literal(:word)"), {"word": role.password})
                    await connection.exec_driver_sql(f"CREATE ROLE {role.name} LOGIN PASSWORD {quoted}")
            await connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            await connection.exec_driver_sql(f"ALTER SCHEMA {schema} OWNER TO {owner.name}")
    finally:
        await engine.dispose()


async def _schema(connection: AsyncConnection, schema: str, owner: _Role, serving: _Role) -> None:
    missing = [
        role.name
        for role in (owner, serving)
        if not await connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": role.name})
    ]
    there = await connection.scalar(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": schema})
    if missing or not there:
        sql = [f"CREATE ROLE {name} LOGIN PASSWORD '…';" for name in missing]
        sql += [] if there else [f"CREATE SCHEMA {schema} AUTHORIZATION {owner.name};"]
        raise NotPrepared("an administrator of the database runs this once:\n" + "\n".join(sql))


async def _grant(connection: AsyncConnection, schema: str, serving: _Role) -> None:
    for sql in (
        f"GRANT USAGE ON SCHEMA {schema} TO {serving.name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {serving.name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {serving.name}",
        f"REVOKE INSERT, UPDATE, DELETE ON {schema}.alembic_version FROM {serving.name}",
    ):
        await connection.exec_driver_sql(sql)


async def _load(connection: AsyncConnection, service: Service, settings: RuntimeSettings, clock: Clock) -> None:
    async with AsyncSession(bind=connection, expire_on_commit=False) as session:
        tx: Tx[Any] = Tx(session, clock.now(), None, ())
        await service.prepare(tx, settings)
        await session.flush()
