"""The province's rows in this schema."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..tables import province_texts


class ProvinceStore:
    """What `prepare` loads and a start reads."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, table: Table, rows: Sequence[Mapping[str, str]]) -> None:
        """Put rows in place of all those of a table, keeping their order."""
        await self._session.execute(delete(table))
        if rows:
            await self._session.execute(insert(table), [{"row": number, **row} for number, row in enumerate(rows)])

    async def rows(self, table: Table) -> list[dict[str, str]]:
        """The rows of a table, in the order of its file."""
        found = await self._session.execute(select(table).order_by(table.c.row))
        return [{key: value for key, value in row._mapping.items() if key != "row"} for row in found]

    async def replace_texts(self, texts: Mapping[str, Any]) -> None:
        """Put texts in place of all there are."""
        await self._session.execute(delete(province_texts))
        await self._session.execute(
            insert(province_texts), [{"name": name, "content": content} for name, content in texts.items()]
        )

    async def texts(self) -> dict[str, Any]:
        """All texts by name."""
        found = await self._session.execute(select(province_texts.c.name, province_texts.c.content))
        return {row.name: row.content for row in found}
