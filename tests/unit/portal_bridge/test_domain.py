"""What may go to the portal is decided by what was heard of a case, never by the order it was heard in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.vocabulary import CaseState, RefusalReason
from services.portal_bridge.domain import Bearing, Case, Fact, Standing, hear, of_progress, of_refusal

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def after(*facts: Fact) -> Case:
    case = None
    for fact in facts:
        case = hear(case, fact)
    assert case is not None
    return case


RECEIVED = Fact(at(0))
ROUTED = Fact(at(2), 2, Bearing.RELEASES)
DENUNCIATION = Fact(at(3), 3, Bearing.DELETES)


@pytest.mark.parametrize("reason", RefusalReason)
def test_only_complaints_denunciations_and_spam_are_deleted(reason: RefusalReason) -> None:
    deletes = reason in {"TCH01", "TCH02", "TCH10"}
    assert of_refusal(reason) is (Bearing.DELETES if deletes else Bearing.RELEASES)


@pytest.mark.parametrize("state", CaseState)
def test_of_all_steps_withdrawal_deletes_and_passing_on_releases(state: CaseState) -> None:
    expected = {"withdrawn": Bearing.DELETES, "transferred_out": Bearing.RELEASES}
    assert of_progress(state) is expected.get(state, Bearing.NONE)


def test_nothing_leaves_before_somebody_decided() -> None:
    assert after(RECEIVED, Fact(at(1), 1)).standing is Standing.HELD
    assert after(RECEIVED, ROUTED).standing is Standing.QUEUED


def test_a_denunciation_is_deleted_also_when_it_was_queued() -> None:
    assert after(RECEIVED, DENUNCIATION).standing is Standing.DELETED
    assert after(RECEIVED, ROUTED, DENUNCIATION).standing is Standing.DELETED


def test_a_case_decided_anew_after_it_was_deleted_is_for_a_person() -> None:
    assert after(DENUNCIATION, Fact(at(9), 5, Bearing.RELEASES)).came_back
    assert not after(ROUTED, DENUNCIATION).came_back
    assert after(DENUNCIATION, Fact(at(9), 5, Bearing.RELEASES)).standing is Standing.DELETED


def test_the_queue_goes_by_the_first_release() -> None:
    again = Fact(at(30), 7, Bearing.RELEASES)
    assert after(again, ROUTED).released_at == ROUTED.occurred_at


FACTS = st.lists(
    st.builds(
        Fact,
        occurred_at=st.integers(min_value=0, max_value=100).map(at),
        case_seq=st.integers(min_value=1, max_value=9),
        bearing=st.sampled_from(Bearing),
    ),
    min_size=1,
    max_size=8,
)


@given(st.data(), FACTS)
def test_all_orders_of_arrival_come_to_the_same_case(data: st.DataObject, facts: list[Fact]) -> None:
    assert after(*data.draw(st.permutations(facts))) == after(*facts)


@given(FACTS)
def test_hearing_something_twice_changes_nothing(facts: list[Fact]) -> None:
    assert after(*facts, *facts) == after(*facts)
