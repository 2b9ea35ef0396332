"""Two processes of each service: killed at random, restarted one by one, told to stop. F01, F19, F23, F38, F39."""

import random
import time
from collections.abc import Callable
from typing import Final

import pytest

from libs.local.demo import SERVICES
from tests.faults.figures import Figures, ms, s
from tests.faults.length import FULL, lasting
from tests.faults.load import Load
from tests.faults.stories import Stories
from tests.faults.test_repeats import (  # noqa: F401 - the same promise with two front doors
    test_f01_a_thousand_times_the_same_event_is_one_message_and_one_case,
)
from tests.faults.test_tokens import (  # noqa: F401 - the same promise with two senders
    test_f23_fifty_messages_that_find_the_token_dead_cause_one_refresh_and_all_arrive,
)
from tests.support.citizen import Citizen
from tests.support.five_services import FiveServices
from tests.support.history import Historian

pytestmark = pytest.mark.faults

KILLS: Final = int(lasting(4, 15))
GRACE_S: Final = 15.0
"""What is left of the half minute an orchestrator grants."""
REMINDED_AFTER_S: Final = 4.0
ROLLED: Final = SERVICES if FULL else ("intake",)
TOLD_TO_STOP: Final = SERVICES if FULL else ("intake", "notifier")


def test_whatever_process_dies_whenever_under_load_nothing_is_lost_or_counts_twice(
    city: FiveServices, somebody: Callable[[], Citizen], historian: Historian, figures: Figures
) -> None:
    dead = []
    with Stories(somebody), Load(city, historian) as load:
        for _ in range(KILLS):
            load.goes_on_for(random.uniform(0.2, 1.5))
            victim = random.choice([one for one in city.replicas if city.runs(one)])
            city.kill(victim)
            dead.append(victim.name)
            load.goes_on_for(random.uniform(0.0, 0.5))
            city.start_one(victim, wait=False)
        city.start()
    assert load.statuses() <= {200, 502, 503, None}
    historian.ledger_holds(180)


def test_f19_two_schedulers_remind_each_citizen_once(
    city: FiveServices, historian: Historian, figures: Figures
) -> None:
    historian.wait_until_quiet()
    met_before = set(historian.strangers)
    city.kill(*city.of("intake"))
    for replica in city.of("intake"):
        city.start_one(replica, wait=False, INTAKE_DRAFT_REMINDER_H=f"{REMINDED_AFTER_S / 3600}")
    city.start()
    try:
        with Load(city, historian) as load:
            load.goes_on_for(lasting(3, 15))
        historian.ledger_holds(120)
    finally:
        city.kill(*city.of("intake"))
    reminded = [len(texts) for user, texts in historian.texts_by_stranger().items() if user not in met_before]
    assert set(reminded) == {2}, "the question, and one reminder of it"
    figures["citizens reminded, once each"] = f"{len(reminded)}"


def test_f38_restarted_one_by_one_no_request_fails(
    city: FiveServices, somebody: Callable[[], Citizen], historian: Historian, figures: Figures
) -> None:
    took = []
    with Stories(somebody), Load(city, historian) as load:
        for replica in city.replicas:
            if replica.service in ROLLED:
                load.goes_on_for(0.5)
                began = time.monotonic()
                city.stop_some(replica)
                took.append(time.monotonic() - began)
                city.start_one(replica)
    assert load.statuses() == {200}
    assert set(load.pages) == {200}
    assert max(took) < GRACE_S
    historian.ledger_holds(120)
    figures["requests, none failed"] = f"{len(load.answers) + len(load.pages)} while {len(took)} processes restarted"
    figures["webhooks, 99 of 100 within"] = ms(load.p99_s())


def test_f39_told_to_stop_under_load_everything_ends_in_time_and_nothing_is_lost(
    city: FiveServices, historian: Historian, figures: Figures
) -> None:
    told = [one for one in city.replicas if one.service in TOLD_TO_STOP]
    with Load(city, historian) as load:
        load.goes_on_for(lasting(2, 10))
        began = time.monotonic()
        city.stop_some(*told)
        took_s = time.monotonic() - began
        # Ten processes starting on two cores are load enough.
        load.sends_nothing_new()
        city.start()
    assert took_s < GRACE_S, "some had to be killed"
    historian.ledger_holds(120)
    figures[f"{len(told)} processes ended within"] = s(took_s)
