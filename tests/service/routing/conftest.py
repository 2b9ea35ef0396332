"""routing at work: `city` hears, says, and answers over HTTP."""

import base64
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import httpx
import pytest

from libs.web import create_app
from services.routing.app import SERVICE
from tests.service.routing.city import City
from tests.support.clock import FixedClock
from tests.support.service import Runs

NOW = datetime.fromisoformat("2026-11-23T09:01+07:00")


@pytest.fixture(scope="session", autouse=True)
def _session_key() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROUTING_SESSION_PRIVATE_KEY", base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("="))
        yield


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
async def city(runs: Runs, clock: FixedClock) -> AsyncIterator[City]:
    run = await runs(SERVICE, clock=clock)
    transport = httpx.ASGITransport(create_app(run))
    async with httpx.AsyncClient(transport=transport, base_url="http://routing.test") as http:
        yield City(run, clock, http)
