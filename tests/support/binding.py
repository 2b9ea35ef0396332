"""Takes a kind of event from every queue for a while, as a mistake at the broker would."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import aio_pika
from aio_pika.abc import AbstractChannel

from libs.contracts.catalogue import CATALOGUE, EXCHANGE, hearers_of
from tests.support.listener import QUEUE

_LIMIT_S: Final = 30.0


@contextmanager
def unbound(amqp_url: str, name: str) -> Iterator[None]:
    """In the block no queue takes this event, not even that of the tests."""
    others = [entry.event.name for entry in CATALOGUE if entry.event.name != name]
    asyncio.run(_change(amqp_url, bind={QUEUE: others}, unbind={QUEUE: ["#"], **_hearing(name)}))
    try:
        yield
    finally:
        asyncio.run(_change(amqp_url, bind={QUEUE: ["#"], **_hearing(name)}, unbind={QUEUE: others}))


def _hearing(name: str) -> dict[str, list[str]]:
    return {hearer: [name] for hearer in hearers_of(name)}


async def _change(amqp_url: str, *, bind: dict[str, list[str]], unbind: dict[str, list[str]]) -> None:
    async with await aio_pika.connect(amqp_url, timeout=_LIMIT_S) as connection, connection.channel() as channel:
        # First what is added, so that nothing is missed in between.
        for queue, keys in bind.items():
            await _each(channel, queue, keys, is_bound=True)
        for queue, keys in unbind.items():
            await _each(channel, queue, keys, is_bound=False)


async def _each(channel: AbstractChannel, queue_name: str, keys: list[str], *, is_bound: bool) -> None:
    queue = await channel.get_queue(queue_name)
    for key in keys:
        await (queue.bind(EXCHANGE, key) if is_bound else queue.unbind(EXCHANGE, key))
