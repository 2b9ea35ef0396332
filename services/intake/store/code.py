"""Numbers behind public codes."""

from datetime import date, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.code import CODES_A_DAY
from ..tables import code_counters


class CodeStore:
    """Counts the codes of each day."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, day: date, count: int) -> tuple[date, range]:
        """Take numbers nobody else has, and the day they belong to.

        The day is a later one only when a day's 100,000 codes are given out: nobody goes without a code. The counter's
        row stays locked until the commit, so numbers are taken in a short transaction of their own.
        """
        while True:
            added = insert(code_counters).values(day=day, n=count)
            last = await self._session.scalar(
                added.on_conflict_do_update(
                    index_elements=[code_counters.c.day],
                    set_={"n": code_counters.c.n + count},
                    where=code_counters.c.n <= CODES_A_DAY - count,
                ).returning(code_counters.c.n)
            )
            if last is not None:
                return day, range(last - count, last)
            day += timedelta(days=1)
