"""intake at work behind a real HTTP server."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import func, select

from libs.runtime import log
from libs.web import KEEP_IDLE_S, create_app
from services.intake.app import SERVICE
from services.intake.domain.json_body import read_object
from services.intake.domain.zalo import read
from services.intake.tables import channel_events
from tests.service.intake.posting import Post
from tests.support.client import async_client
from tests.support.clock import FixedClock
from tests.support.service import Runs, eventually

log.configure("warning", "json")  # as a real start does: the default would print exceptions with their values

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@dataclass
class Door:
    """A running intake, the way in, and what it holds."""

    run: Any
    http: httpx.AsyncClient
    port: int

    async def post(self, post: Post) -> httpx.Response:
        return await self.http.post("/webhooks/zalo", content=post.raw, headers=post.headers)

    async def stored(self) -> list[Any]:
        async with self.run.begin() as tx:
            return list(await tx.session.execute(select(channel_events).order_by(channel_events.c.id)))

    async def count(self) -> int:
        async with self.run.begin() as tx:
            return int(await tx.session.scalar(select(func.count()).select_from(channel_events)))

    def reads(self, row: Any) -> Any:
        """What the stored bytes of an event mean."""
        body = read_object(self.run.parts.sealer.open_bytes(row.body))
        assert isinstance(body, dict)
        return read(body, self.run.parts.account, row.received_at)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
async def open_door(runs: Runs, clock: FixedClock) -> AsyncIterator[Callable[..., Awaitable[Door]]]:
    """Open intake's door with these settings."""
    closing: list[Callable[[], Awaitable[None]]] = []

    async def open_one(**settings: Any) -> Door:
        run = await runs(SERVICE, clock=clock, **settings)
        config = uvicorn.Config(
            create_app(run),
            host="127.0.0.1",
            port=0,
            lifespan="off",
            log_config=None,
            access_log=False,
            ws="none",
            timeout_keep_alive=KEEP_IDLE_S,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())

        async def is_up() -> bool:
            return server.started

        await eventually(is_up)
        port = server.servers[0].sockets[0].getsockname()[1]
        http = async_client(f"http://127.0.0.1:{port}", timeout_s=20)

        async def close() -> None:
            await http.aclose()
            server.should_exit = True
            await serving

        closing.append(close)
        return Door(run, http, port)

    yield open_one
    for close in closing:
        await close()


@pytest.fixture
async def door(open_door: Callable[..., Awaitable[Door]]) -> Door:
    return await open_door()


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """All that was logged so far, at the level that tells most."""
    log.configure("debug", "json")
    written = io.StringIO()
    [handler] = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written.getvalue
    log.configure("warning", "json")
