"""The database as one service sees it: a small pool that says busy early instead of hanging."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from pydantic_core import to_json
from sqlalchemy import ARRAY, ColumnElement, CompoundSelect, Insert, Select, Update, any_, func, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from .settings import RuntimeSettings

_BUSY: Final = {
    "53300",  # too many connections
    "55P03",  # lock not available in time
    "57014",  # cancelled by statement time-out
    "57P01", "57P02", "57P03",  # server stopping, crashed, starting
    "08000", "08001", "08003", "08004", "08006",  # connection trouble
    "25006",  # read only: a standby during a switch-over
    "53100", "53200",  # disk full, out of memory
}  # fmt: skip
_CONFLICT: Final = {"40001", "40P01"}  # serialisation failure, deadlock: the same work succeeds when run again

Written = Insert | Update
_APPENDED: Final = "appended"


class Database:
    """One service's engine."""

    def __init__(self, settings: RuntimeSettings, application: str) -> None:
        self._url = make_url(settings.database_url.get_secret_value())
        self._application = application
        wait_ms = str(int(settings.database_wait_s * 1000))
        self.engine: AsyncEngine = create_async_engine(
            settings.database_url.get_secret_value(),
            pool_size=settings.database_pool_size,
            max_overflow=0,
            pool_timeout=settings.database_wait_s,
            pool_use_lifo=True,
            hide_parameters=True,
            json_serializer=lambda value: to_json(value).decode(),  # a third of the time of json.dumps
            connect_args={
                "timeout": 3,
                "server_settings": {
                    "application_name": application,
                    "lock_timeout": wait_ms,
                    "statement_timeout": str(int(settings.database_statement_s * 1000)),
                    # A frozen process holds what it has locked no longer than this.
                    "idle_in_transaction_session_timeout": "10000",
                },
            },
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it fails."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session
            await write_appended(session)

    async def connect_alone(self) -> asyncpg.Connection:
        """A connection outside the pool, for what is kept open; whoever asks for it closes it."""
        url = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return await asyncpg.connect(url, timeout=3, server_settings={"application_name": self._application})

    async def answers(self) -> bool:
        """Whether the database answers now."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:
            if is_busy(error):
                return False
            raise
        return True

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


def append(session: AsyncSession, statement: Written, row: Mapping[str, Any]) -> None:
    """Write a row before the commit, in one go with all others of the same statement: a tenth of its cost alone.

    For what is not read again in this transaction; what it refers to must have been written before. The statement is
    one object of the module, not one made for each call.
    """
    session.info.setdefault(_APPENDED, {}).setdefault((statement, frozenset(row)), []).append(row)


async def write_appended(session: AsyncSession, *those: Written) -> None:
    """Write what was appended so far, by these statements or by all."""
    appended: dict[tuple[Written, frozenset[str]], list[Mapping[str, Any]]] = session.info.get(_APPENDED, {})
    # Tables in one order, so that two processes never wait for each other in a ring.
    for one in sorted(appended, key=lambda one: str(one[0].table)):
        if not those or one[0] in those:
            await session.execute(one[0], appended.pop(one))


def once(chosen: Select[tuple[Any]] | CompoundSelect[tuple[Any]]) -> ColumnElement[Any]:
    """`column == once(select(…).limit(…))`: the rows a select picks, picked once.

    `column.in_(…)` leaves to PostgreSQL how often. With a plan it made while the table was empty, it picked anew for
    each row it looked at, and locked as many more each time: of 8,000 rows 500 were asked for, and all were taken.
    """
    (column,) = chosen.selected_columns
    alone = chosen.correlate(None) if isinstance(chosen, Select) else chosen
    return any_(func.array(alone.scalar_subquery(), type_=ARRAY(column.type)))


def is_busy(error: BaseException) -> bool:
    """Whether the database could not take the work now: pool empty, row locked, server away. Nothing was written."""
    if isinstance(error, PoolTimeout | InterfaceError | OSError | asyncpg.InterfaceError):
        return True
    state = sqlstate(error)
    return state in _BUSY or (isinstance(error, DBAPIError) and error.connection_invalidated)


def is_locked(error: BaseException) -> bool:
    """Whether somebody else held a row for too long; surely nothing was written."""
    return sqlstate(error) == "55P03"


def is_conflict(error: BaseException) -> bool:
    """Whether two transactions met, so that running the same work again is right."""
    return sqlstate(error) in _CONFLICT


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE behind an error, if it came from PostgreSQL."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(origin, "sqlstate", None)
    return state if isinstance(state, str) else None
