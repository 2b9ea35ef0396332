"""Ten thousand events that wait are claimed as easily as ten, whatever PostgreSQL thought when it made its plan.

It keeps one plan of a statement for all values, made when the outbox is as it mostly is: empty. No plan is made anew
before the server looks at the table again, a minute later, and a relay that needs longer than a statement may last
publishes nothing until then.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.runtime.ids import uuid7
from libs.runtime.relay import _claiming
from libs.runtime.run import Run
from tests.runtime.conftest import NOON
from tests.runtime.hotel import reception
from tests.support.service import Runs

HEAP: Final = 2_000
AT_MOST: Final = 50
KEYS: Final = 100


class Claiming:
    """What a leading relay asks, as the server prepares it once for a connection."""

    def __init__(self, run: Run[Any], session: AsyncSession, driver: Any) -> None:
        self.session = session
        self._driver = driver
        asked = {"fence": 1, "holder": uuid4(), "now": NOON, "at_most": AT_MOST}
        compiled: Any = _claiming(run.tables).compile(dialect=run.database.engine.dialect)
        values = {**compiled.params, **asked}
        told = ", ".join(f"'{values[name]}'" for name in compiled.positiontup)
        self._leads = insert(run.tables.leases).values(
            name="relay", holder=asked["holder"], fence=1, until=text("'infinity'")
        )
        self._prepare, self._execute = f"PREPARE claiming AS {compiled}", f"EXECUTE claiming({told})"

    async def prepare(self) -> None:
        """Have it planned as the tables are now."""
        await self.session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        await self.session.execute(self._leads)
        await self._driver.execute(self._prepare)

    async def plan(self) -> str:
        """How the server would go about it."""
        return "\n".join(row[0] for row in await self._driver.fetch(f"EXPLAIN {self._execute}"))

    async def claim(self) -> list[int]:
        """The ids it took, in their order."""
        return sorted(row["id"] for row in await self._driver.fetch(self._execute))

    async def read(self) -> int:
        """Do it, and count the rows that were looked at."""
        (told,) = await self._driver.fetchrow(f"EXPLAIN (ANALYZE, FORMAT JSON) {self._execute}")
        return sum(_looked_at(node) for node in _nodes(told[0]["Plan"]))

    async def forget(self) -> None:
        """The connection goes back to the pool as it was."""
        await self._driver.execute("DEALLOCATE claiming")


@asynccontextmanager
async def claiming(run: Run[Any]) -> AsyncIterator[Claiming]:
    """On one connection, in one transaction that is rolled back."""
    async with AsyncSession(run.database.engine) as session:
        driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
        made = Claiming(run, session, driver)
        yield made
        await made.forget()
        await session.rollback()


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _looked_at(node: dict[str, Any]) -> int:
    removed = sum(rows for what, rows in node.items() if what.startswith("Rows Removed"))
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])


def rows(failed: int = 0) -> list[dict[str, Any]]:
    """A heap of rows of a hundred keys; the last ones may have failed and be due again."""
    keys = [uuid7() for _ in range(KEYS)]
    return [
        {
            "event_id": uuid7(),
            "name": "hotel.booked.v1",
            "key": keys[place % KEYS],
            "body": b"{}",
            "created_at": NOON,
            "attempts": int(place >= HEAP - failed),
        }
        for place in range(HEAP)
    ]


async def test_what_holds_a_row_back_is_looked_up_by_its_key_whatever_is_asked_for(runs: Runs) -> None:
    run = await runs(reception(), toy=True)
    async with claiming(run) as relay:
        # As with so many rows that reading them all would be folly; empty tables are read in any case.
        await relay.session.execute(text("SET LOCAL enable_seqscan = off"))
        await relay.prepare()
        plan = await relay.plan()
    assert "ix_outbox_held_keys" in plan, plan


@pytest.mark.parametrize("failed", [0, 10])
async def test_with_a_plan_made_while_the_outbox_was_empty_a_heap_is_read_a_few_times_not_once_a_row(
    runs: Runs, failed: int
) -> None:
    run = await runs(reception(), toy=True)
    await runs.bench.vacuum(run.tables.outbox)
    async with claiming(run) as relay:
        await relay.prepare()
        assert await relay.claim() == []
        await relay.session.execute(insert(run.tables.outbox), rows(failed))
        looked_at = await relay.read()
    of_failed_keys = failed * HEAP // KEYS
    assert looked_at < (10 + of_failed_keys) * HEAP, f"{looked_at} rows were looked at, of {HEAP} there are"


@pytest.mark.parametrize("failed", [0, 10])
async def test_no_more_are_taken_than_were_asked_for(runs: Runs, failed: int) -> None:
    """However often the server runs a part of the statement."""
    run = await runs(reception(), toy=True)
    await runs.bench.vacuum(run.tables.outbox)
    async with claiming(run) as relay:
        await relay.prepare()
        assert await relay.claim() == []
        await relay.session.execute(insert(run.tables.outbox), rows(failed))
        first, second = await relay.claim(), await relay.claim()
    assert first == list(range(1, AT_MOST + 1))
    assert second == list(range(AT_MOST + 1, 2 * AT_MOST + 1))
