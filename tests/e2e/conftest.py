"""One city for all stories of a run: they are told in turn, on one worker, by citizens who do not know each other."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.citizen import Citizen
from tests.support.city import City
from tests.support.leaving import when_left
from tests.support.officer import SYSTEMS, AgencySystem, Browser, desk_of, let_in


@pytest.fixture(scope="session")
def city(
    fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[City]:
    """A city at work, with phones."""
    made = City(tmp_path_factory.mktemp("city"), fresh_database("stories"))
    try:
        made.prepare()
        made.start_phone()
        made.start()
        when_left(pytestconfig, "tests/e2e/", made.stop)
        yield made
    finally:
        made.close()


@pytest.fixture
def citizen(somebody: Callable[[], Citizen]) -> Citizen:
    """Somebody who has never written before."""
    return somebody()


@pytest.fixture
def somebody(city: City, told: list[Citizen]) -> Iterator[Callable[[], Citizen]]:
    """Another citizen each time."""
    met: list[Citizen] = []

    def meet() -> Citizen:
        met.append(Citizen(city))
        told.append(met[-1])
        return met[-1]

    yield meet
    for one in met:
        one.close()


@pytest.fixture(scope="session")
def told() -> list[Citizen]:
    """Everybody who told us anything in this run, for whoever looks whether it leaked."""
    return []


@pytest.fixture(scope="session")
def systems(city: City) -> Iterator[dict[str, AgencySystem]]:
    """Systems of the ward Láng, of its head, of the Office and of the auditor."""
    connected = let_in(city, **SYSTEMS)
    yield connected
    for system in connected.values():
        system.close()


@pytest.fixture
def browser(city: City) -> Iterator[Callable[[str], Browser]]:
    """`browser("lang.canbo")`: that officer, signed in at the desk."""
    with desk_of(city) as sit_down:
        yield sit_down
