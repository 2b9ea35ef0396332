"""The HTTP face of a service: its routers, health, metrics, errors, and a line of log per request."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from prometheus_client import Counter, Histogram
from starlette.routing import request_response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.runtime import trace
from libs.runtime.log import get_logger
from libs.runtime.run import Run

from . import health, problem
from .limit import BodyLimit

log = get_logger()

KEEP_IDLE_S: Final = 75
"""How long a connection nobody uses stays open: longer than those before us keep theirs, or a request of theirs meets
the closing and is lost. Source: ingress-nginx keeps a connection 60 s (`upstream-keepalive-timeout`), uvicorn 5 s.
"""


def create_app(run: Run[Any]) -> FastAPI:
    """The application of one running service; whoever starts the service decides its life."""
    service = run.service
    app = FastAPI(
        title=f"Lắng Nghe: {service.name}",
        description=service.about,
        version="1",
        # The pages of FastAPI load scripts from a third party; the document itself is what integrators need.
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        # Ours is libs.runtime.trace. FastAPI's own would tell the texts of errors, and is asked for at every request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.run = run
    problem.install(app)
    for router in (*service.routers, health.router):
        # Not `include_router`: it would try each of them twice for every request, wrapped in a router of its own.
        app.router.routes.extend(router.routes)
    plain = [route for route in app.router.routes if isinstance(route, PlainRoute)]
    doors = {(method, route.path): route for route in plain for method in route.methods or ()}
    app.add_middleware(BodyLimit, at_most_bytes=run.settings.body_limit_bytes)
    app.add_middleware(RequestLog, run=run, doors=doors)
    return app


class PlainRoute(APIRoute):
    """A route whose function is given the request and nothing else, reached without a walk through everything between.

    For the busiest door of all: what a framework does for comfort costs it more than checking a signature does. Its
    function answers for itself: no dependency, no limit to what is read, no exception turned into a problem but busy.
    """

    def __init__(self, path: str, endpoint: Callable[[Request], Awaitable[Response]], **about: Any) -> None:
        super().__init__(path, endpoint, **about)
        self.app = request_response(endpoint)


async def current_run(request: Request) -> Any:
    """The running service a route belongs to. A coroutine: a plain function would be run in a thread per request."""
    return request.app.state.run


RunDep = Annotated[Any, Depends(current_run)]


class RequestLog:
    """Continues the caller's trace, times the answer, tells route and status; never the address or the query.

    Errors nobody treated become a problem here, inside the middleware: so they are never seen by the server's own
    handler, which would print their text.
    """

    def __init__(self, app: ASGIApp, run: Run[Any], doors: Mapping[tuple[str, str], PlainRoute]) -> None:
        self._app = app
        self._run = run
        self._doors = doors
        self._root_path: str = run.settings.root_path
        self._meters: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0
        if self._root_path:
            scope["root_path"] = self._root_path

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        parent = next((value.decode("latin-1") for key, value in scope["headers"] if key == b"traceparent"), None)
        with trace.follow(parent):
            try:
                await self._behind(scope)(scope, receive, watch)
            except Exception as error:
                told = problem.answer_unexpected(_route(scope), error)
                if status:
                    raise
                await problem.answer(Request(scope), told)(scope, receive, watch)
            finally:
                self._tell(scope, status, time.perf_counter() - started)

    def _behind(self, scope: Scope) -> ASGIApp:
        door = self._doors.get((scope["method"], scope["path"]))
        if door is None:
            return self._app
        scope["route"] = door
        return door.app

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        counted, timed = self._meters_of(route, scope["method"], status)
        counted.inc()
        timed.observe(seconds)
        if not route.startswith(("/health", "/metrics")):
            log.info(
                "request",
                service=self._run.service.name,
                route=route,
                method=scope["method"],
                status=status,
                ms=round(seconds * 1000, 1),
            )

    def _meters_of(self, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
        # Kept by us: finding a meter by its labels takes a lock and a walk through them each time.
        meters = self._meters.get((route, method, status))
        if meters is None:
            metrics = self._run.metrics
            meters = metrics.requests.labels(route, method, str(status)), metrics.request_seconds.labels(route)
            self._meters[route, method, status] = meters
        return meters


def _route(scope: Scope) -> str:
    # The template, e.g. /api/v1/cases/{id}: an address may hold what a log must not.
    route = scope.get("route")
    return str(getattr(route, "path", "unmatched"))
