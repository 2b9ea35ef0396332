"""What a test measured: shown at the end of a full campaign, and kept for docs/reliability.md."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.faults.length import FULL
from tests.support.reliability import keep

Figures = dict[str, str]
FIGURES: Final = pytest.StashKey[Figures]()
SERVERS: Final = pytest.StashKey[list[str]]()
"""What took part, in words: `PostgreSQL 18.1`."""


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """`figures["webhooks, 99 of 100 within"] = ms(0.08)`."""
    return request.node.stash.setdefault(FIGURES, {})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keep what a fault's test measured, when it has passed in full length."""
    report = yield
    if FULL and report.when == "call" and report.passed and item.name.startswith("test_f"):
        keep(item.nodeid, item.stash.get(FIGURES, {}), ", ".join(item.config.stash.get(SERVERS, [])))
    return report


def ms(seconds: float) -> str:
    """A short time in words."""
    return f"{seconds * 1000:.0f} ms"


def s(seconds: float) -> str:
    """A longer time in words."""
    return f"{seconds:.1f} s"
