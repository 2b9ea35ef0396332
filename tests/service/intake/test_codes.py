"""Public codes are given out once each, by any number of processes."""

import asyncio
from datetime import date, timedelta

import pytest

from services.intake.app import SERVICE
from services.intake.code_giver import BLOCK
from services.intake.domain.code import CODES_A_DAY, CodeFound, parse_code
from services.intake.store import CodeStore
from services.intake.tables import code_counters
from tests.support.clock import FixedClock
from tests.support.service import Runs


async def test_processes_that_file_at_once_never_give_the_same_code(runs: Runs, clock: FixedClock) -> None:
    givers = [(await runs(SERVICE, clock=clock)).parts.codes for _ in range(3)]
    codes = await asyncio.gather(*(giver.next(clock.now()) for _ in range(50) for giver in givers))
    assert len(set(codes)) == 150
    assert {code[:13] for code in codes} == {"HN-PA-261121-"}
    assert {type(parse_code(code, "HN-PA")) for code in codes} == {CodeFound}


async def test_a_new_local_day_begins_with_its_own_codes(runs: Runs, clock: FixedClock) -> None:
    codes = (await runs(SERVICE, clock=clock)).parts.codes
    assert (await codes.next(clock.now()))[6:12] == "261121"
    clock.advance(timedelta(hours=7))  # 00:00 in Hà Nội
    assert (await codes.next(clock.now()))[6:12] == "261122"


async def test_when_a_day_has_no_code_left_the_next_days_are_used_and_nobody_goes_without(
    runs: Runs, clock: FixedClock
) -> None:
    run = await runs(SERVICE, clock=clock)
    async with run.begin() as tx:
        await tx.session.execute(code_counters.insert().values(day=date(2026, 11, 21), n=CODES_A_DAY - BLOCK))
    codes = [await run.parts.codes.next(clock.now()) for _ in range(BLOCK + 2)]
    assert [code[6:12] for code in codes] == ["261121"] * BLOCK + ["261122"] * 2
    clock.advance(timedelta(days=1))
    tomorrow = [await run.parts.codes.next(clock.now()) for _ in range(BLOCK * 2)]
    assert not set(codes) & set(tomorrow)


@pytest.mark.parametrize("count", [1, 20])
async def test_numbers_taken_by_one_are_not_there_for_another(runs: Runs, clock: FixedClock, count: int) -> None:
    run = await runs(SERVICE, clock=clock)
    taken: list[int] = []
    for _ in range(3):
        async with run.begin() as tx:
            taken += (await CodeStore(tx.session).take(date(2026, 11, 21), count))[1]
    assert taken == list(range(3 * count))
