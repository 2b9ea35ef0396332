"""What the assistant model is asked about, who is asking, and what came of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, Integer, Uuid, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import FeedbackId
from libs.runtime.db import append, once

from ..tables import assistant_questions, classifications, feedbacks, labels, supplements
from .feedback import KeptFeedback


@dataclass(frozen=True, slots=True)
class Question:
    """A decision somebody is asking about, until the lease ends."""

    event_id: UUID
    feedback_id: FeedbackId
    messages: int
    asked_at: datetime
    attempts: int
    """With this one."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was decided on an event, as far as it is said again."""

    model_version: str
    near_duplicates: tuple[UUID, ...]


_C: Final = assistant_questions.c
_ASK: Final = upsert(assistant_questions).on_conflict_do_nothing()
_DUE: Final = (
    select(_C.event_id)
    .where(_C.outcome.is_(None), _C.not_before <= bindparam("now", type_=DateTime(timezone=True)))
    .order_by(_C.not_before, _C.event_id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_CLAIM: Final = (
    update(assistant_questions)
    .where(_C.event_id == once(_DUE))
    .values(
        attempts=_C.attempts + 1,
        not_before=bindparam("until", type_=DateTime(timezone=True)),
        lease_id=bindparam("lease", type_=Uuid),
    )
    .returning(*(_C[name] for name in Question.__dataclass_fields__))
)


class QuestionStore:
    """Questions to the assistant. Each is one process's for as long as its lease says; only that one may end it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def ask(self, event_id: UUID, feedback_id: FeedbackId, messages: int, now: datetime) -> None:
        """Keep a question about what was decided on an event; written with the others of the transaction."""
        row = {
            "event_id": event_id,
            "feedback_id": feedback_id,
            "messages": messages,
            "asked_at": now,
            "attempts": 0,
            "not_before": now,
        }
        append(self._session, _ASK, row)

    async def claim(self, now: datetime, lease: timedelta, lease_id: UUID, most: int) -> list[Question]:
        """Take the questions that have waited longest."""
        asked = {"now": now, "until": now + lease, "lease": lease_id, "most": most}
        return [Question(*row) for row in await self._session.execute(_CLAIM, asked)]

    async def end(self, question: Question, lease_id: UUID, outcome: str, now: datetime) -> bool:
        """Keep what came of a question; whether it was still ours to end."""
        return await self._free(question, lease_id, outcome=outcome, ended_at=now)

    async def put_off(self, question: Question, lease_id: UUID, until: datetime, attempts: int) -> None:
        """Let somebody ask again later."""
        await self._free(question, lease_id, not_before=until, attempts=attempts)

    async def kept(self, those: Collection[FeedbackId], *, lock: bool = False) -> dict[FeedbackId, KeptFeedback]:
        """The words still kept of feedbacks no officer has decided about; locked: nobody adds to them meanwhile."""
        known = (feedbacks.c.feedback_id, feedbacks.c.received_at, feedbacks.c.place_id, feedbacks.c.text)
        wanted = select(*known).where(feedbacks.c.feedback_id.in_(those), feedbacks.c.received_at.is_not(None))
        rows = (await self._session.execute(wanted.with_for_update() if lock else wanted)).all()
        decided = set(await self._session.scalars(select(labels.c.feedback_id).where(labels.c.feedback_id.in_(those))))
        texts = {row.feedback_id: [] if row.text is None else [row.text] for row in rows}
        added = await self._session.execute(
            select(supplements.c.feedback_id, supplements.c.text)
            .where(supplements.c.feedback_id.in_(texts))
            .order_by(supplements.c.said_at, supplements.c.event_id)
        )
        for feedback_id, text in added:
            texts[feedback_id].append(text)
        return {
            row.feedback_id: KeptFeedback(row.received_at, row.place_id, tuple(texts[row.feedback_id]))
            for row in rows
            if row.feedback_id not in decided
        }

    async def recorded(self, event_id: UUID) -> Recorded | None:
        """What was decided on an event."""
        wanted = select(classifications.c.model_version, classifications.c.decision["near_duplicates"])
        row = (await self._session.execute(wanted.where(classifications.c.event_id == event_id))).first()
        return None if row is None else Recorded(row[0], tuple(UUID(one) for one in row[1] or ()))

    async def _free(self, question: Question, lease_id: UUID, **columns: Any) -> bool:
        changed = await self._session.execute(
            update(assistant_questions)
            .where(_C.event_id == question.event_id, _C.lease_id == lease_id, _C.outcome.is_(None))
            .values(**columns, lease_id=None)
            .returning(_C.event_id)
        )
        return changed.first() is not None
