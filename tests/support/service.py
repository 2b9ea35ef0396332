"""A service at work on a real PostgreSQL, for one test."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Table, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from libs.launch.prepare import prepare
from libs.runtime.clock import Clock, SystemClock
from libs.runtime.run import Run
from libs.runtime.service import Service
from tests.support.settings import BY_SERVICE, SHARED


class Workbench:
    """One database of one test process: each schema is prepared once, what tests write is emptied after each."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self._admin = make_url(database_url).set(drivername="postgresql+asyncpg")
        self._folder = folder
        self._prefix = f"t{secrets.token_hex(3)}"
        self._kept: dict[str, set[str]] = {}

    def settings(self, service: Service, **overrides: Any) -> Any:
        """The service's settings on this database, with roles of this process's own."""
        roles = {
            f"{kind}database_url": self._admin.set(
                username=f"{self._prefix}_{service.name}_{role}", password=self._prefix
            )
            for kind, role in (("owner_", "owner"), ("", "svc"))
        }
        urls = {name: url.render_as_string(hide_password=False) for name, url in roles.items()}
        admin = self._admin.render_as_string(hide_password=False)
        given = {**SHARED, "blob_url": self._folder.as_uri(), **BY_SERVICE.get(service.name, {}), **urls}
        return service.settings(**{**given, "admin_database_url": admin, **overrides})

    async def prepared(self, service: Service) -> None:
        """Migrate the service's schema and load its province rows, once."""
        if service.name not in self._kept:
            await prepare(service, self.settings(service), SystemClock())
            self._kept[service.name] = await self._tables_with_rows(service.metadata)

    async def created(self, service: Service) -> None:
        """For toy services without migrations: their tables as they stand in the code."""
        if service.name in self._kept:
            return
        settings = self.settings(service)
        engine = create_async_engine(self._admin)
        async with engine.begin() as connection:
            await connection.execute(text(f"CREATE SCHEMA {service.name}"))
            await connection.run_sync(service.metadata.create_all)
            role = make_url(settings.database_url.get_secret_value())
            await connection.execute(text(f"CREATE ROLE {role.username} LOGIN PASSWORD '{role.password}'"))
            await connection.execute(text(f"GRANT USAGE ON SCHEMA {service.name} TO {role.username}"))
            for kind in ("TABLES", "SEQUENCES"):
                await connection.execute(text(f"GRANT ALL ON ALL {kind} IN SCHEMA {service.name} TO {role.username}"))
        await engine.dispose()
        self._kept[service.name] = set()

    async def empty(self, service: Service) -> None:
        """Remove what a test wrote; the province's rows stay."""
        kept = self._kept[service.name]
        names = [table.fullname for table in service.metadata.tables.values() if table.name not in kept]
        engine = create_async_engine(self._admin)
        async with engine.begin() as connection:
            await connection.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE"))
        await engine.dispose()

    async def vacuum(self, table: Table) -> None:
        """Clear up a table, as the server does now and then: it plans by what it found there this time."""
        engine = create_async_engine(self._admin, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(f"VACUUM ANALYZE {table.fullname}"))
        await engine.dispose()

    @asynccontextmanager
    async def locked(self, table: Table) -> AsyncIterator[None]:
        """Nobody else gets at a table meanwhile."""
        engine = create_async_engine(self._admin)
        async with engine.begin() as connection:
            await connection.execute(text(f"LOCK TABLE {table.fullname}"))
            yield
        await engine.dispose()

    async def _tables_with_rows(self, metadata: MetaData) -> set[str]:
        engine = create_async_engine(self._admin)
        async with engine.connect() as connection:
            filled = {
                table.name
                for table in metadata.tables.values()
                if await connection.scalar(text(f"SELECT EXISTS (SELECT 1 FROM {table.fullname})"))
            }
        await engine.dispose()
        return filled


class Runs:
    """The services one test has at work."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self._open: list[Run[Any]] = []

    async def __call__(
        self, service: Service, *, clock: Clock | None = None, toy: bool = False, **settings: Any
    ) -> Run[Any]:
        """A service with its parts built, in no bus; call again for a second replica."""
        await (self.bench.created(service) if toy else self.bench.prepared(service))
        run: Run[Any] = Run(service, self.bench.settings(service, **settings), clock or SystemClock())
        await run.prepare_parts()
        self._open.append(run)
        return run

    async def close(self) -> None:
        """Stop everything and empty the schemas used."""
        for run in self._open:
            await run.halt()
            await run.close()
        for service in {run.service.name: run.service for run in self._open}.values():
            await self.bench.empty(service)


async def eventually(condition: Callable[[], Awaitable[Any]], within_s: float = 10.0) -> Any:
    """Wait until a condition holds and give its value; fail when it does not in time."""
    ends = asyncio.get_running_loop().time() + within_s
    while True:
        value = await condition()
        if value:
            return value
        if asyncio.get_running_loop().time() > ends:
            raise AssertionError(f"not within {within_s} s")
        await asyncio.sleep(0.02)
