"""What the notifier takes from routing's events: one shape for every step of a case."""

from dataclasses import dataclass
from uuid import UUID

from libs.contracts.events import Progressed, Refused, Resolved, Routed
from libs.contracts.vocabulary import Desk, Notice, RoutedReason

from .domain.notice import notice_of_progress, silence_of_closing
from .domain.wording import Province, Step, tells_citizen


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One step of a case, and the notice it owes."""

    event_id: UUID
    feedback_id: UUID
    case_seq: int
    notice: Notice | None
    step: Step
    silence: str | None = None
    routed_reason: RoutedReason | None = None
    to_head: bool = False
    """Given to the head of the agency, not to its officers."""


def of_event(event: Routed | Progressed | Refused | Resolved, province: Province) -> CaseStep:
    """A step, whichever event tells it."""
    match event:
        case Routed():
            return of_routed(event)
        case Progressed():
            return of_progressed(event)
        case Refused():
            return of_refused(event, province)
        case Resolved():
            return of_resolved(event)


def of_routed(event: Routed) -> CaseStep:
    """An agency has the case."""
    step = Step(at=event.occurred_at, agency_name=event.agency_name, due_at=event.due_at)
    return CaseStep(
        event.event_id,
        event.feedback_id,
        event.case_seq,
        Notice.ROUTED,
        step,
        routed_reason=event.reason,
        to_head=event.desk is Desk.HEAD,
    )


def of_progressed(event: Progressed) -> CaseStep:
    """The case moved on."""
    notice = notice_of_progress(event.state)
    silence = silence_of_closing(event.reason) if notice is Notice.CLOSED else None
    step = Step(at=event.occurred_at, agency_name=event.agency_name, due_at=event.due_at)
    return CaseStep(event.event_id, event.feedback_id, event.case_seq, notice, step, silence)


def of_refused(event: Refused, province: Province) -> CaseStep:
    """The case is not handled here."""
    told = tells_citizen(province.refusals.get(event.reason), event.explanation)
    step = Step(at=event.occurred_at, refusal=event.reason, explanation=event.explanation)
    return CaseStep(
        event.event_id,
        event.feedback_id,
        event.case_seq,
        Notice.REFUSED,
        step,
        None if told else f"not_told:{event.reason}",
    )


def of_resolved(event: Resolved) -> CaseStep:
    """The answer is there."""
    step = Step(at=event.occurred_at, agency_name=event.agency_name, answer=event.answer, files=len(event.attachments))
    return CaseStep(event.event_id, event.feedback_id, event.case_seq, Notice.ANSWERED, step)
