"""The application: one ASGI app for everything the real platform spreads over four hosts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from simulators.zalo_oa import graph_api, media, message_api, oauth, page, read_api, tester_api, upload_api, zns_api
from simulators.zalo_oa.answer import answer_refusal
from simulators.zalo_oa.clock import NowMs, system_now_ms
from simulators.zalo_oa.gate import Gate
from simulators.zalo_oa.refusal import Refusal
from simulators.zalo_oa.settings import SimulatorSettings
from simulators.zalo_oa.simulator import Simulator, build


def create_app(
    settings: SimulatorSettings,
    *,
    now_ms: NowMs = system_now_ms,
    webhook_transport: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """Build one simulated platform.

    Webhooks leave by themselves while the lifespan runs. Without it, as under ``httpx.ASGITransport``, a test calls
    ``await app.state.simulator.sender.deliver_due()``.
    """
    simulator = build(settings, now_ms, webhook_transport)
    # No interactive documentation: its pages would load scripts from other hosts.
    app = FastAPI(title="Zalo OA (mô phỏng)", docs_url=None, redoc_url=None, lifespan=_lifespan)
    app.state.simulator = simulator
    app.add_middleware(Gate, simulator=simulator)
    app.add_exception_handler(Refusal, answer_refusal)
    for part in (oauth, message_api, zns_api, upload_api, read_api, graph_api, media, tester_api, page):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=page.ROOM / "static"), name="static")

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    simulator: Simulator = app.state.simulator
    sending = asyncio.create_task(simulator.sender.run())
    try:
        yield
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        simulator.database.close()
