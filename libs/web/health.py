"""Is it alive, is it ready, and what is not as it should be."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from libs.runtime.run import Run
from libs.runtime.service import Check, State

router = APIRouter(tags=["health"])


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process runs. Never asks the database: a restart would not bring it back."""
    return {"status": "alive"}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """Whether requests should be sent here: 503 when not; `degraded` names what a person should look at."""
    checks = await examine(request.app.state.run)
    states = {check.state for check in checks}
    status: State = "down" if "down" in states else "degraded" if "degraded" in states else "ok"
    return JSONResponse(
        {
            "status": {"ok": "ready", "degraded": "degraded", "down": "not_ready"}[status],
            "checks": {check.name: {"state": check.state, "detail": check.detail} for check in checks},
        },
        status_code=503 if status == "down" else 200,
    )


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """For Prometheus."""
    return Response(generate_latest(request.app.state.run.metrics.registry), media_type=CONTENT_TYPE_LATEST)


async def examine(run: Run[Any]) -> list[Check]:
    """All checks of a service, its own and the runtime's."""
    answers = await run.database.answers()
    checks = [Check("database", "ok" if answers else "down")]
    if run.is_stopping or not run.is_prepared:
        checks.append(Check("process", "down", "stopping" if run.is_stopping else "starting"))
    if run.bus is not None:
        # Events wait safely in the outbox meanwhile, so requests are still welcome.
        checks.append(Check("bus", "ok" if run.bus.ready else "degraded"))
    if answers and run.is_prepared:
        checks += [await check(run) for check in run.service.checks]
    return checks
