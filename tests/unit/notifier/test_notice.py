"""Which notice each event owes, and what a later one makes pointless."""

from itertools import permutations
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.vocabulary import CaseState, Notice, RoutedReason
from services.notifier.domain.message import MessageState
from services.notifier.domain.notice import (
    POINTLESS_AFTER,
    KnownNotice,
    Owed,
    Superseded,
    is_at_stake,
    notice_of_progress,
    owe,
    silence_of_closing,
    superseded_by,
    wording_of,
)

ID = UUID(int=1)


def known(
    notice: Notice, case_seq: int, state: MessageState = MessageState.READY, *, begun: bool = False
) -> KnownNotice:
    return KnownNotice(uuid4(), notice, case_seq, state, begun)


@pytest.mark.parametrize("state", CaseState)
def test_a_step_owes_the_notice_of_its_name_or_none_where_somebody_else_tells_the_citizen(state: CaseState) -> None:
    told_here = {"received", "in_progress", "extended", "transferred_out", "withdrawn", "closed"}
    got = notice_of_progress(state)
    assert (got.value if got else None) == (state.value if state.value in told_here else None)


def test_every_notice_of_a_case_has_a_rule_for_what_makes_it_pointless() -> None:
    assert set(POINTLESS_AFTER) == set(Notice) - {Notice.REPLY}
    assert all(Notice.REPLY not in later for later in POINTLESS_AFTER.values())


@pytest.mark.parametrize("later", sorted(set(Notice) - {Notice.REPLY, Notice.RECEIVED}))
def test_received_is_not_said_once_anything_else_followed(later: Notice) -> None:
    received = known(Notice.RECEIVED, 1)
    assert owe(later, 2, [received]) == Owed((received.message_id,))
    assert owe(Notice.RECEIVED, 1, [known(later, 2)]) == Superseded(f"by:{later}")


@pytest.mark.parametrize("later", sorted(set(Notice) - {Notice.REPLY}))
def test_an_answer_is_always_brought(later: Notice) -> None:
    assert owe(Notice.ANSWERED, 3, [known(later, 9)]) == Owed()
    assert owe(later, 9, [known(Notice.ANSWERED, 3)]) in (Owed(), Superseded("by:answered"))
    assert superseded_by(Notice.ANSWERED, 3, [known(later, 9)]) is None


@pytest.mark.parametrize(
    ("older", "newer", "pointless"),
    [
        (Notice.ROUTED, Notice.ROUTED, True),
        (Notice.ROUTED, Notice.IN_PROGRESS, False),
        (Notice.ROUTED, Notice.EXTENDED, False),
        (Notice.ROUTED, Notice.ANSWERED, True),
        (Notice.IN_PROGRESS, Notice.EXTENDED, False),
        (Notice.IN_PROGRESS, Notice.ROUTED, True),
        (Notice.EXTENDED, Notice.EXTENDED, True),
        (Notice.REFUSED, Notice.ROUTED, True),
        (Notice.REFUSED, Notice.CLOSED, False),
        (Notice.WITHDRAWN, Notice.CLOSED, False),
        (Notice.CLOSED, Notice.ROUTED, True),
    ],
)
def test_only_what_no_longer_needs_reading_is_superseded(older: Notice, newer: Notice, pointless: bool) -> None:
    waiting = known(older, 4)
    assert owe(newer, 5, [waiting]) == Owed((waiting.message_id,) if pointless else ())
    assert isinstance(owe(older, 4, [known(newer, 5)]), Superseded) is pointless


@pytest.mark.parametrize("state", MessageState)
def test_only_what_the_citizen_has_certainly_not_read_is_superseded(state: MessageState) -> None:
    older = known(Notice.ROUTED, 1, state)
    unsent = state in {MessageState.WAITING, MessageState.READY, MessageState.HELD}
    assert owe(Notice.ANSWERED, 2, [older]) == Owed((older.message_id,) if unsent else ())


def test_a_notice_half_way_out_is_finished() -> None:
    assert owe(Notice.ANSWERED, 2, [known(Notice.ROUTED, 1, begun=True)]) == Owed()


