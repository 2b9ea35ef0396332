"""The province's rows in this schema, as they were written."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables as t
from ..province import Rows


class DirectoryStore:
    """Agencies, communes, competences, deadlines, calendar, words."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, tables: Mapping[str, Rows]) -> None:
        """Put the province's rows in the place of those that are there."""
        for name, rows in tables.items():
            table = t.directory_tables[name]
            await self._session.execute(delete(table))
            await self._session.execute(insert(table), [dict(row) for row in rows])

    async def read(self) -> dict[str, Rows]:
        """All rows."""
        found: dict[str, Rows] = {}
        for name, table in t.directory_tables.items():
            rows = await self._session.execute(select(table))
            found[name] = [dict(row) for row in rows.mappings()]
        return found
