"""A case in the words of the look-up page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from libs.contracts.vocabulary import AnswerOutcome, CaseState, FileState, RefusalReason
from libs.wording import day_in_words, moment_in_words

from ..domain.tracking import Promise, Step, answering, promise_of, timeline
from ..province import Province, RefusalWords
from ..store import AnswerTold, FiledFeedback, Standing, StepTold

_OUTCOMES: Final[Mapping[AnswerOutcome, str]] = {
    AnswerOutcome.ACCEPTED: "Chấp nhận kiến nghị",
    AnswerOutcome.PARTLY_ACCEPTED: "Chấp nhận một phần kiến nghị",
    AnswerOutcome.NOT_ACCEPTED: "Không chấp nhận kiến nghị",
    AnswerOutcome.EXPLAINED: "Giải thích, hướng dẫn",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step as the page tells it."""

    label: str
    at: datetime
    when: str
    agency: str
    due: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """What everybody with the code may see: no word of what was written."""

    code: str
    label: str
    agency: str
    due: str
    promise: Promise
    office: str
    lines: tuple[Line, ...]
    incomplete: bool


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file beside the answer."""

    file_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class OwnView:
    """What only the sender may see."""

    text: str
    answer: str = ""
    answered_by: str = ""
    answered_on: str = ""
    outcome: str = ""
    files: tuple[AnswerFile, ...] = ()
    refusal: RefusalWords | None = None
    explanation: str = ""


def case_view(
    filed: FiledFeedback, standing: Standing | None, steps: list[StepTold], province: Province, now: datetime
) -> CaseView:
    """The public part. `steps` are the newest first."""
    state = standing.state if standing else CaseState.OPENED
    words = province.states[state]
    due_at = standing.due_at if standing else None
    told = [Step(step.state, step.at, step.agency_name, step.due_at) for step in reversed(steps)]
    return CaseView(
        code=filed.code,
        label=words.label,
        agency=answering(state, (standing.agency_name or "") if standing else "", province.office_name),
        due=_moment(due_at, province),
        promise=promise_of(words.is_open, due_at, now),
        office=province.office_name,
        lines=tuple(_line(step, province) for step in timeline(filed.received_at, told)),
        incomplete=filed.incomplete,
    )


def own_view(
    text: str,
    answer: AnswerTold | None,
    answer_text: str,
    standing: Standing | None,
    explanation: str,
    province: Province,
) -> OwnView:
    """The sender's part."""
    refused = standing is not None and standing.state is CaseState.REFUSED
    reason = standing.reason if standing is not None else None
    refusal = province.refusals.get(RefusalReason(reason)) if refused and reason in set(RefusalReason) else None
    if answer is None:
        return OwnView(text, refusal=refusal, explanation=explanation)
    return OwnView(
        text,
        answer=answer_text,
        answered_by=answer.agency_name,
        answered_on=day_in_words(answer.answered_at, province.zone),
        outcome=_OUTCOMES[AnswerOutcome(answer.outcome)],
        files=tuple(AnswerFile(UUID(file["file_id"]), file["name"]) for file in ready_files(answer)),
        refusal=refusal,
        explanation=explanation,
    )


def ready_files(answer: AnswerTold) -> list[dict[str, Any]]:
    """The files of an answer that can be had."""
    return [file for file in answer.attachments if file["state"] == FileState.READY and file["sha256"]]


def _line(step: Step, province: Province) -> Line:
    return Line(
        label=province.states[step.state].label,
        at=step.at,
        when=moment_in_words(step.at, province.zone),
        agency=step.agency_name or "",
        due=_moment(step.due_at, province),
    )


def _moment(at: datetime | None, province: Province) -> str:
    return moment_in_words(at, province.zone) if at else ""
