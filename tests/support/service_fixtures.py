"""Fixtures that put services to work on the test run's PostgreSQL."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from libs.runtime import consumer
from tests.support.service import Runs, Workbench


@pytest.fixture(scope="session")
def bench(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """One database for this test process."""
    folder: Path = tmp_path_factory.mktemp("blobs")
    return Workbench(fresh_database("services"), folder)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is now, a batch stays one transaction: for tests that count its statements."""
    monkeypatch.setattr(consumer, "TOGETHER_S", 600.0)


@pytest.fixture
async def runs(bench: Workbench) -> AsyncIterator[Runs]:
    """Put a service to work: `run = await runs(SERVICE)`; everything it wrote is gone after the test."""
    opened = Runs(bench)
    try:
        yield opened
    finally:
        await opened.close()
