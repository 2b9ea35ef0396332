"""Five services, two processes each, over a real RabbitMQ and a PostgreSQL of their own: everything may be broken.

Between the services and the broker lies a network that can be told to misbehave, and the database lies on a disk that
can be filled. The city is made once and stands for all tests of the folder; each test finds it whole.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy.engine import make_url

from libs.local import PrivatePostgres
from libs.local.rabbitmq import PrivateRabbitMQ
from tests.faults.conftest import Poisoned
from tests.faults.dying import MARK
from tests.faults.figures import SERVERS
from tests.faults.length import FULL
from tests.faults.waiting import in_time
from tests.support.five_services import FiveServices, Replica
from tests.support.history import Historian
from tests.support.leaving import when_left
from tests.support.listener import Listener
from tests.support.postgres import programs_folder
from tests.support.proxy import Proxy
from tests.support.small_disk import SmallDisk

SHORT = {
    "DRAIN_S": "1.5",
    # How long the work of a dead process is left alone. Everything else is as in real life.
    "INTAKE_CONVERSATION_LEASE_S": "2",
    "NOTIFIER_ZALO_CALL_S": "1.5",
    "NOTIFIER_LEASE_S": "4",
    "NOTIFIER_ECHO_WAIT_S": "4",
    # Two processes: sixty a second, within what Zalo lets an application send.
    "NOTIFIER_SEND_PER_S": "30",
    # Among other tests the machine is busy, and that is not what a short run is about.
    **({} if FULL else {"INTAKE_STORE_WITHIN_S": "3", "INTAKE_DATABASE_WAIT_S": "2"}),
}
DISK_MB = 600
VHOST = "city"
LEADING_S = 15.0

Dying = Callable[..., AbstractContextManager[None]]


@pytest.fixture(scope="session")
def amqp_url(rabbitmq_of_our_own: PrivateRabbitMQ, pytestconfig: pytest.Config) -> str:
    """The city's part of a RabbitMQ that may be harmed."""
    version = rabbitmq_of_our_own.execute("rabbit_misc:version().").strip().strip('"')
    pytestconfig.stash.setdefault(SERVERS, []).append(f"RabbitMQ {version}")
    return rabbitmq_of_our_own.add_vhost(VHOST)


@pytest.fixture
def broker(own_rabbitmq: PrivateRabbitMQ) -> PrivateRabbitMQ:
    """The RabbitMQ, well again at the beginning of each test."""
    return own_rabbitmq


@pytest.fixture(scope="session")
def disk(postgres: PrivatePostgres) -> Iterator[SmallDisk]:
    """Where the database lies."""
    made = SmallDisk(postgres.folder.parent / "disk-of-faults", DISK_MB).make()
    yield made
    made.throw_away()


@pytest.fixture(scope="session")
def database(disk: SmallDisk, pytestconfig: pytest.Config) -> Iterator[PrivatePostgres]:
    """A PostgreSQL nobody else uses."""
    with PrivatePostgres(disk.folder, programs=programs_folder(), durable=False) as server:
        server.execute("CREATE DATABASE city")
        server.execute("ALTER SYSTEM SET max_wal_size = '96MB'")
        server.execute("SELECT pg_reload_conf()")
        version = server.execute("SHOW server_version")
        pytestconfig.stash.setdefault(SERVERS, []).append(f"PostgreSQL {version}")
        yield server


@pytest.fixture(scope="session")
def network(rabbitmq_of_our_own: PrivateRabbitMQ) -> Iterator[Proxy]:
    """What lies between the services and the broker."""
    made = Proxy(rabbitmq_of_our_own.port, name="network").start()
    yield made
    made.close()


@pytest.fixture(scope="session")
def standing_city(
    database: PrivatePostgres,
    amqp_url: str,
    network: Proxy,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> Iterator[FiveServices]:
    """The city, prepared, with phones; some of it may be dead at the moment."""
    through_network = make_url(amqp_url).set(port=network.port).render_as_string(hide_password=False)
    made = FiveServices(tmp_path_factory.mktemp("city"), database.url("city"), through_network, each=2, **SHORT)
    try:
        made.prepare()
        made.start_phone()
        when_left(pytestconfig, "tests/faults/rabbitmq/", made.stop)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def historian(standing_city: FiveServices, amqp_url: str) -> Iterator[Historian]:
    """Who writes down what happens to the city, from its first day."""
    listener = Listener(amqp_url)
    listener.begin()
    made = Historian(standing_city, listener)
    yield made
    for citizen in made.citizens:
        citizen.close()


@pytest.fixture
def city(standing_city: FiveServices, network: Proxy, broker: PrivateRabbitMQ) -> Iterator[FiveServices]:
    """The city at work, in a calm world."""
    standing_city.zalo_behaves()
    network.passes()
    for replica in standing_city.replicas:
        standing_city.thaw(replica)
    standing_city.start()
    yield standing_city
    standing_city.zalo_behaves()
    network.passes()


@pytest.fixture
def dying(city: FiveServices) -> Dying:
    """`with dying("routing", "heard", about="…"):` all its processes may die there, one does; then it is started."""

    @contextmanager
    def die(service: str, at: str, *, about: str = "", on: int = 1) -> Iterator[None]:
        # The other process of the service is away meanwhile: else nobody knows which of them meets its death.
        victim, other = city.of(service)
        city.kill(victim, other)
        deaths = city.log_of(victim).count(MARK)
        city.start_one(victim, "-m", "tests.faults.dying", service, DIE_AT=at, DIE_ABOUT=about, DIE_ON=str(on))
        yield
        city.wait_until_one_is_dead(victim)
        assert city.log_of(victim).count(MARK) == deaths + 1, "it died of something else"
        city.start_one(victim)
        city.start_one(other, wait=False)

    return die


@pytest.fixture
def poisoned(city: FiveServices) -> Poisoned:
    """`with poisoned("routing", "feedback.classified.v1"):` that service cannot handle that event, the first time."""

    @contextmanager
    def poison(service: str, event: str) -> Iterator[None]:
        only, other = city.of(service)
        city.stop_some(only, other)
        city.start_one(only, "-m", "tests.faults.poisoned", service, POISON_IN=service, POISON=event)
        try:
            yield
        finally:
            city.stop_some(only)
            city.start()

    return poison


def leader_of(city: FiveServices, service: str) -> Replica:
    """The process whose relay publishes, as soon as one says so."""

    def leading() -> list[Replica]:
        return [one for one in city.of(service) if city.runs(one) and city.metric(one, "relay_leads") == 1.0]

    assert in_time(lambda: len(leading()) == 1, LEADING_S), f"{len(leading())} lead"
    return leading()[0]
