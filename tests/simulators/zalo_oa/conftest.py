"""One simulated platform with a clock moved by hand, and a receiver that answers as a test wants."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from simulators.zalo_oa.app import create_app
from simulators.zalo_oa.simulator import Simulator
from tests.simulators.zalo_oa.scene import HandClock, Receiver, settings


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def platform(clock: HandClock, receiver: Receiver) -> Callable[..., FastAPI]:
    """Builds a platform; settings by keyword."""

    def build(**changes: Any) -> FastAPI:
        return create_app(settings(**changes), now_ms=clock, webhook_transport=httpx.MockTransport(receiver))

    return build


@pytest.fixture
def app(platform: Callable[..., FastAPI]) -> FastAPI:
    return platform()


@pytest.fixture
def simulator(app: FastAPI) -> Simulator:
    simulator: Simulator = app.state.simulator
    return simulator


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token: a tester, a browser, an attachment's reader."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:9000") as client:
        yield client


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The application, with its access token."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://127.0.0.1:9000",
        headers={"access_token": "access-1"},
    ) as client:
        yield client


@pytest.fixture
def sample() -> Callable[[str], bytes]:
    """The bytes of a published sample event."""
    folder = Path(__file__).parents[2] / "zalo_events"
    return lambda name: (folder / name).read_bytes()
