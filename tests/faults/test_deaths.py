"""The process is killed at the worst moments; whoever wrote does not notice. F02, F03, F11, F26."""

import time

import pytest

from tests.faults.conftest import Dying
from tests.support.citizen import BIRTH, CONSENT, FILED, Citizen
from tests.support.city import City
from tests.support.history import Historian

pytestmark = pytest.mark.faults

FIVE_MESSAGES = 5
"""So many a citizen writes for one feedback; the last confirms it."""


def test_f02_killed_between_commit_and_answer_the_repeated_event_changes_nothing(
    citizen: Citizen, dying: Dying, historian: Historian
) -> None:
    with dying("stored", about="user_send_text", on=FIVE_MESSAGES):
        citizen.comes_to_summary(BIRTH)
        citizen.says_yes(BIRTH)
    citizen.hears_where_it_went(citizen.hears(FILED).code)
    history = historian.ledger_holds()
    confirmation = next(one for one in history.confirmations if one.citizen == citizen.user_id)
    answers = [attempt.status for attempt in history.attempts if attempt.event == confirmation.event]
    assert answers[0] is None, "the first time nobody answered"
    assert answers[-1] == 200


def test_killed_inside_a_turn_of_the_conversation_nothing_of_it_has_happened(
    citizen: Citizen, dying: Dying, historian: Historian
) -> None:
    with dying("turn", about="feedback.received.v1"):
        citizen.comes_to_summary(BIRTH)
        citizen.says_yes(BIRTH)
    citizen.hears_where_it_went(citizen.hears(FILED).code)
    historian.ledger_holds()


def test_f03_killed_between_commit_and_publish_it_is_published_within_ten_seconds_of_the_restart(
    citizen: Citizen, dying: Dying, historian: Historian
) -> None:
    with dying("publishing", about="feedback.received.v1"):
        citizen.comes_to_summary(BIRTH)
        citizen.says_yes(BIRTH)
    ready_at = time.monotonic()
    citizen.hears_where_it_went(citizen.hears(FILED, within_s=10).code, within_s=10)
    assert time.monotonic() - ready_at < 10
    historian.ledger_holds()


def test_killed_after_publish_before_the_row_is_removed_its_effect_comes_once(
    citizen: Citizen, dying: Dying, historian: Historian
) -> None:
    with dying("published", about="feedback.routed.v1"):
        citizen.comes_to_summary(BIRTH)
        citizen.says_yes(BIRTH)
    citizen.hears_where_it_went(citizen.hears(FILED).code)
    historian.ledger_holds()


@pytest.mark.parametrize("hearer", ["routing feedback.classified.v1", "notifier feedback.routed.v1"])
def test_f11_a_hearer_killed_after_its_effect_and_before_its_word_has_effect_once(
    citizen: Citizen, dying: Dying, historian: Historian, hearer: str
) -> None:
    with dying("heard", about=hearer):
        citizen.comes_to_summary(BIRTH)
        citizen.says_yes(BIRTH)
    citizen.hears_where_it_went(citizen.hears(FILED).code)
    historian.ledger_holds()


def test_f26_killed_between_sending_and_writing_down_the_echo_tells_that_it_arrived(
    citizen: Citizen, dying: Dying, historian: Historian
) -> None:
    with dying("sent", about="reply"):
        citizen.says(BIRTH)
    citizen.hears(CONSENT)
    historian.ledger_holds()
    assert len([message for message in citizen.messages if CONSENT in message.text]) == 1


def test_f26_an_answer_that_is_lost_is_cleared_up_by_the_echo(
    city: City, citizen: Citizen, historian: Historian
) -> None:
    citizen.asks("xin chào")  # else a harmless question to Zalo might be what the fault strikes
    city.zalo(api_answer_lost=1)
    citizen.asks(BIRTH, CONSENT)
    historian.ledger_holds()
    assert len([message for message in citizen.messages if CONSENT in message.text]) == 1


def test_f26_without_an_echo_there_is_at_most_one_more_copy_and_it_is_recorded_as_such(
    city: City, citizen: Citizen, historian: Historian
) -> None:
    citizen.asks("xin chào")
    city.zalo(api_answer_lost=1, echo=False, received=False, seen=False)
    citizen.asks(BIRTH, CONSENT)
    history = historian.ledger_holds()
    copies = len([message for message in citizen.messages if CONSENT in message.text])
    assert copies == 2
    (owed,) = (one for one in history.owed if one.citizen == citizen.user_id and CONSENT in one.parts[0])
    assert owed.doubled
