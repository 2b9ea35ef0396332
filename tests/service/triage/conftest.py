"""triage at work: `desk` hears, says, answers over HTTP; `sit` makes one that asks `endpoint`; `say` runs commands."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest
import structlog
from structlog.testing import LogCapture

from libs.launch.cli import main
from libs.runtime import log
from libs.web import create_app
from services.triage import adoption, assistant, handlers
from services.triage.app import SERVICE
from tests.service.triage.advice import PUSHED, Sit
from tests.service.triage.desk import Desk
from tests.service.triage.endpoint import ON, Endpoint, says
from tests.service.triage.say import Say
from tests.support.clock import FixedClock
from tests.support.service import Runs

NOW = datetime.fromisoformat("2026-11-23T09:01+07:00")


@pytest.fixture
async def desk(runs: Runs) -> AsyncIterator[Desk]:
    clock = FixedClock(NOW)
    run = await runs(SERVICE, clock=clock)
    transport = httpx.ASGITransport(create_app(run))
    async with httpx.AsyncClient(transport=transport, base_url="http://triage.test") as http:
        yield Desk(run, clock, http)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint(says(PUSHED))


@pytest.fixture
def sit(desk: Desk, endpoint: Endpoint, runs: Runs) -> Sit:
    """Put a triage (a replica, when called again) to work that asks the endpoint."""

    async def sit(**settings: Any) -> Desk:
        return replace(desk, run=await runs(endpoint.service, clock=desk.clock, **{**ON, **settings}))

    return sit


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[MutableMapping[str, Any]]:
    """All that triage logs, whatever log this process has been given before."""
    capture = LogCapture()
    written = structlog.wrap_logger(
        None, processors=[capture], wrapper_class=structlog.make_filtering_bound_logger("debug")
    )
    for module in (adoption, assistant, handlers):
        monkeypatch.setattr(module, "log", written)
    return capture.entries


@pytest.fixture
def say(desk: Desk, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run a command with its settings from the environment; the log of the test process stays as it is."""
    settings = runs.bench.settings(SERVICE)
    given = {
        "TRIAGE_DATABASE_URL": settings.database_url.get_secret_value(),
        "PUBLIC_URL": str(settings.public_url),
        "BLOB_URL": settings.blob_url,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(log, "configure", lambda *_: None)
    monkeypatch.setattr("services.triage.database_commands.SystemClock", lambda: desk.clock)
    return lambda *words: asyncio.ensure_future(asyncio.to_thread(main, SERVICE, list(words)))
