"""triage at work: `desk` hears, says, and answers over HTTP."""

from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest

from libs.web import create_app
from services.triage.app import SERVICE
from tests.service.triage.desk import Desk
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
