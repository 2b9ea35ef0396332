"""Receipts only ever bring a message forward, and an echo clears up one lost answer."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from libs.contracts.vocabulary import ReceiptStatus
from services.notifier.domain.message import MessageState
from services.notifier.domain.receipt import ECHO_WITHIN, Echo, after_receipt, echo_of

TRIED_AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("order", list(permutations(ReceiptStatus)))
def test_receipts_in_any_order_end_at_seen(order: tuple[ReceiptStatus, ...]) -> None:
    state = MessageState.SENT
    for status in order:
        state = after_receipt(state, status) or state
    assert state is MessageState.SEEN


@pytest.mark.parametrize("status", ReceiptStatus)
def test_the_same_receipt_twice_changes_nothing(status: ReceiptStatus) -> None:
    once = after_receipt(MessageState.UNCERTAIN, status)
    assert once is not None
    assert after_receipt(once, status) is None


@pytest.mark.parametrize("state", sorted(set(MessageState) - {"uncertain", "sent", "delivered", "seen"}))
def test_a_message_that_was_not_sent_has_no_receipts(state: MessageState) -> None:
    assert after_receipt(state, ReceiptStatus.SEEN) is None


def test_the_echo_nearest_after_the_attempt_is_believed() -> None:
    first, second = Echo("a", TRIED_AT + timedelta(seconds=1)), Echo("b", TRIED_AT + timedelta(seconds=9))
    assert echo_of(TRIED_AT, [second, first]) == first


@pytest.mark.parametrize(
    "at",
    [TRIED_AT - timedelta(seconds=61), TRIED_AT + ECHO_WITHIN + timedelta(seconds=1)],
)
def test_an_echo_of_another_time_is_not(at: datetime) -> None:
    assert echo_of(TRIED_AT, [Echo("a", at)]) is None
    assert echo_of(TRIED_AT, []) is None
