"""What only a broker can do to us; what any bus does is in test_bus.py."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from libs.runtime.bus import BusAway, NobodyHears
from libs.runtime.bus.rabbit import RabbitBus
from libs.runtime.bus.topology import Topology, dead_queue, declare
from tests.runtime.conftest import HOTEL, Buses, Hotel, open_hotel
from tests.runtime.hotel import Booked, reception
from tests.support.service import Runs, eventually


@pytest.fixture
def url(new_vhost: Callable[[], str]) -> str:
    """A virtual host with nothing in it."""
    return new_vhost()


@pytest.fixture
async def hotel(runs: Runs, url: str) -> AsyncIterator[Hotel]:
    """Both services, each with links of its own."""
    await declare(url, HOTEL)
    opened = await open_hotel(runs, Buses("rabbitmq", url))
    try:
        yield opened
    finally:
        await opened.stop()


@pytest.fixture
async def channel(url: str) -> AsyncIterator[AbstractChannel]:
    """An operator's own hand on the broker."""
    async with await aio_pika.connect(url) as connection:
        yield await connection.channel()


class _Recorder:
    """A hearer that can record nothing until it is told."""

    name, hears = "kitchen", HOTEL.hears["kitchen"]

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.batches: list[tuple[float, int]] = []
        """When each began, and of how many."""
        self.records = False
        self.asked = 0

    async def able(self) -> bool:
        self.asked += 1
        return self.records or self.asked == 1

    async def hear(self, deliveries: "list[aio_pika.Message]") -> None:
        if not self.records:
            raise RuntimeError("the database is away")
        self.batches.append((asyncio.get_running_loop().time(), len(deliveries)))
        self.heard += [delivery.body for delivery in deliveries]

    async def bury(self, delivery: object, reason: str) -> None:
        raise AssertionError("nothing has come back too often")


async def _safe() -> None:
    return None


async def test_nothing_is_said_before_everybody_who_hears_has_a_queue(url: str) -> None:
    said = frozenset({Booked.name})
    bus = RabbitBus(url, HOTEL, "reception", said)
    bus.subscribe(_Recorder())
    await declare(url, Topology(HOTEL.exchange, {"reception": HOTEL.hears["reception"]}))
    await bus.start()
    with pytest.raises(BusAway):
        await bus.publish(Booked.name, b"{}", _safe)
    assert not bus.ready
    await declare(url, HOTEL)

    async def taken() -> bool:
        try:
            await bus.publish(Booked.name, b"{}", _safe)
        except BusAway:
            return False
        return True

    await eventually(taken)
    await bus.stop()


async def test_an_event_bound_to_no_queue_is_returned_and_the_link_stays(url: str) -> None:
    await declare(url, HOTEL)
    bus = RabbitBus(url, HOTEL, "reception", frozenset({Booked.name}))
    bus.subscribe(_Recorder())
    await bus.start()

    async def ready() -> bool:
        return bus.ready

    await eventually(ready)
    with pytest.raises(NobodyHears):
        await bus.publish("hotel.nobody.v1", b"{}", _safe)
    await bus.publish(Booked.name, b"{}", _safe)
    assert bus.ready
    await bus.stop()


async def test_after_the_broker_cancelled_who_hears_events_flow_again(
    hotel: Hotel, channel: AbstractChannel, url: str
) -> None:
    first = await hotel.book()
    await hotel.settled()
    for service in HOTEL.hears:
        await channel.queue_delete(service)

    async def noticed() -> bool:
        return not any(run.bus.ready for run in (hotel.reception, hotel.kitchen))  # type: ignore[union-attr]

    await eventually(noticed)
    await declare(url, HOTEL)

    async def arrived() -> bool:
        return second.key in await hotel.done_at_reception()

    second = await hotel.book()
    await eventually(arrived, within_s=30)
    assert await hotel.done_in_kitchen() == [first.key, second.key]


async def test_what_could_not_be_recorded_comes_again_when_it_can(url: str) -> None:
    await declare(url, HOTEL)
    hearer = _Recorder()
    bus = RabbitBus(url, HOTEL, "kitchen", frozenset({"hotel.cleaned.v1"}))
    bus.subscribe(hearer)
    await bus.start()
    async with await aio_pika.connect(url) as connection:
        exchange = await (await connection.channel()).get_exchange(HOTEL.exchange)
        for number in range(250):
            await exchange.publish(aio_pika.Message(str(number).encode(), type=Booked.name), Booked.name)

    async def gave_up() -> bool:
        return hearer.asked > 2

    await eventually(gave_up)
    hearer.records = True

    async def all_heard() -> bool:
        return len(hearer.heard) == 250

    await eventually(all_heard)
    assert [int(body) for body in hearer.heard] == list(range(250)), "each once, in order"
    await bus.stop()


