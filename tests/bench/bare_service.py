"""The least that could carry the same events: aio-pika, asyncpg, an inbox, an outbox, and nothing else.

`python -m tests.bench.bare_service SERVICE`, with `BARE_RECIPE` telling who says and hears what, and how long each
event is.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

import aio_pika
import asyncpg
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractIncomingMessage

TABLES: Final = (
    "CREATE TABLE confirmed (id uuid PRIMARY KEY, done boolean NOT NULL DEFAULT false)",
    "CREATE TABLE inbox (service text, event_id uuid, PRIMARY KEY (service, event_id))",
    "CREATE TABLE effect (service text, id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, body bytea)",
    "CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, service text, event_id uuid, name text,"
    " key uuid, body bytea)",
    "CREATE TABLE notice (case_id uuid PRIMARY KEY)",
    "CREATE TABLE ready (service text)",
)
CAUSES: Final = {
    "feedback.received.v1": "confirmed",
    "sender.identified.v1": "confirmed",
    "reply.requested.v1": "confirmed",
    "feedback.classified.v1": "feedback.received.v1",
    "feedback.progressed.v1": "feedback.classified.v1",
    "feedback.routed.v1": "feedback.classified.v1",
    "message.outcome.v1": "feedback.routed.v1",
}
"""What makes its speaker say each event."""
NOTICED: Final = "feedback.routed.v1"
NOTIFIES: Final = "notifier"
AT_ONCE: Final = 100
CLAIM_AT_ONCE: Final = 50
PREFETCH: Final = 200
EXCHANGE: Final = "bare"

Said = tuple[str, bytes]


class Bare:
    """One service of the loop."""

    def __init__(self, service: str, recipe: dict[str, Any]) -> None:
        self._service = service
        self._says: dict[str, list[str]] = recipe["says"][service]
        self._sizes: dict[str, int] = recipe["bytes"]
        self._waiting: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()

    async def run(self, pool: asyncpg.Pool, channel: AbstractChannel, exchange: AbstractExchange) -> None:
        """Hear, effect, say, until cancelled."""
        queue = await channel.get_queue(self._service)
        await channel.set_qos(PREFETCH)
        await queue.consume(self._waiting.put)
        await pool.execute("INSERT INTO ready VALUES ($1)", self._service)
        begins = "confirmed" in self._says
        await asyncio.gather(self._hear(pool, exchange), *([self._begin(pool, exchange)] if begins else []))

    async def _hear(self, pool: asyncpg.Pool, exchange: AbstractExchange) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            async with pool.acquire() as connection, connection.transaction():
                await connection.executemany(
                    "INSERT INTO inbox VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    [(self._service, UUID(message.message_id)) for message in batch],
                )
                await connection.executemany(
                    "INSERT INTO effect (service, name, body) VALUES ($1, $2, $3)",
                    [(self._service, message.routing_key, message.body) for message in batch],
                )
                if self._service == NOTIFIES:
                    cases = [(_case(m.body),) for m in batch if m.routing_key == NOTICED]
                    await connection.executemany("INSERT INTO notice VALUES ($1) ON CONFLICT DO NOTHING", cases)
                said = [
                    (name, self._body(name, _case(message.body)))
                    for message in batch
                    for name in self._says.get(message.routing_key or "", [])
                ]
                rows = await self._write(connection, said)
            await self._publish(pool, exchange, said, rows)
            await batch[-1].ack(multiple=True)

    async def _begin(self, pool: asyncpg.Pool, exchange: AbstractExchange) -> None:
        while True:
            async with pool.acquire() as connection, connection.transaction():
                found = await connection.fetch(
                    "UPDATE confirmed SET done = true WHERE id IN (SELECT id FROM confirmed WHERE NOT done"
                    " LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id",
                    CLAIM_AT_ONCE,
                )
                said = [(name, self._body(name, row["id"])) for row in found for name in self._says["confirmed"]]
                rows = await self._write(connection, said)
            await self._publish(pool, exchange, said, rows)
            if not found:
                await asyncio.sleep(0.005)

    async def _write(self, connection: Any, said: Sequence[Said]) -> list[tuple[int, UUID]]:
        if not said:
            return []
        ids = [uuid4() for _ in said]
        rows = await connection.fetch(
            "INSERT INTO outbox (service, event_id, name, key, body)"
            " SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::bytea[]) RETURNING id, event_id",
            self._service,
            ids,
            [name for name, _ in said],
            [_case(body) for _, body in said],
            [body for _, body in said],
        )
        return [(row["id"], row["event_id"]) for row in rows]

    async def _publish(
        self, pool: asyncpg.Pool, exchange: AbstractExchange, said: Sequence[Said], rows: Sequence[tuple[int, UUID]]
    ) -> None:
        if not said:
            return
        durable = aio_pika.DeliveryMode.PERSISTENT
        messages = [
            (aio_pika.Message(body, message_id=str(event_id), delivery_mode=durable), name)
            for (name, body), (_, event_id) in zip(said, rows, strict=True)
        ]
        await asyncio.gather(*(exchange.publish(message, name) for message, name in messages))
        await pool.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [row_id for row_id, _ in rows])

    def _body(self, name: str, case: UUID) -> bytes:
        return case.bytes.ljust(self._sizes[name], b".")


def _case(body: bytes) -> UUID:
    return UUID(bytes=body[:16])


async def declare(channel: AbstractChannel, hears: dict[str, list[str]]) -> None:
    """An exchange and a quorum queue for each."""
    exchange = await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
    for service, names in hears.items():
        queue = await channel.declare_queue(service, durable=True, arguments={"x-queue-type": "quorum"})
        for name in names:
            await queue.bind(exchange, name)


async def main(service: str) -> None:
    """Connect, work, until told to stop."""
    recipe = json.loads(os.environ["BARE_RECIPE"])
    connection = await aio_pika.connect(os.environ["BARE_AMQP_URL"])
    async with connection, connection.channel(publisher_confirms=True, on_return_raises=True) as channel:
        if service == "declare":
            await declare(channel, recipe["hears"])
            return
        exchange = await channel.get_exchange(EXCHANGE)
        async with asyncpg.create_pool(os.environ["BARE_DATABASE_URL"], min_size=2, max_size=4) as pool:
            work = asyncio.ensure_future(Bare(service, recipe).run(pool, channel, exchange))
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
            await asyncio.wait([work])
            if not work.cancelled():
                work.result()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(sys.argv[1]))
