"""The province's rows, as `prepare` leaves them and a start reads them."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from ..tables import province_facts

_TIME_ZONE: Final = "time_zone"


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
        return [{name: value for name, value in row.items() if name != "row"} for row in found.mappings()]

    async def keep_time_zone(self, key: str) -> None:
        """Keep the zone whose days the province counts in."""
        values = {"name": _TIME_ZONE, "value": key}
        await self._session.execute(
            upsert(province_facts)
            .values(values)
            .on_conflict_do_update(index_elements=[province_facts.c.name], set_={"value": key})
        )

    async def time_zone(self) -> str | None:
        """The zone's key, once `prepare` has kept one."""
        found: str | None = await self._session.scalar(
            select(province_facts.c.value).where(province_facts.c.name == _TIME_ZONE)
        )
        return found
