"""What an officer may be told of two cases that say nearly the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from libs.contracts.vocabulary import AgencyId, CaseState, FeedbackId

from .permission import Action, Guard, Officer, may_do
from .workflow import OPEN_STATES


@dataclass(frozen=True, slots=True)
class NearCase:
    """A case that says nearly the same as another and that the officer may know of."""

    feedback_id: FeedbackId
    code: str
    state: CaseState
    agency_id: AgencyId
    received_at: datetime
    same_sender: bool | None
    """None: not for this officer to know."""


def may_link_senders(officer: Officer, case: Guard, other: Guard) -> bool:
    """Whether an officer may be told if two cases have one sender: whoever may see the sender of the one and not of the
    other would learn it of both.
    """
    return may_do(officer, case, Action.UNMASK) and may_do(officer, other, Action.UNMASK)


def sent_before(received_at: datetime, near: Iterable[NearCase]) -> NearCase | None:
    """The case under which its sender has sent the same before and is still to be answered: the first of them.

    Source: domain rules 2.3, TCH08.
    """
    still_open = [one for one in near if one.same_sender and one.state in OPEN_STATES and one.received_at < received_at]
    return min(still_open, key=lambda one: (one.received_at, one.feedback_id), default=None)
