"""One city on a PostgreSQL of its own, so that both may be killed, for all faults of a run, in turn on one worker."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

import pytest

from libs.local import PrivatePostgres
from tests.faults.dying import MARK
from tests.faults.figures import figures, pytest_runtest_makereport  # noqa: F401 - for pytest
from tests.faults.length import FULL
from tests.support.citizen import Citizen
from tests.support.city import City
from tests.support.history import Historian
from tests.support.leaving import when_left
from tests.support.postgres import programs_folder

SHORT: Final = {
    # How long the work of a dead process is left alone. Everything else is as in real life.
    "INTAKE_CONVERSATION_LEASE_S": "2",
    "NOTIFIER_ZALO_CALL_S": "1.5",
    "NOTIFIER_LEASE_S": "4",
    "NOTIFIER_ECHO_WAIT_S": "4",
}

Dying = Callable[..., AbstractContextManager[None]]
Poisoned = Callable[[str, str], AbstractContextManager[None]]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "campaign: too long for every day; only in `make faults`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is too long for every day, and what a shorter test beside it shows already."""
    long = [] if FULL else [item for item in items if item.get_closest_marker("campaign")]
    items[:] = [item for item in items if item not in long]
    config.hook.pytest_deselected(items=long)


@pytest.fixture(scope="session")
def database(postgres: PrivatePostgres) -> Iterator[PrivatePostgres]:
    """A PostgreSQL nobody else uses; its folder goes with that of the run."""
    root = postgres.folder.parent
    with PrivatePostgres(root, name="postgres-of-faults", programs=programs_folder(), durable=False) as server:
        server.execute("CREATE DATABASE city")
        yield server


@pytest.fixture(scope="session")
def standing_city(
    database: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[City]:
    """The city, prepared, with phones; it may be dead at the moment."""
    made = City(tmp_path_factory.mktemp("city"), database.url("city"), **SHORT)
    try:
        made.prepare()
        made.start_phone()
        when_left(pytestconfig, "tests/faults/", made.stop)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def historian(standing_city: City) -> Iterator[Historian]:
    """Who writes down what happens to the city, from its first day."""
    made = Historian(standing_city)
    yield made
    for citizen in made.citizens:
        citizen.close()


@pytest.fixture
def city(standing_city: City) -> Iterator[City]:
    """The city at work, in a calm world."""
    standing_city.zalo_behaves()
    if not standing_city.is_alive():
        standing_city.start()
    yield standing_city
    standing_city.zalo_behaves()


@pytest.fixture
def citizen(somebody: Callable[[], Citizen]) -> Citizen:
    """Somebody who has never written before."""
    return somebody()


@pytest.fixture
def somebody(city: City, historian: Historian) -> Callable[[], Citizen]:
    """Another citizen each time, whose phone belongs to the history."""
    return lambda: historian.meets(Citizen(city, look_every_s=0.1))


@pytest.fixture
def dying(city: City) -> Dying:
    """`with dying("stored", about="user_send_text", on=5):` the city dies there by its own hand; then it is started."""

    @contextmanager
    def die(at: str, *, about: str = "", on: int = 1) -> Iterator[None]:
        city.kill()
        deaths = city.log().count(MARK)
        city.start("-m", "tests.faults.dying", "embedded", DIE_AT=at, DIE_ABOUT=about, DIE_ON=str(on))
        yield
        city.wait_until_dead()
        assert city.log().count(MARK) == deaths + 1, "it died of something else"
        city.start()

    return die


@pytest.fixture
def poisoned(city: City) -> Poisoned:
    """`with poisoned("routing", "feedback.classified.v1"):` that service cannot handle that event, the first time."""

    @contextmanager
    def poison(service: str, event: str) -> Iterator[None]:
        city.stop()
        city.start("-m", "tests.faults.poisoned", "embedded", POISON_IN=service, POISON=event)
        try:
            yield
        finally:
            city.stop()
            city.start()

    return poison
