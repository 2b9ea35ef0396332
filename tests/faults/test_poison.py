"""One event that cannot be handled holds up nobody, is kept with its reason, and can be run again. F12."""

import statistics
from collections.abc import Callable
from functools import partial

import pytest

from libs.local import wait_until
from tests.faults.conftest import Poisoned
from tests.faults.figures import Figures, ms
from tests.support.citizen import BIRTH, Citizen
from tests.support.city import City
from tests.support.history import Historian

pytestmark = pytest.mark.faults

HEARERS = ("routing", "triage", "portal_bridge")
SHELF = "SELECT event_id, name, reason, attempts, dead_at FROM routing.deferred_events"
WAITED = """
    SELECT extract(epoch FROM routed.at - received.at)
    FROM witness.said received JOIN witness.said routed USING (key)
    WHERE received.name = 'feedback.received.v1' AND routed.name = 'feedback.routed.v1'
      AND convert_from(received.body, 'UTF8')::json ->> 'code' = $1
"""


def test_f12_a_poisonous_event_is_put_aside_others_go_on_and_it_is_handled_once_its_handler_is_mended(
    city: City, somebody: Callable[[], Citizen], historian: Historian, poisoned: Poisoned, figures: Figures
) -> None:
    with poisoned("routing", "feedback.classified.v1"):
        unlucky, others = somebody(), [somebody() for _ in range(3)]
        code = unlucky.files(BIRTH)
        assert wait_until(lambda: city.administrator.rows(SHELF) != [], 10)
        codes = [citizen.files(BIRTH) for citizen in others]
        for citizen, filed in zip(others, codes, strict=True):
            citizen.hears_where_it_went(filed)
        waited = [float(city.administrator.one(WAITED, filed)) for filed in codes]
        assert statistics.median(waited) < 1.0
        figures["others went from citizen to agency within"] = ms(statistics.median(waited))
        (kept,) = city.administrator.rows(SHELF)
        assert (kept["name"], kept["reason"], kept["dead_at"]) == ("feedback.classified.v1", "Poisonous", None)
        assert not [message for message in unlucky.messages if "đã được chuyển tới" in message.text]
        # As after many tries: by itself it would be tried again in a day.
        city.administrator.rows("UPDATE routing.deferred_events SET next_at = now() + interval '1 day'")
    assert "1 events are due again" in city.run(["services.routing", "replay", str(kept["event_id"])])
    unlucky.hears_where_it_went(code)
    assert city.administrator.rows(SHELF) == []
    historian.ledger_holds()


def test_f12_an_event_nobody_can_read_is_dead_at_once_and_alarms(
    city: City, citizen: Citizen, historian: Historian
) -> None:
    unreadable = """
        INSERT INTO intake.outbox (event_id, name, key, body, created_at)
        VALUES (gen_random_uuid(), 'feedback.received.v1', gen_random_uuid(), 'no event at all', now())
        RETURNING event_id
    """
    event_id = city.administrator.one(unreadable)
    code = citizen.files(BIRTH)
    citizen.hears_where_it_went(code)
    dead = "SELECT reason FROM {}.deferred_events WHERE dead_at IS NOT NULL"
    for hearer in HEARERS:
        assert wait_until(partial(_is, "unreadable", city.administrator.one, dead.format(hearer)), 10)
        assert wait_until(partial(_is, 1, _metric, city, hearer, "dead_events"), 10)
    for hearer in HEARERS:
        city.administrator.rows(f"DELETE FROM {hearer}.deferred_events")
    city.administrator.rows("DELETE FROM witness.said WHERE event_id = $1", event_id)
    historian.ledger_holds()


def _is(wanted: object, ask: Callable[..., object], *about: object) -> bool:
    return ask(*about) == wanted


def _metric(city: City, service: str, name: str) -> float | None:
    lines = city.metrics_of(service)[0].splitlines()
    return next((float(line.rsplit(" ", 1)[1]) for line in lines if f"{name} " in line and line[0] != "#"), None)
