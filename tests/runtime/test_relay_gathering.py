"""While many events flow the relay takes them in few turns, and leaves none of them behind."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from libs.runtime import relay
from libs.runtime.run import Run
from tests.runtime.hotel import Booked, TakesAll, reception
from tests.support.service import Runs, eventually
from tests.support.statements import statements_of

BURSTS, OF = 40, 12


async def turns(run: Run[Any], bus: TakesAll) -> int:
    """Say bursts of events, one right behind the other; how often the relay claimed until all had left."""

    async def all_taken() -> bool:
        return bus.taken == BURSTS * OF

    with statements_of(run) as sent:
        for _ in range(BURSTS):
            async with run.begin() as tx:
                for _ in range(OF):
                    tx.emit(Booked(key=uuid4(), room="7"))
            await asyncio.sleep(0.005)
        await eventually(all_taken)
    return sum("claimed_fence" in one and one.lstrip().startswith("UPDATE") for one in sent)


@pytest.mark.parametrize(("gathers_s", "at_most"), [(0.3, 8), (0.0, 4 * BURSTS)])
async def test_bursts_that_follow_one_another_share_turns(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, gathers_s: float, at_most: int
) -> None:
    monkeypatch.setattr(relay, "_GATHERS_S", 0.0)
    monkeypatch.setattr(relay, "_GATHERS_FLOWING_S", gathers_s)
    run = await runs(reception(), toy=True)
    bus: Any = TakesAll()
    await run.start(bus)
    run.go()

    async def leads() -> bool:
        assert run._relay is not None
        return run._relay.leads

    await eventually(leads)
    taken_in = await turns(run, bus)
    assert taken_in <= at_most, taken_in
    assert gathers_s or taken_in > 8, taken_in
