"""What stands on the broker: one exchange, and per service a queue and its dead queue. Declared by `prepare`."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractQueue, HeadersType

CONNECT_S: Final = 5.0
_DELIVERIES_AT_MOST: Final = 100
"""How often a message may come back to its queue before it goes to the dead queue: links and processes do die."""
_UNLIMITED: Final = 1_000_000
"""3.x refuses a negative limit, 4.x puts one of 20 where none is said."""


@dataclass(frozen=True, slots=True)
class Topology:
    """Who hears what."""

    exchange: str
    hears: Mapping[str, tuple[str, ...]]
    """Wire names by service."""

    def hearers_of(self, names: frozenset[str]) -> list[str]:
        """The services that hear any of these events."""
        return [service for service, heard in self.hears.items() if names.intersection(heard)]


def dead_queue(service: str) -> str:
    """Where a service's messages go that came back too often: what could not even be recorded."""
    return f"{service}.dead"


async def declare(url: str, topology: Topology) -> None:
    """Make everything stand on the broker; nothing happens where it stands already.

    Raises:
        aio_pika.exceptions.AMQPError, OSError, TimeoutError: the broker is away, or refuses.
    """
    async with asyncio.timeout(CONNECT_S * 4):
        connection = await aio_pika.connect(url, timeout=CONNECT_S)
        async with connection, connection.channel() as channel:
            exchange = await channel.declare_exchange(topology.exchange, aio_pika.ExchangeType.TOPIC, durable=True)
            for service, names in topology.hears.items():
                await _declare(channel, dead_queue(service), {"x-delivery-limit": _UNLIMITED})
                queue = await _declare(channel, service, _arguments(service))
                for name in names:
                    await queue.bind(exchange, name)


async def _declare(channel: AbstractChannel, name: str, arguments: HeadersType) -> AbstractQueue:
    quorum: dict[str, Any] = {"x-queue-type": "quorum"}
    return await channel.declare_queue(name, durable=True, arguments=quorum | dict(arguments))


def _arguments(service: str) -> HeadersType:
    return {
        "x-delivery-limit": _DELIVERIES_AT_MOST,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_queue(service),
        "x-dead-letter-strategy": "at-least-once",
        # What at-least-once asks for: a full queue refuses its publisher, who keeps the event in the outbox.
        "x-overflow": "reject-publish",
    }
