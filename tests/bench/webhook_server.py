"""One door to be measured, in a process of its own: `python -m tests.bench.webhook_server bare|no_store|alone|grouped
PORT`.

All four are served alike. `bare` is the least FastAPI can do; the others are intake's own application, with its own
settings, logs and meters, whose events go nowhere, or to PostgreSQL one by one, or grouped. The conversation is not
moved meanwhile: what is measured is the door.
"""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.launch import memory
from libs.launch.settings import load_settings
from libs.runtime import log
from libs.runtime.clock import SystemClock
from libs.runtime.run import Run
from libs.web import create_app
from services.intake.app import SERVICE
from services.intake.store import Arrival, ArrivalStore

DOORS: Final = ("bare", "no_store", "alone", "grouped")
PATH: Final = "/webhooks/zalo"


def bare() -> FastAPI:
    """A route that reads a body and answers."""
    app = FastAPI()

    @app.post(PATH, response_class=Response)
    async def take(request: Request) -> Response:
        await request.body()
        return Response()

    @app.get("/health/ready")
    async def ready() -> Response:
        return Response()

    return app


class Door:
    """intake's application, with its parts built and nothing else at work."""

    def __init__(self, run: Run[Any]) -> None:
        self._run = run
        self._app: ASGIApp = create_app(run)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but the server's own start and stop."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self._open():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[None]:
        await self._run.prepare_parts()
        memory.settle()
        try:
            yield
        finally:
            await self._run.close()


async def _keep_nothing(_store: ArrivalStore, arrivals: Sequence[Arrival]) -> set[UUID]:
    return {arrival.event_id for arrival in arrivals}


def door(name: str) -> ASGIApp:
    """The application behind a name of `DOORS`."""
    if name == "bare":
        return bare()
    settings = load_settings(SERVICE, group_commits=name != "alone")
    log.configure(settings.log_level, settings.log_format)
    if name == "no_store":
        # The one difference: nothing reaches the session, so it never takes a connection.
        ArrivalStore.keep = _keep_nothing  # type: ignore[method-assign, assignment]
    return Door(Run(SERVICE, settings, SystemClock()))


def main(words: list[str]) -> int:
    """Serve one door until told to stop, as a service is served."""
    uvicorn.run(
        door(words[0]), host="127.0.0.1", port=int(words[1]), access_log=False, log_config=None, server_header=False
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
