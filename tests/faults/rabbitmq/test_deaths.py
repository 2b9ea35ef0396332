"""One process of a service is killed at the worst moments; whoever wrote does not notice. F03, F04, F11, F26."""

import time

import pytest

from tests.faults.figures import Figures, s
from tests.faults.rabbitmq.conftest import Dying
from tests.support.citizen import BIRTH, CONSENT, FILED, Citizen
from tests.support.history import Historian

pytestmark = pytest.mark.faults


def test_f03_killed_between_commit_and_publish_it_is_published_within_ten_seconds_of_the_restart(
    citizen: Citizen, dying: Dying, historian: Historian, figures: Figures
) -> None:
    citizen.comes_to_summary(BIRTH)
    with dying("intake", "publishing", about="feedback.received.v1"):
        citizen.says_yes(BIRTH)
    ready_at = time.monotonic()
    citizen.hears_where_it_went(citizen.hears(FILED, within_s=10).code, within_s=10)
    took_s = time.monotonic() - ready_at
    assert took_s < 10
    figures["filed, routed and told after the restart within"] = s(took_s)
    historian.ledger_holds()


def test_f04_a_relay_killed_between_the_brokers_confirm_and_the_removal_of_its_row_has_effect_once(
    citizen: Citizen, dying: Dying, historian: Historian
) -> None:
    citizen.comes_to_summary(BIRTH)
    with dying("routing", "published", about="feedback.routed.v1"):
        citizen.says_yes(BIRTH)
    citizen.hears_where_it_went(citizen.hears(FILED).code)
    history = historian.ledger_holds()
    times = [one.event_id for one in history.published]
    assert max(times.count(one.event_id) for one in history.spoken) > 1, "nothing was published a second time"


@pytest.mark.parametrize(
    ("service", "event"),
    [
        pytest.param("routing", "feedback.classified.v1", id="routing"),
        pytest.param("notifier", "feedback.routed.v1", id="notifier", marks=pytest.mark.campaign),
    ],
)
def test_f11_a_hearer_killed_between_its_effect_and_its_acknowledgement_has_effect_once(
    citizen: Citizen, dying: Dying, historian: Historian, service: str, event: str
) -> None:
    citizen.comes_to_summary(BIRTH)
    with dying(service, "heard", about=event):
        citizen.says_yes(BIRTH)
    citizen.hears_where_it_went(citizen.hears(FILED).code)
    historian.ledger_holds()


@pytest.mark.campaign
def test_f26_one_of_two_notifiers_killed_between_sending_and_writing_down_sends_no_second_copy(
    citizen: Citizen, dying: Dying, historian: Historian
) -> None:
    with dying("notifier", "sent", about="reply"):
        citizen.says(BIRTH)
    citizen.hears(CONSENT)
    historian.ledger_holds()
    assert len([message for message in citizen.messages if CONSENT in message.text]) == 1
