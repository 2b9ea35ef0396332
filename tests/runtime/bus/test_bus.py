"""What any bus of ours does. A behaviour that is not here is not a behaviour of the bus."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy import select, update

from libs.contracts.envelope import Event
from libs.runtime import deferred
from libs.runtime.bus import Delivery
from libs.runtime.ids import uuid7
from libs.runtime.outbox import unpark
from tests.runtime.conftest import Buses, Hotel, open_hotel
from tests.runtime.hotel import Booked, Trouble
from tests.support.service import Runs, eventually


async def test_an_event_reaches_its_hearer_and_what_that_says_comes_back(hotel: Hotel) -> None:
    booked = await hotel.book()
    await eventually(hotel.done_at_reception)
    await hotel.settled()
    assert await hotel.done_in_kitchen() == await hotel.done_at_reception() == [booked.key]


async def test_events_of_one_transaction_arrive_in_the_order_they_were_said(hotel: Hotel) -> None:
    keys = [uuid7() for _ in range(50)]  # as real keys are: later is higher
    async with hotel.reception.begin() as tx:
        for key in keys:
            tx.emit(Booked(key=key, room="101"))
    await hotel.settled()
    assert await hotel.done_in_kitchen() == keys


async def test_events_of_one_key_arrive_in_the_order_they_were_said_whatever_else_arrives(hotel: Hotel) -> None:
    one, other = uuid4(), uuid4()
    async with hotel.reception.begin() as tx:
        for room in range(40):
            tx.emit(Booked(key=one if room % 2 else other, room=str(room)))
    await hotel.settled()
    rooms = await hotel.rooms_in_kitchen(one)
    assert rooms == [str(room) for room in range(1, 40, 2)]


async def test_one_that_fails_among_many_undoes_only_itself(hotel: Hotel) -> None:
    keys = [uuid7() for _ in range(30)]
    hotel.trouble.fail_times[keys[7]] = 1
    hotel.trouble.reject.add(keys[20])
    async with hotel.reception.begin() as tx:
        for key in keys:
            tx.emit(Booked(key=key, room="101"))
    await hotel.settled()
    assert sorted(await hotel.done_at_reception()) == sorted(set(keys) - {keys[20]})
    assert len(await hotel.done_in_kitchen()) == 29, "each once"
    (dead,) = await hotel.put_aside()
    assert dead.reason == "rejected: no such room"


async def test_an_event_delivered_again_changes_nothing(hotel: Hotel) -> None:
    booked = await hotel.book()
    await hotel.settled()
    for _ in range(3):
        await hotel.kitchen.consumer.hear([Delivery(Booked.name, booked.to_bytes())])
    await hotel.settled()
    assert await hotel.done_in_kitchen() == await hotel.done_at_reception() == [booked.key]


async def test_a_handler_that_fails_twice_succeeds_without_being_put_aside(hotel: Hotel) -> None:
    key = uuid4()
    hotel.trouble.fail_times[key] = 2
    await hotel.book(key=key)
    await hotel.settled()
    assert await hotel.done_at_reception() == [key]
    assert await hotel.put_aside() == []


async def test_a_poisonous_event_is_put_aside_and_the_others_go_on(hotel: Hotel) -> None:
    poison, others = uuid7(), [uuid7() for _ in range(10)]
    hotel.trouble.fail_times[poison] = 1_000_000
    await hotel.book(key=poison)
    for key in others:
        await hotel.book(key=key)
    await hotel.settled()
    assert await hotel.done_at_reception() == others
    (kept,) = await hotel.put_aside()
    assert (kept.name, kept.reason, kept.attempts, kept.dead_at) == (Booked.name, "RuntimeError", 0, None)


async def test_what_was_put_aside_is_tried_again_later_and_leaves_the_shelf(hotel: Hotel) -> None:
    key = uuid4()
    hotel.trouble.fail_times[key] = 3
    await hotel.book(key=key)
    await eventually(hotel.put_aside)
    await hotel.kitchen.consumer.retry_deferred()
    assert await hotel.done_in_kitchen() == [], "its time has not come"
    hotel.clock.advance(deferred.RETRY_AFTER[0])
    hotel.kitchen.wake("retry_deferred")
    await eventually(hotel.done_at_reception)
    assert await hotel.put_aside() == []


async def test_after_the_last_failure_an_event_is_dead_until_a_person_replays_it(hotel: Hotel) -> None:
    key = uuid4()
    hotel.trouble.fail_times[key] = 3 + len(deferred.RETRY_AFTER)
    await hotel.book(key=key)
    await eventually(hotel.put_aside)
    for tried, wait in enumerate(deferred.RETRY_AFTER, start=1):
        hotel.clock.advance(wait)
        hotel.kitchen.wake("retry_deferred")
        await eventually(partial(_tried_again, hotel, tried))
    hotel.clock.advance(timedelta(days=30))
    await hotel.kitchen.consumer.retry_deferred()
    (dead,) = await hotel.put_aside()
    assert dead.dead_at is not None
    assert dead.attempts == len(deferred.RETRY_AFTER)
    async with hotel.kitchen.begin() as tx:
        assert await deferred.replay(tx.session, hotel.kitchen.tables, [dead.event_id], tx.now) == 1
    hotel.kitchen.wake("retry_deferred")
    await eventually(hotel.done_at_reception)
    assert await hotel.put_aside() == []


async def _tried_again(hotel: Hotel, times: int) -> bool:
    (kept,) = await hotel.put_aside()
    return bool(kept.attempts == times)


async def test_a_rejected_event_is_dead_at_once_and_never_retried(hotel: Hotel) -> None:
    key = uuid4()
    hotel.trouble.reject.add(key)
    await hotel.book(key=key)
    await hotel.settled()
    (dead,) = await hotel.put_aside()
    assert dead.reason == "rejected: no such room"
    assert dead.dead_at is not None
    assert hotel.trouble.tried == [key]


async def test_a_body_that_cannot_be_read_is_kept_as_dead(hotel: Hotel) -> None:
    await hotel.kitchen.consumer.hear([Delivery(Booked.name, b'{"room": 5')])
    (dead,) = await hotel.put_aside()
    assert (dead.reason, dead.body) == ("unreadable", b'{"room": 5')
    await hotel.kitchen.consumer.hear([Delivery(Booked.name, b'{"room": 5')])
    assert len(await hotel.put_aside()) == 1


async def test_an_event_that_was_put_aside_and_comes_again_has_one_effect(hotel: Hotel) -> None:
    key = uuid4()
    hotel.trouble.fail_times[key] = 3
    booked = await hotel.book(key=key)
    await eventually(hotel.put_aside)
    await hotel.kitchen.consumer.hear([Delivery(Booked.name, booked.to_bytes())])
    hotel.clock.advance(timedelta(days=1))
    await hotel.kitchen.consumer.retry_deferred()
    await hotel.settled()
    assert await hotel.done_in_kitchen() == await hotel.done_at_reception() == [key]
    assert await hotel.put_aside() == []


async def test_what_was_not_delivered_when_a_process_stopped_is_delivered_by_the_next(
    runs: Runs, new_buses: Callable[[], Buses]
) -> None:
    trouble = Trouble()
    first = await open_hotel(runs, new_buses(), trouble)
    await first.stop()
    booked = await first.book()
    second = await open_hotel(runs, new_buses(), trouble, first.clock)
    await eventually(second.done_at_reception)
    assert await second.done_in_kitchen() == [booked.key]
    await second.stop()


async def test_an_event_nobody_hears_stays_in_the_outbox_and_holds_back_only_its_own_key(hotel: Hotel) -> None:
    class Lost(Event):
        """Said to nobody."""

        name = "hotel.lost.v1"

    key = uuid4()
    outbox = hotel.reception.tables.outbox
    async with hotel.reception.begin() as tx:
        tx._may_say = {*tx._may_say, Lost.name}
        tx.emit(Lost(key=key))
        tx.emit(Booked(key=key, room="same key"))
        other = tx.emit(Booked(key=uuid4(), room="other key"))

    async def tried() -> bool:
        async with hotel.reception.begin() as tx:
            return bool(await tx.session.scalar(select(outbox.c.attempts).where(outbox.c.name == Lost.name)))

    await eventually(tried)

    async def other_arrived() -> bool:
        return other.key in await hotel.done_in_kitchen()

    await eventually(other_arrived)
    for _ in range(5):
        hotel.clock.advance(timedelta(minutes=10))
        hotel.reception._relay.wake()  # type: ignore[union-attr]

        async def parked() -> bool:
            async with hotel.reception.begin() as tx:
                row = (await tx.session.execute(select(outbox).where(outbox.c.name == Lost.name))).one()
                return row.parked_at is not None or row.next_at > hotel.clock.now()

        await eventually(parked)
    async with hotel.reception.begin() as tx:
        row = (await tx.session.execute(select(outbox).where(outbox.c.name == Lost.name))).one()
        assert row.parked_at is not None
        assert row.reason == "NobodyHears"

    async def freed() -> bool:
        return key in await hotel.done_in_kitchen()

    await eventually(freed)
    async with hotel.reception.begin() as tx:
        assert await unpark(tx.session, hotel.reception.tables, [uuid4()]) == 0
        assert await unpark(tx.session, hotel.reception.tables, None) == 1
    await eventually(tried)


async def test_a_newer_leader_takes_over_what_an_older_one_had_claimed(hotel: Hotel) -> None:
    await hotel.stop()
    booked = await hotel.book()
    async with hotel.reception.begin() as tx:
        await tx.session.execute(update(hotel.reception.tables.outbox).values(claimed_fence=0))
    await hotel.reception.halt()
    hotel.reception.go()
    hotel.kitchen.go()
    await hotel.buses.start()
    await eventually(hotel.done_at_reception)
    assert await hotel.done_in_kitchen() == [booked.key]
