"""What becomes of a message after each kind of answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.attempt import (
    LONGEST_WAIT_S,
    Again,
    Attempted,
    AwaitEcho,
    Failed,
    Finished,
    Hold,
    LeftUncertain,
    Onward,
    Refused,
    SendOutcome,
    SendRules,
    Sent,
    Stopped,
    TokenDead,
    TryLater,
    Uncertain,
    after_attempt,
    backoff_s,
)
from services.notifier.domain.zalo_error import verdict

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00 in Hà Nội
RULES = SendRules(ZoneInfo("Asia/Ho_Chi_Minh"))
FIRST = Attempted(parts=1, part=0, tries=1, lost=0, created_at=NOW)


def refused(code: int, message: str = "") -> Refused:
    return Refused(f"zalo:{code}", verdict(code, message))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        pytest.param(Sent("m1"), Finished("m1", doubled=False), id="taken"),
        pytest.param(Sent(None), Finished(None, doubled=False), id="taken without an id"),
        pytest.param(Uncertain("net:no_answer"), AwaitEcho(NOW + RULES.echo_wait, "net:no_answer"), id="answer lost"),
        pytest.param(refused(-230), Hold(None, "zalo:-230"), id="outside the window"),
        pytest.param(refused(-213), Hold(None, "zalo:-213"), id="does not follow"),
        pytest.param(refused(-211), Hold(datetime(2026, 11, 23, 17, 5, tzinfo=UTC), "zalo:-211"), id="out of quota"),
        pytest.param(refused(-201), Failed("zalo:-201", alarm=True), id="our fault"),
        pytest.param(refused(-227), Failed("zalo:-227", alarm=False), id="banned"),
        pytest.param(refused(-777), Failed("zalo:-777", alarm=True), id="unknown"),
        pytest.param(refused(-321), Stopped(NOW + RULES.stopped_retry, "zalo:-321"), id="no money"),
        pytest.param(refused(-234), Again(datetime(2026, 11, 23, 23, 0, tzinfo=UTC), "zalo:-234"), id="at night"),
        pytest.param(refused(-200), Again(NOW + timedelta(seconds=1), "zalo:-200"), id="no detail"),
        pytest.param(
            refused(-32), Again(NOW + timedelta(seconds=20), "zalo:-32", pause_everyone=True), id="over the limit"
        ),
        pytest.param(TryLater("http:503"), Again(NOW + timedelta(seconds=1), "http:503"), id="server busy"),
        pytest.param(TryLater("http:503", 90.0), Again(NOW + timedelta(seconds=90), "http:503"), id="wait"),
        pytest.param(
            TryLater("http:429", 90.0, everyone=True),
            Again(NOW + timedelta(seconds=90), "http:429", pause_everyone=True),
            id="too many: everybody waits",
        ),
        pytest.param(TryLater("http:429", 1e9), Again(NOW + timedelta(seconds=1800), "http:429"), id="wait long"),
        pytest.param(TokenDead("zalo:-216"), Again(NOW + timedelta(seconds=2), "zalo:-216"), id="token dead twice"),
    ],
)
def test_each_answer_has_its_consequence(outcome: SendOutcome, expected: object) -> None:
    assert after_attempt(FIRST, outcome, NOW, RULES, chance=0.0) == expected


def test_a_part_that_is_not_the_last_is_followed_by_the_next() -> None:
    assert after_attempt(replace(FIRST, parts=3), Sent("m1"), NOW, RULES, 0.5) == Onward("m1", doubled=False)
    assert after_attempt(replace(FIRST, parts=3, part=2), Sent("m3"), NOW, RULES, 0.5) == Finished("m3", doubled=False)


def test_after_one_lost_answer_a_further_copy_is_recorded_and_a_third_never_risked() -> None:
    again = replace(FIRST, tries=2, lost=1)
    assert after_attempt(again, Sent("m2"), NOW, RULES, 0.5) == Finished("m2", doubled=True)
    assert after_attempt(again, Uncertain("http:504"), NOW, RULES, 0.5) == LeftUncertain("http:504")


def test_few_tries_where_zalo_gives_no_reason() -> None:
    assert after_attempt(replace(FIRST, tries=3), refused(-200), NOW, RULES, 0.5) == Failed("zalo:-200", alarm=True)


@pytest.mark.parametrize("outcome", [TryLater("http:503"), refused(-32), TokenDead("zalo:-220")])
def test_nobody_tries_for_ever(outcome: SendOutcome) -> None:
    old = replace(FIRST, created_at=NOW - RULES.give_up_after)
    got = after_attempt(old, outcome, NOW, RULES, 0.5)
    assert isinstance(got, Failed)
    assert got.alarm


@given(st.integers(min_value=1, max_value=10_000), st.floats(min_value=0, max_value=1))
def test_waits_grow_are_capped_and_spread(tries: int, chance: float) -> None:
    wait = backoff_s(tries, chance)
    assert 1.0 <= wait <= LONGEST_WAIT_S
    assert backoff_s(tries + 1, chance) >= wait
    assert backoff_s(tries, 0.0) == backoff_s(tries, 1.0) / 2
