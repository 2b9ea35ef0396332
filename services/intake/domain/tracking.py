"""How a case looks to its sender: where it stands, since when, until when, and what came before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from libs.contracts.vocabulary import CaseState

from .phone import last_digits

Promise = Literal["none", "kept_open", "late"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline."""

    state: CaseState
    at: datetime
    agency_name: str | None = None
    due_at: datetime | None = None


def timeline(filed_at: datetime, told: Iterable[Step]) -> list[Step]:
    """The steps of a case, the newest on top and its filing at the bottom.

    Steps that changed nothing a citizen can see, the same state at the same agency with the same date, are one.
    """
    lines: list[Step] = [Step(CaseState.OPENED, filed_at)]
    for step in told:
        last = lines[-1]
        if (step.state, step.agency_name, step.due_at) != (last.state, last.agency_name, last.due_at):
            lines.append(step)
    return lines[::-1]


def promise_of(is_open: bool, due_at: datetime | None, now: datetime) -> Promise:
    """Whether an answer is still owed, and whether it is late."""
    if not is_open or due_at is None:
        return "none"
    return "late" if now > due_at else "kept_open"


def answering(state: CaseState, agency_name: str, office_name: str) -> str:
    """Who answers for a case, as citizens are told. An agency that gave it back is no longer the one, and what is not
    handled was decided by the Office, whoever had it before.
    """
    match state:
        case CaseState.RETURNED:
            return ""
        case CaseState.REFUSED:
            return office_name
        case _:
            return agency_name


def is_own(digits: str, phone: str) -> bool:
    """Whether the last four digits given are those of the sender's number; a feedback without a number has no owner."""
    return bool(last_digits(phone)) and digits == last_digits(phone)