def test_work_on_the_case_is_told_once() -> None:
    assert owe(Notice.IN_PROGRESS, 5, [known(Notice.IN_PROGRESS, 3, MessageState.SEEN)]) == Superseded("already_told")
    assert owe(Notice.IN_PROGRESS, 3, [known(Notice.IN_PROGRESS, 5, MessageState.SENT)]) == Superseded("by:in_progress")


def test_work_on_the_case_is_told_when_the_first_telling_never_left() -> None:
    before = [known(Notice.IN_PROGRESS, 3, MessageState.SUPERSEDED), known(Notice.ROUTED, 4, MessageState.SENT)]
    assert owe(Notice.IN_PROGRESS, 5, before) == Owed()


def test_a_silent_step_overtakes_the_steps_before_it() -> None:
    received = known(Notice.RECEIVED, 1)
    silence = silence_of_closing("status_lookup")
    got = owe(Notice.CLOSED, 2, [received], silence)
    assert got == Superseded("answered_elsewhere:status_lookup", (received.message_id,))
    assert silence_of_closing(None) is None
    assert silence_of_closing("answered") is None


@pytest.mark.parametrize(
    ("reason", "before", "wording"),
    [
        (RoutedReason.ASSIGNED, [], "routed"),
        (RoutedReason.BY_OFFICER, [known(Notice.RECEIVED, 1, MessageState.SENT)], "routed"),
        (RoutedReason.TRANSFERRED, [known(Notice.ROUTED, 2, MessageState.SENT)], "rerouted"),
        (RoutedReason.BY_OFFICER, [known(Notice.ROUTED, 2, MessageState.UNCERTAIN)], "rerouted"),
        # The first agency was never named to the citizen: "now handled by" would puzzle them.
        (RoutedReason.TRANSFERRED, [known(Notice.ROUTED, 2, MessageState.SUPERSEDED)], "routed"),
        (RoutedReason.REOPENED, [known(Notice.ROUTED, 2, MessageState.SEEN)], "reopened"),
    ],
)
def test_an_agency_is_named_as_the_citizen_s_knowledge_asks(
    reason: RoutedReason, before: list[KnownNotice], wording: str
) -> None:
    assert wording_of(Notice.ROUTED, reason, before) == wording


CASE_NOTICES = st.lists(st.sampled_from(sorted(set(Notice) - {Notice.REPLY})), min_size=1, max_size=5)


@given(CASE_NOTICES)
def test_whatever_the_order_of_arrival_the_same_notices_are_left_to_send(steps: list[Notice]) -> None:
    numbered = list(enumerate(steps, start=1))
    results = {_left(order) for order in permutations(numbered)}
    assert len(results) == 1
    (left,) = results
    assert left, "somebody is always told something"


def _left(arrivals: tuple[tuple[int, Notice], ...]) -> frozenset[int]:
    rows: dict[UUID, KnownNotice] = {}
    for case_seq, notice in arrivals:
        decision = owe(notice, case_seq, list(rows.values()))
        for message_id in decision.supersedes:
            old = rows[message_id]
            rows[message_id] = KnownNotice(message_id, old.notice, old.case_seq, MessageState.SUPERSEDED)
        state = MessageState.READY if isinstance(decision, Owed) else MessageState.SUPERSEDED
        row = known(notice, case_seq, state)
        rows[row.message_id] = row
    return frozenset(row.case_seq for row in rows.values() if row.state is MessageState.READY)


def test_who_reported_an_official_reads_that_it_went_to_the_head() -> None:
    assert wording_of(Notice.ROUTED, RoutedReason.ASSIGNED, [], to_head=True) == "routed_head"


def test_only_what_has_not_left_and_a_coming_notice_makes_pointless_is_at_stake() -> None:
    received = known(Notice.RECEIVED, 1)
    assert is_at_stake(received, [Notice.IN_PROGRESS, Notice.ROUTED])
    assert not is_at_stake(received, [])
    assert not is_at_stake(known(Notice.RECEIVED, 1, begun=True), [Notice.ROUTED])
    assert not is_at_stake(known(Notice.RECEIVED, 1, MessageState.SENDING), [Notice.ROUTED])
    assert not is_at_stake(known(Notice.ANSWERED, 1), list(Notice))


def test_what_waits_for_its_case_is_at_stake_whatever_comes() -> None:
    assert is_at_stake(known(Notice.ANSWERED, 1, MessageState.WAITING), [])
