"""The broker says no, says nothing, or has nowhere to put it: the event stays with us and goes out later. F08, F09."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from libs.local.rabbitmq import PrivateRabbitMQ
from libs.local.rabbitmq_client import erlang_text
from tests.faults.figures import Figures
from tests.faults.length import lasting
from tests.faults.load import Load
from tests.faults.rabbitmq.conftest import VHOST
from tests.faults.stories import Stories
from tests.faults.waiting import in_time
from tests.support.binding import unbound
from tests.support.citizen import BIRTH, FILED, Citizen
from tests.support.five_services import FiveServices
from tests.support.history import Historian
from tests.support.proxy import Proxy

pytestmark = pytest.mark.faults

SPOILING_S: Final = lasting(5, 20)
NOTICED_S: Final = 15.0
OUTBOX: Final = "SELECT count(*) FROM intake.outbox WHERE parked_at IS NULL"
GIVEN_UP: Final = "SELECT count(*) FROM intake.outbox WHERE attempts > 0"
LEFT: Final = "SELECT name, reason, attempts, parked_at FROM routing.outbox ORDER BY id"


@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param("lose_every", id="lost"),
        pytest.param("refuse_every", id="refused", marks=pytest.mark.campaign),
    ],
)
def test_f08_confirms_that_never_come_or_say_no_cost_time_and_no_event(
    city: FiveServices,
    network: Proxy,
    somebody: Callable[[], Citizen],
    historian: Historian,
    figures: Figures,
    spoiled: str,
) -> None:
    with Stories(somebody), Load(city, historian) as load:
        spoiler = network.spoils_confirms(**{spoiled: 25})
        load.goes_on_for(SPOILING_S)
        network.passes()
        network.breaks()
    assert spoiler.lost + spoiler.refused > 0
    assert load.was_taken_at_once()
    assert city.administrator.one(GIVEN_UP) == 0, "the broker's trouble was counted against the events"
    historian.ledger_holds()
    figures["confirms spoiled"] = f"{spoiler.lost + spoiler.refused} of {spoiler.seen}"


def test_f08_a_full_queue_says_no_and_what_it_refused_is_sent_when_it_has_room(
    city: FiveServices, broker: PrivateRabbitMQ, citizen: Citizen, historian: Historian
) -> None:
    citizen.comes_to_summary(BIRTH)
    historian.wait_until_quiet()
    with _full(broker, "notifier"):
        city.kill(*city.of("notifier"))
        with Load(city, historian) as load:
            assert in_time(lambda: city.administrator.one(OUTBOX) > 20, NOTICED_S), "nothing was refused"
            citizen.says_yes(BIRTH)
        assert load.was_taken_at_once()
        told = [city.health(one) for one in city.of("intake")]
        assert {status for status, _ in told} == {200}
        assert "degraded" in {body["checks"]["bus"]["state"] for _, body in told}
    # The queue may grow again, and nobody empties it yet: what was refused goes out all the same.
    assert in_time(lambda: city.administrator.one(OUTBOX) == 0, NOTICED_S), "refused for ever"
    city.start()
    citizen.hears_where_it_went(citizen.hears(FILED).code)
    assert city.administrator.one(GIVEN_UP) == 0
    historian.ledger_holds()


def test_f09_an_event_no_queue_takes_is_kept_and_alarmed_and_goes_out_when_one_takes_it(
    city: FiveServices, amqp_url: str, citizen: Citizen, historian: Historian
) -> None:
    citizen.comes_to_summary(BIRTH)
    historian.wait_until_quiet()
    with unbound(amqp_url, "feedback.routed.v1"):
        citizen.says_yes(BIRTH)
        code = citizen.hears(FILED).code
        assert in_time(lambda: _left(city) == [("feedback.routed.v1", "NobodyHears")], NOTICED_S), _left(city)
        # Fast forward through the waits between the tries.
        hurry = "UPDATE routing.outbox SET next_at = now() WHERE attempts > 0"
        assert in_time(lambda: city.administrator.rows(hurry) == [] and _parked(city) == 1, NOTICED_S)
        everybody = city.of("routing")
        assert in_time(lambda: all(city.metric(one, "outbox_parked") == 1.0 for one in everybody), NOTICED_S)
    city.run(["services.routing", "replay"])
    citizen.hears_where_it_went(code)
    historian.ledger_holds()


def _left(city: FiveServices) -> list[tuple[str, str]]:
    return [(row["name"], row["reason"]) for row in city.administrator.rows(LEFT)]


def _parked(city: FiveServices) -> int:
    parked: int = city.administrator.one("SELECT count(*) FROM routing.outbox WHERE parked_at IS NOT NULL")
    return parked


@contextmanager
def _full(broker: PrivateRabbitMQ, queue: str) -> Iterator[None]:
    """A queue that takes five messages and no more."""
    where, name = erlang_text(VHOST), erlang_text("full")
    what = ", ".join(erlang_text(text) for text in (f"^{queue}$", '{"max-length": 5}'))
    broker.execute(f'rabbit_policy:parse_set({where}, {name}, {what}, 1, <<"queues">>, <<"tests">>).')
    try:
        yield
    finally:
        broker.execute(f'rabbit_policy:delete({where}, {name}, <<"tests">>).')
