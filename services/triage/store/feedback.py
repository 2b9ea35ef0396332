"""Texts that may have to be decided again, and what was decided of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.events import Classified
from libs.contracts.vocabulary import FeedbackId, PlaceId
from libs.runtime.db import append

from ..tables import assistant_questions, classifications, feedbacks, supplements


class Received(NamedTuple):
    """A feedback as it comes, and until when its words are kept."""

    feedback_id: FeedbackId
    received_at: datetime
    place_id: PlaceId | None
    text: str
    forget_at: datetime


@dataclass(frozen=True, slots=True)
class KeptFeedback:
    """What is known of a feedback: its words so far, in order, and where its sender said it is."""

    received_at: datetime | None
    place_id: PlaceId | None
    texts: tuple[str, ...]


# Built once: these run for every event, and building a statement costs more than sending it.
_NEW: Final = upsert(feedbacks)
_RECEIVE_FIRST: Final = _NEW.on_conflict_do_nothing().returning(feedbacks.c.feedback_id)
_LATER: Final = {"forget_at": func.greatest(feedbacks.c.forget_at, _NEW.excluded.forget_at), "forgotten_at": None}
_KNOWN: Final = (feedbacks.c.received_at, feedbacks.c.place_id, feedbacks.c.text)
_RECEIVE: Final = _NEW.on_conflict_do_update(
    index_elements=[feedbacks.c.feedback_id],
    set_={**{column.name: _NEW.excluded[column.name] for column in _KNOWN}, **_LATER},
).returning(*_KNOWN)
_HOLD: Final = _NEW.on_conflict_do_update(index_elements=[feedbacks.c.feedback_id], set_=_LATER).returning(*_KNOWN)
_SUPPLEMENT: Final = upsert(supplements).on_conflict_do_nothing()
_ADDED: Final = (
    select(supplements.c.text)
    .where(supplements.c.feedback_id == bindparam("feedback_id"))
    .order_by(supplements.c.said_at, supplements.c.event_id)
)
_RECORD: Final = insert(classifications).inline()


class TriageStore:
    """Texts that may have to be decided again, and what was decided.

    A feedback's row is locked until the commit by whatever is kept of it: two events about one feedback are decided
    one after the other.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._received: set[UUID] = session.info.setdefault("received", set())

    async def receive_ahead(self, fresh: Sequence[Received]) -> None:
        """Keep the words of many feedbacks at once, those of which nothing was known."""
        rows = [one._asdict() for one in sorted(fresh, key=lambda one: one.feedback_id)]
        if rows:
            self._received.update(await self._session.scalars(_RECEIVE_FIRST, rows))

    async def receive(self, fresh: Received) -> KeptFeedback:
        """Keep a feedback's words, also when something was added to it before they came; all that is kept of it."""
        if fresh.feedback_id in self._received:
            return KeptFeedback(fresh.received_at, fresh.place_id, (fresh.text,))
        row = fresh._asdict()
        if (await self._session.execute(_RECEIVE_FIRST, row)).first() is not None:
            return KeptFeedback(fresh.received_at, fresh.place_id, (fresh.text,))
        known = (await self._session.execute(_RECEIVE, row)).one()
        return await self._kept(fresh.feedback_id, *known)

    async def supplement(
        self, feedback_id: FeedbackId, event_id: UUID, text: str, said_at: datetime, forget_at: datetime
    ) -> KeptFeedback:
        """Keep what a citizen added to a feedback, also when the feedback is still on its way; all that is kept."""
        self._received.discard(feedback_id)  # what is kept of it is more than came with it
        held = {"feedback_id": feedback_id, "forget_at": forget_at}
        known = (await self._session.execute(_HOLD, held)).one()
        added = {"event_id": event_id, "feedback_id": feedback_id, "said_at": said_at, "text": text}
        await self._session.execute(_SUPPLEMENT, added)
        return await self._kept(feedback_id, *known)

    async def _kept(
        self, feedback_id: FeedbackId, received_at: datetime | None, place_id: PlaceId | None, text: str | None
    ) -> KeptFeedback:
        """A feedback with all that is still kept of its words, its own first."""
        added = await self._session.scalars(_ADDED, {"feedback_id": feedback_id})
        return KeptFeedback(received_at, place_id, (*added,) if text is None else (text, *added))

    def record(self, event_id: UUID, said: Classified, decided_at: datetime) -> None:
        """Keep what was decided on an event: everything but the citizen's words."""
        decision = said.model_dump(mode="json", exclude={"event_id", "occurred_at", "key", "feedback_id", "trace"})
        # Words are personal; the text they were quoted from is deleted in time, and then they must be gone too.
        decision["agency_span"] = None
        decision["reasons"] = [{**reason, "words": ""} for reason in decision["reasons"]]
        row = {
            "event_id": event_id,
            "feedback_id": said.feedback_id,
            "decided_at": decided_at,
            "model_version": said.model_version,
            "disposition": said.disposition,
            "sensitive": said.sensitive,
            "needs_review": said.needs_review,
            "decision": decision,
        }
        append(self._session, _RECORD, row)

    async def forget(self, now: datetime, limit: int) -> int:
        """Delete the texts of feedbacks whose time has come; how many there were."""
        due = (
            select(feedbacks.c.feedback_id)
            .where(feedbacks.c.forget_at <= now, feedbacks.c.forgotten_at.is_(None))
            .order_by(feedbacks.c.forget_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        found = list(await self._session.scalars(due))
        if found:
            for gone in (supplements, assistant_questions):
                await self._session.execute(delete(gone).where(gone.c.feedback_id.in_(found)))
            await self._session.execute(
                update(feedbacks).where(feedbacks.c.feedback_id.in_(found)).values(text=None, forgotten_at=now)
            )
        return len(found)
