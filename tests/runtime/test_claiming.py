"""Ten thousand events that wait are claimed as easily as ten."""

from typing import Any
from uuid import uuid4

from sqlalchemy import text

from libs.runtime.relay import _claiming
from tests.runtime.conftest import NOON
from tests.runtime.hotel import reception
from tests.support.service import Runs


async def test_what_holds_a_row_back_is_looked_up_by_its_key_whatever_is_asked_for(runs: Runs) -> None:
    """After some turns PostgreSQL keeps one plan for all values: it must not read every row for each row."""
    run = await runs(reception(), toy=True)
    asked = {"fence": 1, "holder": uuid4(), "now": NOON, "at_most": 500}
    compiled: Any = _claiming(run.tables).compile(dialect=run.database.engine.dialect)
    values = [str({**compiled.params, **asked}[name]) for name in compiled.positiontup]
    async with run.database.session() as session:
        # As with so many rows that reading them all would be folly; empty tables are read in any case.
        await session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
        await driver.execute(f"PREPARE claiming AS {compiled}")
        told = ", ".join(f"'{value}'" for value in values)
        plan = "\n".join(row[0] for row in await driver.fetch(f"EXPLAIN EXECUTE claiming({told})"))
        await driver.execute("DEALLOCATE claiming")
    assert "ix_outbox_held_keys" in plan, plan
