"""Somebody who may look at every table from outside, lock rows, and keep a copy of everything that is said."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url


class Administrator:
    """The database of a city as its administrator sees it. Connects when asked, so the server may come and go."""

    def __init__(self, database_url: str) -> None:
        self._url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._loop = asyncio.new_event_loop()
        self._connection: asyncpg.Connection | None = None

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Ask, or change something and read what comes back."""
        return [dict(row) for row in self._loop.run_until_complete(self._fetch(sql, values))]

    def one(self, sql: str, *values: Any) -> Any:
        """The first value of the first row; None without one."""
        found = self.rows(sql, *values)
        return next(iter(found[0].values())) if found else None

    @contextmanager
    def holding(self, sql: str) -> Iterator[None]:
        """Keep what a statement locks, until the block ends."""
        connection: asyncpg.Connection = self._loop.run_until_complete(asyncpg.connect(self._url))
        try:
            self._loop.run_until_complete(connection.execute("BEGIN"))
            self._loop.run_until_complete(connection.execute(sql))
            yield
        finally:
            self._loop.run_until_complete(connection.close())

    def watch_what_is_said(self, schemas: Sequence[str]) -> None:
        """Copy every row that enters an outbox, in the very transaction that writes it; outboxes themselves empty."""
        self.rows(_WITNESS)
        for schema in schemas:
            self.rows(
                f"CREATE TRIGGER witness AFTER INSERT ON {schema}.outbox FOR EACH ROW EXECUTE FUNCTION witness.note()"
            )

    def close(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._loop.run_until_complete(self._connection.close())
        self._loop.close()

    async def _fetch(self, sql: str, values: Sequence[Any]) -> list[asyncpg.Record]:
        for _ in range(2):
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncpg.connect(self._url)
            try:
                found: list[asyncpg.Record] = await self._connection.fetch(sql, *values)
            except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError):
                # The server was away since the last question, and this is how we learn of it.
                self._connection = None
            else:
                return found
        raise AssertionError("the database does not answer")


_WITNESS = """
DO $$ BEGIN
    CREATE SCHEMA witness;
    CREATE TABLE witness.said (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        service text, event_id uuid, name text, key uuid, body bytea, at timestamptz DEFAULT clock_timestamp()
    );
    CREATE FUNCTION witness.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $note$ BEGIN
        INSERT INTO witness.said (service, event_id, name, key, body)
        VALUES (TG_TABLE_SCHEMA, NEW.event_id, NEW.name, NEW.key, NEW.body);
        RETURN NULL;
    END $note$;
    GRANT USAGE ON SCHEMA witness TO PUBLIC;
END $$
"""
