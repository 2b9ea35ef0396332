"""The one refresher: when it renews, and when it leaves the pair alone and calls a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.notifier.domain.token import (
    AnswerLost,
    Fresh,
    NeedsPerson,
    Refresh,
    TokenAlarm,
    TokenPair,
    TokenRules,
    Underway,
    next_step,
)

ISSUED = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
PAIR = TokenPair(generation=4, issued_at=ISSUED, expires_at=ISSUED + timedelta(hours=25), last_refresh_at=ISSUED)
RULES = TokenRules()


def at(**ago: float) -> datetime:
    return ISSUED + timedelta(**ago)


@pytest.mark.parametrize(
    ("pair", "now", "dead", "expected"),
    [
        pytest.param(PAIR, at(hours=19), False, Fresh(at(hours=20)), id="young"),
        pytest.param(PAIR, at(hours=20), False, Refresh(), id="old enough"),
        pytest.param(replace(PAIR, expires_at=at(hours=2)), at(hours=1), False, Refresh(), id="short-lived"),
        pytest.param(PAIR, at(hours=3), True, Refresh(), id="refused by Zalo"),
        pytest.param(PAIR, at(seconds=5), True, NeedsPerson(TokenAlarm.DEAD), id="refused just after renewal"),
        pytest.param(replace(PAIR, last_refresh_at=None), at(seconds=5), True, Refresh(), id="a first pair is dead"),
        pytest.param(
            replace(PAIR, refresh_began_at=at(hours=20)), at(hours=20, seconds=39), False,
            Underway(at(hours=20, seconds=40)), id="somebody renews",
        ),
        pytest.param(
            replace(PAIR, refresh_began_at=at(hours=20)), at(hours=20, seconds=39), True,
            Underway(at(hours=20, seconds=40)), id="somebody renews what is dead",
        ),
        pytest.param(
            replace(PAIR, refresh_began_at=at(hours=20)), at(hours=20, seconds=40), False, AnswerLost(),
            id="whoever renewed is gone",
        ),
        pytest.param(
            replace(PAIR, alarm=TokenAlarm.ANSWER_LOST, last_refresh_at=at(hours=20)), at(hours=21), False,
            NeedsPerson(TokenAlarm.ANSWER_LOST), id="lost, but the access token lives",
        ),
        pytest.param(
            replace(PAIR, alarm=TokenAlarm.ANSWER_LOST, last_refresh_at=at(hours=20)), at(hours=25), False,
            Refresh(), id="lost, and nothing left to lose",
        ),
        pytest.param(
            replace(PAIR, alarm=TokenAlarm.ANSWER_LOST, last_refresh_at=at(hours=25)), at(hours=25, minutes=9), True,
            NeedsPerson(TokenAlarm.ANSWER_LOST), id="lost again: no loop",
        ),
        pytest.param(
            replace(PAIR, alarm=TokenAlarm.REFUSED), at(hours=30), True, NeedsPerson(TokenAlarm.REFUSED),
            id="somebody must consent",
        ),
    ],
)  # fmt: skip
def test_what_to_do_about_a_pair(pair: TokenPair, now: datetime, dead: bool, expected: object) -> None:
    assert next_step(pair, now, RULES, dead=dead) == expected


def test_a_lost_answer_is_noticed_within_a_minute() -> None:
    assert RULES.lease < timedelta(seconds=60)
