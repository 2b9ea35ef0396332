"""Fixtures for tests that need a RabbitMQ. Loaded by `pytest_plugins` in `tests/conftest.py`.

A run that wanted a RabbitMQ and could have none does all other tests, says what to do, and ends non-zero.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from libs.local.rabbitmq import PrivateRabbitMQ
from tests.support.rabbitmq import NoRabbitMQError, RunRabbitMQ

_RUN = pytest.StashKey[RunRabbitMQ]()
_RUN_FOLDER = "rabbitmq_run_folder"
_REFUSAL = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get(_RUN_FOLDER)
    config.stash[_RUN] = RunRabbitMQ.join(Path(given)) if given else RunRabbitMQ.begin()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput[_RUN_FOLDER] = str(node.config.stash[_RUN].folder)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if (run := session.config.stash.get(_RUN, None)) and (refusal := run.refusal()):
        session.config.stash[_REFUSAL] = refusal
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if refusal := config.stash.get(_REFUSAL, None):
        terminalreporter.section("RabbitMQ is missing", red=True)
        terminalreporter.write_line(f"Tests that need it were not run, so this run counts as failed. {refusal}")


def pytest_unconfigure(config: pytest.Config) -> None:
    if run := config.stash.get(_RUN, None):
        run.leave()


@pytest.fixture(scope="session")
def rabbitmq(pytestconfig: pytest.Config) -> PrivateRabbitMQ:
    """The private RabbitMQ of this test run, the same one for every worker: look at it, but do not harm it.

    A test that kills, freezes or limits a node asks for `own_rabbitmq`.
    """
    try:
        return pytestconfig.stash[_RUN].start()
    except NoRabbitMQError as refusal:
        pytest.skip(str(refusal))


@pytest.fixture(scope="session")
def new_vhost(pytestconfig: pytest.Config) -> Callable[[], str]:
    """Makes an empty virtual host and gives its address: `AMQP_URL = new_vhost()`. It goes when the run ends."""
    run = pytestconfig.stash[_RUN]

    def make() -> str:
        try:
            return run.new_vhost()
        except NoRabbitMQError as refusal:
            pytest.skip(str(refusal))

    return make


@pytest.fixture
def vhost(pytestconfig: pytest.Config, new_vhost: Callable[[], str]) -> Iterator[str]:
    """The address of an empty virtual host of this test's own, removed after it."""
    address = new_vhost()
    yield address
    pytestconfig.stash[_RUN].delete_vhost(address)


@pytest.fixture
def own_rabbitmq(rabbitmq_of_our_own: PrivateRabbitMQ) -> Iterator[PrivateRabbitMQ]:
    """A node nobody else uses, running and well at the beginning of each test: kill, freeze and limit it."""
    node = rabbitmq_of_our_own
    node.thaw()
    if node.pid is None:
        node.start()
    yield node
    node.thaw()
    if node.pid is not None:
        node.set_limit()


@pytest.fixture(scope="session")
def rabbitmq_of_our_own(pytestconfig: pytest.Config) -> Iterator[PrivateRabbitMQ]:
    """The node behind `own_rabbitmq`: one per worker, started when first asked for."""
    run = pytestconfig.stash[_RUN]
    try:
        node = run.own_node()
    except NoRabbitMQError as refusal:
        pytest.skip(str(refusal))
    yield node
    node.kill()
