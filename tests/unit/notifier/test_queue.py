"""One citizen's messages leave in an order that makes sense to read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.message import MessageState
from services.notifier.domain.queue import Queued, next_message, reply_arrives, reply_left

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
CASE, OTHER_CASE = UUID(int=100), UUID(int=200)


def reply(seq: int, **more: Any) -> Queued:
    return replace(Queued(UUID(int=seq), MessageState.READY, NOW, NOW, seq=seq), **more)


def notice(number: int, case_seq: int, case: UUID = CASE, **more: Any) -> Queued:
    created = NOW - timedelta(minutes=10 - number)
    queued = Queued(UUID(int=1000 + number), MessageState.READY, created, NOW, feedback_id=case, case_seq=case_seq)
    return replace(queued, **more)


def test_a_person_waiting_in_the_chat_comes_before_notices() -> None:
    assert next_message([notice(1, 1), reply(2), reply(1)], NOW) == reply(1)


def test_notices_of_a_case_leave_in_its_order_whatever_order_they_were_heard_in() -> None:
    routed, working = notice(2, 2), notice(1, 3)
    assert next_message([working, routed], NOW) == routed


def test_cases_wait_for_their_turn_by_age() -> None:
    assert next_message([notice(2, 1, OTHER_CASE), notice(1, 7)], NOW) == notice(1, 7)


def test_a_notice_that_is_not_due_holds_nobody_up() -> None:
    received = notice(1, 1, not_before=NOW + timedelta(seconds=60))
    assert next_message([received, notice(2, 4, OTHER_CASE)], NOW) == notice(2, 4, OTHER_CASE)
    assert next_message([received], NOW) is None


def test_nothing_overtakes_a_message_that_was_tried() -> None:
    tried = notice(1, 1, tries=1, not_before=NOW + timedelta(seconds=5))
    assert next_message([tried, reply(1)], NOW) is None
    assert next_message([tried, reply(1)], NOW + timedelta(seconds=5)) == tried


def test_the_parts_of_one_message_stay_together() -> None:
    answer = notice(3, 5, part=1)
    assert next_message([reply(1), answer, notice(1, 1, OTHER_CASE)], NOW) == answer


def test_a_lost_answer_is_cleared_up_before_anything_else_leaves() -> None:
    lost = reply(1, state=MessageState.UNCERTAIN, not_before=NOW + timedelta(seconds=60))
    assert next_message([lost, reply(2)], NOW) is None


def test_a_reply_in_its_turn_does_not_wait() -> None:
    arrived = reply_arrives(next_seq=1, seq=1, kept=())
    assert (arrived.next_seq, arrived.free, arrived.waits) == (2, frozenset({1}), False)


def test_a_reply_that_came_too_early_waits_and_is_freed_by_the_missing_one() -> None:
    early = reply_arrives(next_seq=1, seq=3, kept=())
    assert (early.next_seq, early.waits) == (1, True)
    assert reply_arrives(next_seq=1, seq=1, kept={3}).free == frozenset({1})
    filled = reply_arrives(next_seq=2, seq=2, kept={3, 4, 6})
    assert (filled.next_seq, filled.free) == (5, frozenset({2, 3, 4}))


def test_when_the_missing_one_never_came_those_behind_wait_no_longer_than_it() -> None:
    gone_on = reply_left(next_seq=1, seq=3, kept={4, 6})
    assert (gone_on.next_seq, gone_on.free) == (5, frozenset({3, 4}))


def test_a_reply_whose_turn_was_given_up_is_still_said() -> None:
    late = reply_arrives(next_seq=9, seq=4, kept=())
    assert (late.next_seq, late.free, late.waits) == (9, frozenset({4}), False)


@given(st.permutations(range(1, 9)))
def test_replies_are_read_in_order_whatever_order_they_come_in(arrivals: list[int]) -> None:
    next_seq, waiting, said = 1, set[int](), list[int]()
    for seq in arrivals:
        arrived = reply_arrives(next_seq, seq, waiting)
        next_seq = arrived.next_seq
        waiting = (waiting | {seq}) - arrived.free
        said += sorted(arrived.free)
    assert said == sorted(arrivals)
    assert not waiting


@given(st.permutations(range(1, 9)), st.sets(st.integers(min_value=1, max_value=8), min_size=1, max_size=3))
def test_a_missing_reply_delays_the_others_and_loses_none(arrivals: list[int], missing: set[int]) -> None:
    next_seq, waiting, said = 1, set[int](), list[int]()
    for seq in (seq for seq in arrivals if seq not in missing):
        arrived = reply_arrives(next_seq, seq, waiting)
        next_seq, waiting = arrived.next_seq, (waiting | {seq}) - arrived.free
        said += sorted(arrived.free)
    while waiting:  # ten seconds pass: the lowest goes on
        left = reply_left(next_seq, min(waiting), waiting - {min(waiting)})
        next_seq, waiting = left.next_seq, waiting - left.free
        said += sorted(left.free)
    assert said == [seq for seq in range(1, 9) if seq not in missing]
