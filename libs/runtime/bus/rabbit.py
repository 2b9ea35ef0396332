"""RabbitMQ: every publish confirmed, several deliveries handled and acknowledged together.

Publishing and hearing have a link each: a broker short of memory stops reading from those who publish, and
acknowledgements must still reach it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import PublishError
from aiormq import Channel, spec
from aiormq.abc import DeliveredMessage

from libs.runtime.log import get_logger

from . import BATCH_AT_MOST, BusAway, Delivery, Hearer, NobodyHears
from .link import CLOSE_S, TROUBLE, Link, LinkLost, in_words, raise_if_asked
from .topology import CONNECT_S, Topology, dead_queue

log = get_logger()

CONFIRM_S: Final = 3.0
PREFETCH: Final = 2 * BATCH_AT_MOST
"""One batch in work, one at hand."""
_FLOWING: Final = 10
"""So many deliveries at once tell that many more follow."""
_GATHERS_FLOWING_S: Final = 0.2
"""The least time between two batches then: a commit for many costs hardly more than one for few."""
_FINISH_S: Final = 10.0
_DOUBTED_FOR_S: Final = 15.0
"""How long one refused publish makes the bus not ready, if none was taken since."""


@dataclass(frozen=True, slots=True)
class _Arrivals:
    """What a consumer has brought and nobody has taken up yet."""

    channel: Channel
    messages: deque[DeliveredMessage] = field(default_factory=deque)

    def take(self, at_most: int) -> list[DeliveredMessage]:
        """The first ones."""
        return [self.messages.popleft() for _ in range(min(len(self.messages), at_most))]

    async def acknowledge(self, last: DeliveredMessage) -> None:
        """With all before it."""
        assert last.delivery_tag is not None
        await self.channel.basic_ack(last.delivery_tag, multiple=True)


class RabbitBus:
    """Carries one service's events to the broker, and its deliveries from there."""

    def __init__(self, url: str, topology: Topology, service: str, says: frozenset[str]) -> None:
        self._topology = topology
        self._service = service
        self._says = says
        self._hearer: Hearer | None = None
        self._channel: Channel | None = None
        self._doubted_until = 0.0
        self._looking: AbstractChannel | None = None
        self._waits_until = 0.0
        self._publishing = Link(url, f"lang-nghe-{service}-says", self._publish_while)
        self._hearing = Link(url, f"lang-nghe-{service}-hears", self._hear_while)
        self._tasks: list[asyncio.Task[None]] = []

    def subscribe(self, hearer: Hearer) -> None:
        """Deliver to the service."""
        self._hearer = hearer

    async def start(self) -> None:
        """Make the links; they may take as long as they need."""
        for link in (self._publishing, self._hearing):
            link.begin()
            self._tasks.append(asyncio.create_task(link.keep(), name=f"bus:{self._service}"))

    async def stop(self) -> None:
        """Finish the events in hand and acknowledge them; the broker gives the rest to others."""
        for link in (self._hearing, self._publishing):
            link.end()
        if self._tasks:
            _, left = await asyncio.wait(self._tasks, timeout=_FINISH_S)
            for task in left:
                task.cancel()
        self._tasks = []

    @property
    def ready(self) -> bool:
        """Whether events leave and arrive."""
        return self._publishing.up and self._hearing.up and asyncio.get_running_loop().time() > self._doubted_until

    async def waiting(self) -> Mapping[str, int]:
        """How many messages wait in the service's queue and in its dead queue."""
        counts: dict[str, int] = {}
        if (channel := self._looking) is None:
            return counts
        try:
            async with asyncio.timeout(CLOSE_S):
                for name in (self._service, dead_queue(self._service)):
                    queue = await channel.declare_queue(name, passive=True)
                    counts[name] = queue.declaration_result.message_count or 0
        except TROUBLE as error:
            raise_if_asked(error)
        return counts

    # ------------------------------------------------------------------------------------------------------ publishing

    async def publish(self, name: str, body: bytes, when_safe: Callable[[], Awaitable[None]]) -> None:
        """Hand one event to the broker and wait until it has it for good."""
        if self._channel is None:
            raise BusAway("no link")
        properties = spec.Basic.Properties(
            message_type=name, content_type="application/json", delivery_mode=aio_pika.DeliveryMode.PERSISTENT.value
        )
        try:
            async with asyncio.timeout(CONFIRM_S):
                # Not waiting until each is written lets hundreds leave in a few pieces; the confirm is what counts.
                await self._channel.basic_publish(
                    body,
                    exchange=self._topology.exchange,
                    routing_key=name,
                    properties=properties,
                    mandatory=True,
                    wait=False,
                )
        except PublishError:
            raise NobodyHears(name) from None
        except TROUBLE as error:
            raise_if_asked(error)
            # Not a word, or a "no": the next try gets a connection of its own. A channel that a full queue refused once
            # was seen refused for ever, long after there was room.
            self._publishing.lose()
            self._doubted_until = asyncio.get_running_loop().time() + _DOUBTED_FOR_S
            raise BusAway(in_words(error)) from None
        self._doubted_until = 0.0
        await when_safe()

    async def _publish_while(self, link: Link, connection: AbstractConnection) -> None:
        channel = await link.channel(connection, publisher_confirms=True, on_return_raises=True)
        wire = await _wire_of(channel)
        async with asyncio.timeout(CONNECT_S):
            await channel.declare_exchange(self._topology.exchange, aio_pika.ExchangeType.TOPIC, passive=True)
            # `mandatory` proves that one queue is bound. All who hear must stand there before anything is said.
            for service in self._topology.hearers_of(self._says):
                await channel.declare_queue(service, passive=True)
        self._channel = wire
        link.is_of_use()
        try:
            await link.lost()
        finally:
            self._channel = None

    # --------------------------------------------------------------------------------------------------------- hearing

    async def _hear_while(self, link: Link, connection: AbstractConnection) -> None:
        assert self._hearer is not None, "subscribe comes before start"
        if not await self._hearer.able():
            raise LinkLost("nothing can be recorded now")
        some = asyncio.Event()
        # A channel each: acknowledging several counts by channel.
        arrived = await self._consume(self._service, link, connection, some)
        buried = await self._consume(dead_queue(self._service), link, connection, some)
        async with asyncio.timeout(CONNECT_S):
            self._looking = await connection.channel(publisher_confirms=False)
        link.is_of_use()
        ended = asyncio.create_task(link.lost())
        ended.add_done_callback(lambda _: some.set())
        try:
            while not ended.done():
                await some.wait()
                some.clear()
                while (arrived.messages or buried.messages) and not ended.done():
                    if arrived.messages:
                        await self._hear_some(self._hearer, arrived, link)
                    if buried.messages:
                        await self._bury(self._hearer, buried)
        finally:
            self._looking = None
            ended.cancel()

    async def _consume(
        self, queue_name: str, link: Link, connection: AbstractConnection, some: asyncio.Event
    ) -> _Arrivals:
        channel = await link.channel(connection, publisher_confirms=False)
        arrivals = _Arrivals(await _wire_of(channel))

        async def take(message: DeliveredMessage) -> None:
            arrivals.messages.append(message)
            some.set()

        async with asyncio.timeout(CONNECT_S):
            await channel.set_qos(prefetch_count=PREFETCH)
            await channel.declare_queue(queue_name, passive=True)
            await arrivals.channel.basic_consume(queue_name, take)
        return arrivals

    async def _hear_some(self, hearer: Hearer, arrived: _Arrivals, link: Link) -> None:
        loop = asyncio.get_running_loop()
        if len(arrived.messages) < BATCH_AT_MOST:
            await asyncio.sleep(self._waits_until - loop.time())
        messages = arrived.take(BATCH_AT_MOST)
        self._waits_until = loop.time() + _GATHERS_FLOWING_S if len(messages) >= _FLOWING else 0.0
        await self._recorded(hearer.hear([Delivery(_name_of(one), one.body) for one in messages]), len(messages))
        link.is_of_use()
        await arrived.acknowledge(messages[-1])

    async def _bury(self, hearer: Hearer, buried: _Arrivals) -> None:
        (message,) = buried.take(1)
        delivery = Delivery(_name_of(message), message.body)
        await self._recorded(hearer.bury(delivery, "came back to the broker too often"), 1)
        await buried.acknowledge(message)

    async def _recorded(self, work: Awaitable[None], events: int) -> None:
        # Shielded: a stop lets the events in hand be committed instead of rolling them back.
        recording = asyncio.ensure_future(work)
        try:
            await asyncio.shield(recording)
        except asyncio.CancelledError:
            await asyncio.wait([recording], timeout=_FINISH_S)
            raise
        except Exception:
            # Neither handled nor put aside. The link ends, and the broker has all that is not acknowledged.
            log.warning("hearing_paused", service=self._service, events=events, exc_info=True)
            raise LinkLost("nothing could be recorded") from None


async def _wire_of(channel: AbstractChannel) -> Channel:
    """The channel without the objects and tasks that are made around every message: there are thousands a second."""
    wire = await channel.get_underlay_channel()
    assert isinstance(wire, Channel)
    return wire


def _name_of(message: DeliveredMessage) -> str:
    # The routing key of a message in the dead queue is that queue.
    return message.header.properties.message_type or message.routing_key or ""
