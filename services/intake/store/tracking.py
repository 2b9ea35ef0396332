"""The citizens' copy of where their cases stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import CaseState
from libs.runtime.db import append

from ..tables import feedbacks, guesses, tracking, tracking_answers, tracking_steps


@dataclass(frozen=True, slots=True)
class News:
    """What one event of a case tells its sender. Agency and deadline that are not told stay as they were."""

    case_seq: int
    at: datetime
    state: CaseState
    agency_id: str | None = None
    agency_name: str | None = None
    due_at: datetime | None = None
    reason: str | None = None
    explanation: bytes | None = None
    """Sealed."""


# News may come in any order, and not each tells everything: every group of columns has its own newest number.
_TOLD_TOGETHER: Final = {
    "case_seq": ("state", "reason", "explanation", "told_at"),
    "agency_seq": ("agency_id", "agency_name"),
    "due_seq": ("due_at",),
}
# Built once: this runs for every event, and building a statement costs more than sending it.
_STEP: Final = (
    insert(tracking_steps)
    .values(
        {
            name: bindparam(f"news_{name}")
            for name in ("feedback_id", "case_seq", "at", "state", "agency_name", "due_at", "reason")
        }
    )
    .on_conflict_do_nothing()
)
_STANDING: Final = insert(tracking).values(
    {
        "feedback_id": bindparam("news_feedback_id"),
        **{name: bindparam(f"news_{name}") for seq, names in _TOLD_TOGETHER.items() for name in (seq, *names)},
    }
)
_TAKE_IN: Final = _STANDING.on_conflict_do_update(
    index_elements=[tracking.c.feedback_id],
    set_={
        name: case((tracking.c[seq] < _STANDING.excluded[seq], _STANDING.excluded[name]), else_=tracking.c[name])
        for seq, names in _TOLD_TOGETHER.items()
        for name in (*names, seq)
    },
).add_cte(_STEP.cte("step"))


@dataclass(frozen=True, slots=True)
class FiledFeedback:
    """A feedback as its sender may see it."""

    feedback_id: UUID
    code: str
    received_at: datetime
    incomplete: bool
    text: bytes | None
    """Sealed."""
    contacts: str | None
    """Sealed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands by the newest news."""

    state: CaseState
    agency_name: str | None
    due_at: datetime | None
    reason: str | None
    explanation: bytes | None
    """Sealed."""
    told_at: datetime


@dataclass(frozen=True, slots=True)
class StepTold:
    """One step of a case."""

    state: CaseState
    at: datetime
    agency_name: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnswerTold:
    """An agency's answer."""

    agency_name: str
    outcome: str
    answer: bytes
    """Sealed."""
    attachments: list[dict[str, Any]]
    answered_at: datetime


class TrackingStore:
    """What the look-up page and the chat answer from."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def take_in(self, feedback_id: UUID, news: News) -> None:
        """News of a case: a step of its own, and the standing as far as nothing newer was heard."""
        told = {
            "feedback_id": feedback_id,
            "case_seq": news.case_seq,
            "at": news.at,
            "told_at": news.at,
            "state": news.state,
            "reason": news.reason,
            "explanation": news.explanation,
            "agency_seq": news.case_seq if news.agency_name else 0,
            "agency_id": news.agency_id,
            "agency_name": news.agency_name,
            "due_seq": news.case_seq if news.due_at else 0,
            "due_at": news.due_at,
        }
        append(self._session, _TAKE_IN, {f"news_{name}": value for name, value in told.items()})

    async def take_in_answer(self, feedback_id: UUID, case_seq: int, answer: Mapping[str, Any]) -> None:
        """An answer; a later one, after a dispute, takes its place."""
        fresh = insert(tracking_answers).values(feedback_id=feedback_id, case_seq=case_seq, **answer)
        await self._session.execute(
            fresh.on_conflict_do_update(
                index_elements=[tracking_answers.c.feedback_id],
                set_={"case_seq": case_seq, **answer},
                where=tracking_answers.c.case_seq < case_seq,
            )
        )

    async def by_code(self, code: str) -> FiledFeedback | None:
        """The feedback with this code."""
        rows = await self._session.execute(
            select(
                feedbacks.c.feedback_id,
                feedbacks.c.code,
                feedbacks.c.received_at,
                feedbacks.c.incomplete,
                feedbacks.c.text,
                feedbacks.c.contacts,
            ).where(feedbacks.c.code == code)
        )
        row = rows.one_or_none()
        return None if row is None else FiledFeedback(*row)

    async def standing(self, feedback_id: UUID) -> Standing | None:
        """Where it stands; None while routing has said nothing."""
        rows = await self._session.execute(
            select(
                tracking.c.state,
                tracking.c.agency_name,
                tracking.c.due_at,
                tracking.c.reason,
                tracking.c.explanation,
                tracking.c.told_at,
            ).where(tracking.c.feedback_id == feedback_id)
        )
        row = rows.one_or_none()
        return None if row is None else Standing(CaseState(row[0]), *row[1:])

    async def steps(self, feedback_id: UUID) -> list[StepTold]:
        """All steps, the newest first."""
        rows = await self._session.execute(
            select(tracking_steps.c.state, tracking_steps.c.at, tracking_steps.c.agency_name, tracking_steps.c.due_at)
            .where(tracking_steps.c.feedback_id == feedback_id)
            .order_by(tracking_steps.c.case_seq.desc())
        )
        return [StepTold(CaseState(row[0]), *row[1:]) for row in rows]

    async def answer(self, feedback_id: UUID) -> AnswerTold | None:
        """The answer, once there is one."""
        rows = await self._session.execute(
            select(
                tracking_answers.c.agency_name,
                tracking_answers.c.outcome,
                tracking_answers.c.answer,
                tracking_answers.c.attachments,
                tracking_answers.c.answered_at,
            ).where(tracking_answers.c.feedback_id == feedback_id)
        )
        row = rows.one_or_none()
        return None if row is None else AnswerTold(*row)

    async def count_guess(self, key: bytes, now: datetime, window_began: datetime) -> int:
        """Count one try under a key, this one included, within a window of time."""
        fresh = insert(guesses).values(key=key, since=now, count=1)
        began_anew = guesses.c.since < window_began
        counted = await self._session.scalar(
            fresh.on_conflict_do_update(
                index_elements=[guesses.c.key],
                set_={
                    "since": case((began_anew, now), else_=guesses.c.since),
                    "count": case((began_anew, 1), else_=guesses.c.count + 1),
                },
            ).returning(guesses.c.count)
        )
        return int(counted or 0)

    async def uncount(self, key: bytes) -> None:
        """The last try was no wrong one."""
        await self._session.execute(update(guesses).where(guesses.c.key == key).values(count=guesses.c.count - 1))

    async def forgive(self, key: bytes) -> None:
        """The right answer was given: what was counted under this key does not matter any more."""
        await self._session.execute(delete(guesses).where(guesses.c.key == key))

    async def forget_guesses(self, before: datetime) -> None:
        """Remove counts whose window has passed."""
        await self._session.execute(delete(guesses).where(guesses.c.since < before))
