"""Zalo refuses, is silent, or answers drop by drop: we wait, try again, and everybody hears us once. F25."""

import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.faults.figures import Figures, ms, s
from tests.faults.length import lasting
from tests.faults.load import Load
from tests.support.citizen import BIRTH, CONSENT, Citizen
from tests.support.five_services import FiveServices
from tests.support.history import Historian

pytestmark = pytest.mark.faults

CITIZENS: Final = 5
TROUBLE_S: Final = lasting(5, 10)
HEARD_AGAIN_S: Final = 60.0
TRIES_EACH: Final = 6
LOOKS_PER_S: Final = 2


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param({"api_429": True}, id="429", marks=pytest.mark.campaign),
        pytest.param({"api_500": True}, id="500"),
        pytest.param({"api_silence": True, "silence_s": 30}, id="silence"),
        pytest.param({"api_slow_drip": True, "drip_s": 30}, id="drip", marks=pytest.mark.campaign),
    ],
)
def test_f25_whatever_ails_zalo_citizens_are_heard_meanwhile_and_hear_us_once_afterwards(
    city: FiveServices,
    somebody: Callable[[], Citizen],
    historian: Historian,
    figures: Figures,
    trouble: dict[str, Any],
) -> None:
    citizens = [somebody() for _ in range(CITIZENS)]
    with Load(city, historian, per_s=10) as load:
        city.zalo(**trouble)
        before = _calls(city)
        for citizen in citizens:
            citizen.says(BIRTH)
        load.goes_on_for(TROUBLE_S)
        calls = _calls(city) - before
        city.zalo(**{switch: False for switch in trouble if switch.startswith("api_")})
    well_at = time.monotonic()
    assert load.was_taken_at_once()
    owed, looks = CITIZENS + load.citizens, LOOKS_PER_S * TROUBLE_S * len(city.of("notifier"))
    assert calls <= TRIES_EACH * owed + looks, "a system in trouble is not to be hammered"
    for citizen in citizens:
        citizen.hears(CONSENT, within_s=HEARD_AGAIN_S)
    figures["everybody heard us after"] = s(time.monotonic() - well_at)
    figures["webhooks meanwhile, 99 of 100 within"] = ms(load.p99_s())
    figures["calls of Zalo meanwhile"] = f"{calls:.0f} in {s(TROUBLE_S)}, {owed} messages waiting"
    historian.ledger_holds(120)


def _calls(city: FiveServices) -> float:
    """How often both notifiers have called Zalo."""
    lines = "\n".join(city.metrics_of("notifier")).splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("notifier_outbound_calls_total{"))
