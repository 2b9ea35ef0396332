"""One service in a process of its own: HTTP, events heard, relay and jobs, from start to stop."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.runtime.bus import Bus
from libs.runtime.bus.rabbit import RabbitBus
from libs.runtime.clock import SystemClock
from libs.runtime.log import get_logger
from libs.runtime.run import Run
from libs.runtime.service import Service
from libs.runtime.settings import RuntimeSettings
from libs.web import KEEP_IDLE_S, create_app
from libs.web.problem import Problem

from . import memory
from .settings import BadSettings
from .topology import topology

log = get_logger()

_FINISH_REQUESTS_S: Final = 10
_JOIN_PAUSES_S: Final = (0.5, 1.0, 2.0, 5.0)
_WATCHED: Final = ("/health/", "/metrics")


def serve(service: Service, settings: RuntimeSettings) -> None:
    """Serve until SIGTERM; then finish what is under way, and return.

    Raises:
        BadSettings: no broker is named.
    """
    if settings.amqp_url is None:
        raise BadSettings("AMQP_URL is missing: amqp://user:password@host:5672/vhost")
    bus = RabbitBus(
        settings.amqp_url.get_secret_value(),
        topology(),
        service.name,
        frozenset(event.name for event in service.emits),
    )
    run: Run[Any] = Run(service, settings, SystemClock())
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal once more when all is done: then nothing is left to do.
        signal.signal(number, lambda *_: None)
    _Server(_application(run, bus), run).run()


def _application(run: Run[Any], bus: Bus) -> ASGIApp:
    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        joining = asyncio.create_task(_join(run, bus))
        try:
            yield
        finally:
            joining.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await joining
            # First nothing new is published or begun, then what was heard is finished, then connections close.
            await run.halt()
            await bus.stop()
            await run.close()

    app = create_app(run)
    app.router.lifespan_context = life
    return _Gate(app, run)


async def _join(run: Run[Any], bus: Bus) -> None:
    """Become part of the city. A database that is away, or not prepared yet, is waited for: the process lives on."""
    tries = 0
    while True:
        try:
            await run.start(bus)
            break
        except Exception:
            pause = _JOIN_PAUSES_S[min(tries, len(_JOIN_PAUSES_S) - 1)]
            tries += 1
            log.warning("cannot_join_yet", service=run.service.name, pause_s=pause, exc_info=True)
            await asyncio.sleep(pause)
    await bus.start()
    run.go()
    memory.settle()
    log.info("serving", service=run.service.name, port=run.settings.listen_port)


class _Gate:
    """Before the service has joined, only questions about its health are answered."""

    def __init__(self, app: ASGIApp, run: Run[Any]) -> None:
        self._app = app
        self._run = run

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._run.is_prepared and not scope["path"].startswith(_WATCHED):
            problem = Problem(503, "starting", "Đang khởi động, xin thử lại sau", headers={"Retry-After": "2"})
            await problem.response()(scope, receive, send)
            return
        await self._app(scope, receive, send)


class _Server(uvicorn.Server):
    """Goes on serving for a while after it was asked to stop, saying that it is not ready for more."""

    def __init__(self, app: ASGIApp, run: Run[Any]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=run.settings.listen_host,
                port=run.settings.listen_port,
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_keep_alive=KEEP_IDLE_S,
                timeout_graceful_shutdown=_FINISH_REQUESTS_S,
            )
        )
        self._run_of_service = run

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Say it to whoever asks for readiness, wait, then stop; a second signal does not wait."""
        run = self._run_of_service
        stop = super().handle_exit
        if run.is_stopping or not run.settings.drain_s:
            run.is_stopping = True
            stop(sig, frame)
            return
        run.is_stopping = True
        asyncio.get_event_loop().call_later(run.settings.drain_s, stop, sig, frame)