async def test_where_deliveries_flow_the_next_batch_waits_for_more(url: str) -> None:
    await declare(url, HOTEL)
    hearer = _Recorder()
    hearer.records = True
    bus = RabbitBus(url, HOTEL, "kitchen", frozenset({"hotel.cleaned.v1"}))
    bus.subscribe(hearer)
    async with await aio_pika.connect(url) as connection:
        exchange = await (await connection.channel()).get_exchange(HOTEL.exchange)
        for number in range(60):
            if number == 30:
                await bus.start()
            await exchange.publish(aio_pika.Message(str(number).encode(), type=Booked.name), Booked.name)

        async def all_heard() -> bool:
            return len(hearer.heard) == 60

        await eventually(all_heard)
    await bus.stop()
    flowing = [(one, after) for one, after in pairwise(hearer.batches) if one[1] >= 5]
    assert flowing or hearer.batches[-1][1] >= 5, "thirty waited before it started"
    assert all(after[0] - one[0] > 0.09 for one, after in flowing)


async def test_what_came_back_too_often_is_put_aside_as_dead_with_its_reason(
    hotel: Hotel, channel: AbstractChannel
) -> None:
    booked = Booked(key=uuid4(), room="101").said(uuid4(), hotel.clock.now(), None)
    message = aio_pika.Message(booked.to_bytes(), type=Booked.name)
    await channel.default_exchange.publish(message, dead_queue("kitchen"))
    await eventually(hotel.put_aside)
    (dead,) = await hotel.put_aside()
    assert (dead.event_id, dead.name, dead.reason) == (
        booked.event_id,
        Booked.name,
        "came back to the broker too often",
    )
    assert dead.dead_at is not None
    assert await hotel.done_in_kitchen() == []

    async def emptied() -> bool:
        queue = await channel.declare_queue(dead_queue("kitchen"), passive=True)
        return queue.declaration_result.message_count == 0

    await eventually(emptied)


async def test_what_waits_is_counted_by_queue(hotel: Hotel) -> None:
    for run in (hotel.reception, hotel.kitchen):
        assert run.bus is not None
        assert await run.bus.waiting() == {run.service.name: 0, dead_queue(run.service.name): 0}


async def test_it_stops_while_the_broker_is_away_and_starts_again(url: str) -> None:
    await declare(url, HOTEL)
    listener = socket.create_server(("127.0.0.1", 0))  # takes connections and never says a word
    silent = f"amqp://guest:guest@127.0.0.1:{listener.getsockname()[1]}/"
    for where in (silent, "amqp://guest:guest@127.0.0.1:9/"):
        bus = RabbitBus(where, HOTEL, "reception", frozenset({Booked.name}))
        bus.subscribe(_Recorder())
        for _ in range(2):
            await bus.start()
            await asyncio.sleep(0)
            async with asyncio.timeout(30):
                await bus.stop()
            assert not bus.ready
    listener.close()


async def test_a_process_that_does_not_lead_rings_for_the_one_that_does(runs: Runs, url: str) -> None:
    await declare(url, HOTEL)
    looks_seldom: dict[str, Any] = {"relay_poll_s": 30.0, "relay_lease_s": 90.0, "has_replicas": True}
    hotel = await open_hotel(runs, Buses("rabbitmq", url), **looks_seldom)
    first = await hotel.book()
    await hotel.settled()
    replica = await runs(reception(), toy=True, clock=hotel.clock, **looks_seldom)
    own_links = Buses("rabbitmq", url)
    await replica.start(own_links.of(replica))
    await own_links.start()
    replica.go()
    async with replica.begin() as tx:
        second = tx.emit(Booked(key=uuid4(), room="102"))

    async def arrived() -> bool:
        return second.key in await hotel.done_in_kitchen()

    await eventually(arrived)
    assert await hotel.done_in_kitchen() == [first.key, second.key]
    assert (hotel.reception._relay.leads, replica._relay.leads) == (True, False)  # type: ignore[union-attr]
    await replica.halt()
    await own_links.stop()
    await hotel.stop()


async def test_when_the_one_that_leads_stops_the_other_takes_over(runs: Runs, url: str) -> None:
    await declare(url, HOTEL)
    hotel = await open_hotel(runs, Buses("rabbitmq", url))
    replica = await runs(reception(), toy=True, clock=hotel.clock, relay_poll_s=0.1, relay_lease_s=1.0)
    own_links = Buses("rabbitmq", url)
    await replica.start(own_links.of(replica))
    await own_links.start()
    replica.go()
    await hotel.reception.halt()
    booked = await hotel.book()

    async def arrived() -> bool:
        return booked.key in await hotel.done_in_kitchen()

    await eventually(arrived)
    await replica.halt()
    await own_links.stop()
    await hotel.stop()
