"""A queue of the tests' own that hears everything the services say to one another, in the order they say it in."""

import asyncio
import json
from typing import Final

import aio_pika

from libs.contracts.catalogue import EXCHANGE

QUEUE: Final = "witness"
_LIMIT_S: Final = 30.0


class Listener:
    """Keeps what it hears on the broker itself, so that both may be away for a while; reads it when asked."""

    def __init__(self, amqp_url: str) -> None:
        self._url = amqp_url
        self._heard: list[str] = []

    def begin(self) -> None:
        """From now on hear everything."""
        asyncio.run(self._bind())

    def event_ids(self) -> list[str]:
        """The events that were carried, oldest first, as often as each of them was."""
        self._heard += asyncio.run(self._take())
        return list(self._heard)

    async def _bind(self) -> None:
        async with await aio_pika.connect(self._url, timeout=_LIMIT_S) as connection, connection.channel() as channel:
            queue = await channel.declare_queue(QUEUE, durable=True)
            await queue.bind(EXCHANGE, "#")

    async def _take(self) -> list[str]:
        taken: list[str] = []
        async with await aio_pika.connect(self._url, timeout=_LIMIT_S) as connection, connection.channel() as channel:
            await channel.set_qos(prefetch_count=500)
            queue = await channel.get_queue(QUEUE)
            waiting = queue.declaration_result.message_count or 0
            if not waiting:
                return []
            async with queue.iterator(timeout=_LIMIT_S) as messages:
                async for message in messages:
                    taken += _event_id(message.body)
                    await message.ack()
                    waiting -= 1
                    if not waiting:
                        break
        return taken


def _event_id(body: bytes) -> list[str]:
    """The id in it; none where a test sent what is no event."""
    try:
        return [json.loads(body)["event_id"]]
    except ValueError:
        return []
