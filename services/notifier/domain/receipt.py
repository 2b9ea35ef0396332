"""What a channel's later word on a message changes, and whose message an unexpected echo belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from libs.contracts.vocabulary import ReceiptStatus

from .message import MessageState

_REACHED: Final = {
    ReceiptStatus.ECHOED: MessageState.SENT,
    ReceiptStatus.DELIVERED: MessageState.DELIVERED,
    ReceiptStatus.SEEN: MessageState.SEEN,
}
_RANK: Final = {
    MessageState.UNCERTAIN: 0,
    MessageState.SENT: 1,
    MessageState.DELIVERED: 2,
    MessageState.SEEN: 3,
}

CLOCKS_APART: Final = timedelta(seconds=60)
"""How far the channel's clock may be from ours."""
ECHO_WITHIN: Final = timedelta(hours=2)
"""Redeliveries of a webhook last about so long: a later echo is not believed to be of this attempt."""


@dataclass(frozen=True, slots=True)
class Echo:
    """A channel's echo of a message of ours whose id we do not know."""

    message_ref: str
    at: datetime


def after_receipt(state: MessageState, status: ReceiptStatus) -> MessageState | None:
    """How far a message has come with this word; none when that was known, whatever the order of the words."""
    reached = _REACHED[status]
    return reached if state in _RANK and _RANK[reached] > _RANK[state] else None


def echo_of(attempted_at: datetime, echoes: Sequence[Echo]) -> Echo | None:
    """The echo that shows that an attempt whose answer was lost did arrive.

    One message of a citizen is under way at a time, and echoes of messages whose answer we have are known by their
    id: what is left near the attempt is the attempt's. Echoes of people typing never come here (intake sorts them).
    """
    near = [echo for echo in echoes if attempted_at - CLOCKS_APART <= echo.at <= attempted_at + ECHO_WITHIN]
    return min(near, key=lambda echo: echo.at) if near else None
