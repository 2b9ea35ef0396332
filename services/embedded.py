"""All five services in one process: the same code, one port, an in-process bus, a real PostgreSQL.

`python -m services.embedded prepare` makes the schemas ready, `python -m services.embedded` serves. Nothing in a
service can tell which way it runs: each keeps its own database role, outbox, inbox and jobs.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import uvicorn
from pydantic import PositiveInt
from pydantic_settings import BaseSettings
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.launch import memory
from libs.launch.prepare import NotPrepared, prepare
from libs.launch.rows import BadRows
from libs.launch.settings import BadSettings, load_settings
from libs.runtime import log
from libs.runtime.bus.memory import MemoryBus
from libs.runtime.clock import Clock, SystemClock
from libs.runtime.run import Run
from libs.runtime.service import Service
from libs.runtime.settings import RuntimeSettings
from libs.web import KEEP_IDLE_S, create_app
from libs.web.health import examine
from services.intake.app import SERVICE as INTAKE
from services.notifier.app import SERVICE as NOTIFIER
from services.portal_bridge.app import SERVICE as PORTAL_BRIDGE
from services.routing.app import SERVICE as ROUTING
from services.triage.app import SERVICE as TRIAGE

SERVICES: Final = (INTAKE, TRIAGE, ROUTING, NOTIFIER, PORTAL_BRIDGE)
DESK: Final = "/desk"


class EmbeddedSettings(BaseSettings):
    """Where the one process listens."""

    host: str = "127.0.0.1"
    port: PositiveInt = 8000


class City:
    """The five services' applications under the addresses an ingress would give them."""

    def __init__(self, apps: dict[str, ASGIApp]) -> None:
        self._apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the service its address belongs to; the root is intake's, the desk is routing's."""
        path: str = scope.get("path", "/")
        name, _, rest = path[1:].partition("/")
        if name in self._apps:
            scope = {**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode(), "root_path": ""}
            await self._apps[name](scope, receive, send)
        elif path == DESK or path.startswith(f"{DESK}/"):
            await self._apps["routing"](scope, receive, send)
        else:
            await self._apps["intake"](scope, receive, send)


def build(runs: Sequence[Run[Any]]) -> Starlette:
    """The city as one application; its services live as long as it does."""
    bus = MemoryBus()

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        for run in runs:
            await run.start(bus)
        await bus.start()
        for run in runs:
            run.go()
        memory.settle()
        try:
            yield
        finally:
            # First nothing new is published or begun, then what was heard is finished, then connections close.
            await asyncio.gather(*(run.halt() for run in runs))
            await bus.stop()
            for run in runs:
                await run.close()

    async def ready(_request: object) -> JSONResponse:
        states = {run.service.name: [check.state for check in await examine(run)] for run in runs}
        down = any("down" in state for state in states.values())
        return JSONResponse({"status": "not_ready" if down else "ready", "services": states}, 503 if down else 200)

    city = City({run.service.name: create_app(run) for run in runs})
    return Starlette(
        routes=[Route("/health/ready", ready), Mount("/", app=city)],
        lifespan=life,
    )


def load_all() -> list[tuple[Service, RuntimeSettings]]:
    """Every service with its settings.

    Raises:
        BadSettings: naming everything that is missing, for all services at once.
    """
    loaded, wrong = [], []
    for service in SERVICES:
        try:
            loaded.append((service, load_settings(service, root_path=f"/{service.name}", has_replicas=False)))
        except BadSettings as error:
            wrong.append(f"{service.name}: {error}")
    if wrong:
        raise BadSettings("\n".join([*wrong, "`make demo` creates everything it needs; .env.example explains each."]))
    return loaded


def runs_of(loaded: Sequence[tuple[Service, RuntimeSettings]], clock: Clock) -> list[Run[Any]]:
    """The services at work, not started yet."""
    return [Run(service, settings, clock) for service, settings in loaded]


async def _prepare_all(loaded: Sequence[tuple[Service, RuntimeSettings]]) -> None:
    for service, settings in loaded:
        await prepare(service, settings, SystemClock())


def main(arguments: list[str] | None = None) -> int:
    """Prepare or serve; 2 when a person must mend something first."""
    parser = argparse.ArgumentParser(prog="python -m services.embedded", description=__doc__)
    parser.add_argument("word", nargs="?", choices=("serve", "prepare"), default="serve")
    word = parser.parse_args(arguments).word
    try:
        loaded = load_all()
        log.configure(loaded[0][1].log_level, loaded[0][1].log_format)
        if word == "prepare":
            asyncio.run(_prepare_all(loaded))
            return 0
    except (BadSettings, NotPrepared, BadRows) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    where = EmbeddedSettings()
    uvicorn.run(
        build(runs_of(loaded, SystemClock())),
        host=where.host,
        port=where.port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=KEEP_IDLE_S,
        timeout_graceful_shutdown=10,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
