"""One transaction: effect and events together, or neither."""

from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select

from libs.runtime.tx import Undeclared
from tests.runtime.hotel import KITCHEN_DONE, Booked, Cleaned, Trouble, kitchen
from tests.support.service import Runs


async def test_effect_and_event_are_committed_together(runs: Runs) -> None:
    run = await runs(kitchen(Trouble()), toy=True)
    key = uuid4()
    async with run.begin() as tx:
        await tx.session.execute(insert(KITCHEN_DONE).values(event_id=uuid4(), key=key, room="101"))
        said = tx.emit(Cleaned(key=key, room="101"))
    async with run.begin() as tx:
        row = (await tx.session.execute(select(run.tables.outbox))).one()
    assert (row.event_id, row.name, row.key) == (said.event_id, "hotel.cleaned.v1", key)
    assert Cleaned.from_bytes(row.body) == said


async def test_when_the_work_fails_neither_effect_nor_event_is_kept(runs: Runs) -> None:
    run = await runs(kitchen(Trouble()), toy=True)

    async def work() -> None:
        async with run.begin() as tx:
            await tx.session.execute(insert(KITCHEN_DONE).values(event_id=uuid4(), key=uuid4(), room="101"))
            tx.emit(Cleaned(key=uuid4(), room="101"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await work()
    async with run.begin() as tx:
        assert await tx.session.scalar(select(func.count()).select_from(KITCHEN_DONE)) == 0
        assert await tx.session.scalar(select(func.count()).select_from(run.tables.outbox)) == 0


async def test_a_service_cannot_say_what_it_is_not_the_speaker_of(runs: Runs) -> None:
    run = await runs(kitchen(Trouble()), toy=True)
    with pytest.raises(Undeclared):
        async with run.begin() as tx:
            tx.emit(Booked(key=uuid4(), room="101"))
