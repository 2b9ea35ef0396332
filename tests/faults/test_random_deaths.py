"""Several people write at once while the city is killed again and again at moments nobody chose."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from libs.local import wait_until
from tests.support.citizen import BIRTH, CERTIFIED, CONSENT, SUMMARY, WHAT_OF_IT, Citizen
from tests.support.city import City
from tests.support.history import Historian

pytestmark = pytest.mark.faults

CITIZENS: Final = 6
KILLS: Final = 3
PATIENCE_S: Final = 90.0


def test_whatever_dies_whenever_nothing_that_was_accepted_is_lost_or_counts_twice(
    city: City, somebody: Callable[[], Citizen], historian: Historian
) -> None:
    citizens = [somebody() for _ in range(CITIZENS)]
    with ThreadPoolExecutor(CITIZENS) as at_once:
        stories = [at_once.submit(two_feedbacks, citizen) for citizen in citizens]
        for _ in range(KILLS):
            wait_for_more_events(city, random.randint(1, 30))
            city.kill()
            city.start()
        codes = [code for story in stories for code in story.result()]
    assert len(set(codes)) == 2 * CITIZENS
    for citizen, code in zip([one for one in citizens for _ in range(2)], codes, strict=True):
        citizen.hears_where_it_went(code)
    history = historian.ledger_holds()
    mine = {citizen.user_id for citizen in citizens}
    assert len([filed for filed in history.filed if filed.citizen in mine]) == 2 * CITIZENS


def wait_for_more_events(city: City, number: int) -> None:
    """Until so many more events are stored, or all stories are told."""
    stored = "SELECT count(*) FROM intake.channel_events"
    before = city.administrator.one(stored)
    wait_until(lambda: city.administrator.one(stored) >= before + number, 5)


def two_feedbacks(citizen: Citizen) -> list[str]:
    """One feedback, and another when the first is filed."""
    first = citizen.files(BIRTH, within_s=PATIENCE_S)
    citizen.asks(CERTIFIED, WHAT_OF_IT, within_s=PATIENCE_S)
    citizen.asks("việc mới", CONSENT, within_s=PATIENCE_S)
    citizen.asks("tôi đồng ý", SUMMARY, within_s=PATIENCE_S)
    return [first, citizen.confirms(CERTIFIED, within_s=PATIENCE_S)]
