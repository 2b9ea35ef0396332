"""A relay the database keeps waiting says so: once, with the reason, and then does what there is to do."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from structlog.testing import CapturingLogger

from libs.runtime import relay
from tests.runtime.hotel import Booked, TakesAll, reception
from tests.support.service import Runs, eventually

LOCK_NOT_AVAILABLE = "55P03"


async def test_whoever_reads_the_log_learns_why_nothing_leaves(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    told = CapturingLogger()
    monkeypatch.setattr(relay, "log", told)
    run = await runs(reception(), toy=True, database_wait_s=0.1, relay_poll_s=0.05)
    bus: Any = TakesAll()
    await run.start(bus)
    async with run.begin() as tx:
        tx.emit(Booked(key=uuid4(), room="7"))

    async def waits() -> bool:
        return bool(told.calls)

    async def is_empty() -> bool:
        async with run.database.session() as session:
            return await session.scalar(text(f"SELECT count(*) FROM {run.tables.outbox.fullname}")) == 0

    async with runs.bench.locked(run.tables.outbox):
        run.go()
        await eventually(waits)
        await asyncio.sleep(0.5)
    assert [(call.method_name, *call.args, call.kwargs) for call in told.calls] == [
        ("warning", "relay_waits", {"reason": LOCK_NOT_AVAILABLE})
    ]
    await eventually(is_empty)
