"""Many events, one commit: who waits for whom, and who pays for whose fault."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from libs.contracts.vocabulary import Channel
from services.intake.ingest import Busy, Ingest, IngestLimits, Kept
from services.intake.store import Arrival

LIMITS = IngestLimits(within_s=1.0, commit_within_s=2.0, grouped=True, at_most=200, linger_s=0.0, waiting_at_most=1_000)


def an_arrival(name: str = "user_send_text") -> Arrival:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return Arrival(uuid4(), Channel.ZALO, None, name, None, now, b"sealed", (b"key",))


class Disk:
    """Stores groups, as slowly as told, and remembers them."""

    def __init__(self) -> None:
        self.groups: list[list[Arrival]] = []
        self.free = asyncio.Event()
        self.free.set()
        self.faulty: Callable[[Arrival], Exception | None] = lambda _: None

    async def store(self, arrivals: Sequence[Arrival]) -> set[UUID]:
        self.groups.append(list(arrivals))
        await self.free.wait()
        for arrival in arrivals:
            error = self.faulty(arrival)
            if error is not None:
                raise error
        return {arrival.event_id for arrival in arrivals if arrival.event_name != "repeated"}


def an_ingest(disk: Disk, limits: IngestLimits = LIMITS) -> Ingest:
    return Ingest(disk.store, limits, lambda: None)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came true")


async def test_a_lone_event_is_stored_at_once() -> None:
    disk = Disk()
    ingest = an_ingest(disk, replace(LIMITS, linger_s=60))
    assert await ingest.keep(an_arrival()) is Kept.STORED
    assert await ingest.keep(an_arrival("repeated")) is Kept.REPEATED
    assert [len(group) for group in disk.groups] == [1, 1]


async def test_what_comes_during_a_commit_shares_the_next() -> None:
    disk = Disk()
    ingest = an_ingest(disk)
    disk.free.clear()
    first = asyncio.create_task(ingest.keep(an_arrival()))
    await until(lambda: len(disk.groups) == 1)
    rest = [asyncio.create_task(ingest.keep(an_arrival())) for _ in range(30)]
    await until(lambda: len(ingest._waiting) == 30)
    disk.free.set()
    assert set(await asyncio.gather(first, *rest)) == {Kept.STORED}
    assert [len(group) for group in disk.groups] == [1, 30]


async def test_a_group_has_a_largest_size() -> None:
    disk = Disk()
    ingest = an_ingest(disk, replace(LIMITS, at_most=10))
    assert len(await asyncio.gather(*(ingest.keep(an_arrival()) for _ in range(25)))) == 25
    assert [len(group) for group in disk.groups] == [10, 10, 5]


async def test_one_bad_event_pays_alone() -> None:
    disk = Disk()
    ingest = an_ingest(disk)
    disk.faulty = lambda arrival: ValueError("bad") if arrival.event_name == "bad" else None
    names = ["a", "b", "bad", "c", "repeated"]
    outcomes = await asyncio.gather(*(ingest.keep(an_arrival(name)) for name in names), return_exceptions=True)
    assert [outcome if isinstance(outcome, Kept) else type(outcome) for outcome in outcomes] == [
        Kept.STORED, Kept.STORED, Busy, Kept.STORED, Kept.REPEATED,
    ]  # fmt: skip


async def test_when_the_database_is_away_nobody_waits_for_it_one_by_one() -> None:
    disk = Disk()
    ingest = an_ingest(disk)
    disk.faulty = lambda _: ConnectionRefusedError()
    outcomes = await asyncio.gather(*(ingest.keep(an_arrival()) for _ in range(20)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Busy}
    assert len(disk.groups) == 1


async def test_after_a_second_the_answer_is_busy_and_the_next_event_finds_the_door_open() -> None:
    disk = Disk()
    ingest = an_ingest(disk, replace(LIMITS, within_s=0.05))
    disk.free.clear()
    with pytest.raises(Busy):
        await ingest.keep(an_arrival())
    late = asyncio.gather(*(ingest.keep(an_arrival()) for _ in range(3)), return_exceptions=True)
    assert {type(outcome) for outcome in await late} == {Busy}
    disk.free.set()
    assert await ingest.keep(an_arrival()) is Kept.STORED
    assert [len(group) for group in disk.groups] == [1, 1]  # those who went away are not stored for nobody


async def test_a_commit_that_never_ends_is_given_up() -> None:
    disk = Disk()
    ingest = an_ingest(disk, replace(LIMITS, commit_within_s=0.05))
    disk.free.clear()
    with pytest.raises(Busy):
        await ingest.keep(an_arrival())
    disk.free.set()
    assert await ingest.keep(an_arrival()) is Kept.STORED


async def test_who_came_later_waits_no_shorter_before_the_answer_is_busy() -> None:
    disk = Disk()
    ingest = an_ingest(disk, replace(LIMITS, within_s=0.2))
    disk.free.clear()
    loop = asyncio.get_running_loop()

    async def waits_s() -> float:
        began = loop.time()
        with pytest.raises(Busy):
            await ingest.keep(an_arrival())
        return loop.time() - began

    first = asyncio.create_task(waits_s())
    await asyncio.wait([first], timeout=0.1)
    assert min(await asyncio.gather(first, waits_s())) >= 0.2
    disk.free.set()


async def test_a_request_that_goes_away_takes_no_other_with_it() -> None:
    disk = Disk()
    ingest = an_ingest(disk)
    disk.free.clear()
    first = asyncio.create_task(ingest.keep(an_arrival()))
    await until(lambda: len(disk.groups) == 1)
    gone, stays = (asyncio.create_task(ingest.keep(an_arrival())) for _ in range(2))
    await until(lambda: len(ingest._waiting) == 2)
    gone.cancel()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    disk.free.set()
    assert await stays is Kept.STORED
    assert [len(group) for group in disk.groups] == [1, 1]


async def test_beyond_a_limit_nobody_joins_the_queue() -> None:
    disk = Disk()
    ingest = an_ingest(disk, replace(LIMITS, waiting_at_most=2))
    disk.free.clear()
    waiting = [asyncio.create_task(ingest.keep(an_arrival()))]
    await until(lambda: len(disk.groups) == 1)
    waiting += [asyncio.create_task(ingest.keep(an_arrival())) for _ in range(2)]
    await until(lambda: len(ingest._waiting) == 2)
    with pytest.raises(Busy):
        await ingest.keep(an_arrival())
    disk.free.set()
    assert set(await asyncio.gather(*waiting)) == {Kept.STORED}


async def test_while_commits_follow_one_another_events_gather_a_little_longer() -> None:
    disk = Disk()
    ingest = an_ingest(disk, replace(LIMITS, linger_s=0.05))
    disk.free.clear()
    tasks = [asyncio.create_task(ingest.keep(an_arrival()))]
    await until(lambda: len(disk.groups) == 1)
    tasks.append(asyncio.create_task(ingest.keep(an_arrival())))
    await until(lambda: len(ingest._waiting) == 1)
    disk.free.set()
    await tasks[0]
    tasks.append(asyncio.create_task(ingest.keep(an_arrival())))
    await asyncio.gather(*tasks)
    assert [len(group) for group in disk.groups] == [1, 2]


async def test_without_grouping_each_event_is_stored_by_itself() -> None:
    disk = Disk()
    ingest = an_ingest(disk, replace(LIMITS, grouped=False))
    disk.faulty = lambda arrival: ValueError("bad") if arrival.event_name == "bad" else None
    outcomes = await asyncio.gather(*(ingest.keep(an_arrival(n)) for n in ("a", "bad")), return_exceptions=True)
    assert outcomes[0] is Kept.STORED
    assert isinstance(outcomes[1], Busy)
    assert [len(group) for group in disk.groups] == [1, 1]
