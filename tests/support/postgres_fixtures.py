"""Fixtures for tests that need a PostgreSQL. Loaded by `pytest_plugins` in `tests/conftest.py`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from libs.local import PrivatePostgres
from tests.support.postgres import RunPostgres

_RUN = pytest.StashKey[RunPostgres]()
_RUN_FOLDER = "postgres_run_folder"


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get(_RUN_FOLDER)
    config.stash[_RUN] = RunPostgres.join(Path(given)) if given else RunPostgres.begin()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput[_RUN_FOLDER] = str(node.config.stash[_RUN].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if run := config.stash.get(_RUN, None):
        run.leave()


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> PrivatePostgres:
    """The PostgreSQL of this test run, the same one for every worker."""
    return pytestconfig.stash[_RUN].start()


@pytest.fixture(scope="session")
def fresh_database(pytestconfig: pytest.Config) -> Callable[[str], str]:
    """Makes an empty database and gives its address: `fresh_database("intake")`."""
    return pytestconfig.stash[_RUN].fresh_database
