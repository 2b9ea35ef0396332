"""The broker is away, silent, or takes nothing: citizens notice nothing, and all is made up for. F06, F07, F10."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import pytest

from libs.local.rabbitmq import PrivateRabbitMQ
from tests.faults.figures import Figures, ms, s
from tests.faults.length import FULL, lasting
from tests.faults.load import PER_S, Load
from tests.faults.stories import Stories
from tests.faults.waiting import in_time
from tests.support.citizen import Citizen
from tests.support.five_services import FiveServices
from tests.support.history import Historian
from tests.support.proxy import Proxy

pytestmark = pytest.mark.faults

AWAY_S: Final = lasting(7, 60)
BLOCKED_S: Final = lasting(7, 20)
P99_S: Final = 0.25 if FULL else 1.0
"""In a short run other tests keep the machine busy; a webhook that waited for the broker would wait three seconds."""
MADE_UP_S: Final = 60.0
NOTICED_S: Final = 5.0

OLDEST: Final = "SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM {}.outbox"
LATE: Final = "SELECT count(*) FROM notifier.messages WHERE not_before < now() - interval '2 s'"

Trouble = Callable[[], object]


class Broken:
    """The broker is of no use for a while, and then again: what is seen of it under load."""

    def __init__(
        self, city: FiveServices, somebody: Callable[[], Citizen], historian: Historian, figures: Figures
    ) -> None:
        self._city = city
        self._somebody = somebody
        self._historian = historian
        self._figures = figures

    @contextmanager
    def by(self, trouble: Trouble, remedy: Trouble, *, lasting_s: float = AWAY_S) -> Iterator[None]:
        """Bring it about; in the block it is so and has been noticed; afterwards everything is made up for."""
        city, figures, pids = self._city, self._figures, self._city.pids
        with Stories(self._somebody), Load(city, self._historian) as load:
            load.goes_on_for(1)
            trouble()
            away_at = time.monotonic()
            try:
                assert in_time(partial(_all_say, city, "degraded"), lasting_s), "nobody noticed"
                figures["noticed after"] = s(time.monotonic() - away_at)
                load.goes_on_for(max(lasting_s - (time.monotonic() - away_at), 0))
                figures["events waiting meanwhile"] = str(city.administrator.one("SELECT count(*) FROM intake.outbox"))
                yield
            finally:
                back_at = time.monotonic()
                remedy()
            assert in_time(partial(_is_made_up_for, city), MADE_UP_S), self._historian.moving()
            figures["backlog gone after"] = s(time.monotonic() - back_at)
            load.goes_on_for(1)
        assert load.was_taken_at_once()
        assert set(load.pages) <= ({200} if FULL else {200, 503})
        p99_s = load.p99_s(since=away_at, until=back_at)
        figures["webhooks meanwhile, 99 of 100 within"] = ms(p99_s)
        assert p99_s < P99_S
        assert in_time(partial(_all_say, city, "ok"), MADE_UP_S)
        assert city.pids == pids, "nothing was restarted"
        self._historian.ledger_holds(2 * MADE_UP_S)
        figures["load"] = (
            f"{PER_S} webhooks a second for {s(lasting_s)} and until all was made up for, {load.sent} in all"
        )


@pytest.fixture
def broken(
    city: FiveServices, somebody: Callable[[], Citizen], historian: Historian, figures: Figures
) -> Iterator[Broken]:
    """`with broken.by(trouble, remedy):`."""
    return Broken(city, somebody, historian, figures)


def test_f06_with_the_broker_away_webhooks_are_answered_in_time_and_the_backlog_is_gone_soon_after_its_return(
    broken: Broken, broker: PrivateRabbitMQ
) -> None:
    with broken.by(broker.kill, broker.start):
        assert not broker.is_running()


def test_f07_a_silent_broker_holds_nobody_up_and_it_heals_without_a_restart(
    broken: Broken, network: Proxy, figures: Figures
) -> None:
    with broken.by(network.goes_silent, network.passes):
        assert float(figures["noticed after"].split()[0]) < NOTICED_S, "a publish did not end"


@pytest.mark.campaign
def test_f07_a_frozen_broker_holds_nobody_up_and_it_heals_without_a_restart(
    broken: Broken, broker: PrivateRabbitMQ, figures: Figures
) -> None:
    with broken.by(broker.freeze, broker.thaw):
        assert float(figures["noticed after"].split()[0]) < NOTICED_S, "a publish did not end"


def test_f10_a_broker_short_of_memory_takes_nothing_and_intake_goes_on(broken: Broken, broker: PrivateRabbitMQ) -> None:
    with broken.by(lambda: broker.set_limit(memory=0), broker.set_limit, lasting_s=BLOCKED_S):
        assert "memory" in broker.alarms()


def _all_say(city: FiveServices, state: str) -> bool:
    """Whether each process that says something to others tells so of its bus, and none calls itself unfit for it."""
    told = [city.health(one) for one in city.replicas if one.service in ("intake", "routing")]
    assert {status for status, _ in told} == {200}, "requests are welcome all the same"
    return any(body["checks"]["bus"]["state"] == state for _, body in told) and (
        state != "ok" or all(body["checks"]["bus"]["state"] == "ok" for _, body in told)
    )


def _is_made_up_for(city: FiveServices) -> bool:
    """Whether nothing waits for longer than on any other day, while new things keep coming."""
    ask = city.administrator.one
    services = ("intake", "triage", "routing", "notifier")
    return all(ask(OLDEST.format(one)) < 2 for one in services) and ask(LATE) == 0
