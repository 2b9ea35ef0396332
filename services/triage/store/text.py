"""The citizens' words that are still kept, to be read again page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import Disposition, FeedbackId, Field, Kind, MatterCode, Nature, PlaceId

from ..domain.label import Label
from ..tables import feedbacks, labels, supplements

LABEL: Final = (labels.c.disposition, labels.c.kind, labels.c.nature, labels.c.field, labels.c.matter)


@dataclass(frozen=True, slots=True)
class KeptText:
    """A feedback's words as they are classified, and what an officer decided about it."""

    feedback_id: FeedbackId
    received_at: datetime
    place_id: PlaceId | None
    text: str
    label: Label | None


class TextStore:
    """Feedbacks whose words have not been deleted yet."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def received_since(self, since: datetime, after: FeedbackId | None, limit: int) -> list[KeptText]:
        """Texts received since a moment, feedback by feedback, from behind one of them."""
        known = (feedbacks.c.feedback_id, feedbacks.c.received_at, feedbacks.c.place_id, feedbacks.c.text)
        wanted = (
            select(*known, *LABEL)
            .outerjoin(labels, labels.c.feedback_id == feedbacks.c.feedback_id)
            .where(feedbacks.c.received_at >= since, feedbacks.c.text.is_not(None))
        )
        if after is not None:
            wanted = wanted.where(feedbacks.c.feedback_id > after)
        rows = (await self._session.execute(wanted.order_by(feedbacks.c.feedback_id).limit(limit))).all()
        texts = await whole_texts(self._session, {row.feedback_id: row.text for row in rows})
        return [
            KeptText(row.feedback_id, row.received_at, row.place_id, texts[row.feedback_id], label_in(row))
            for row in rows
        ]


async def whole_texts(session: AsyncSession, texts: Mapping[FeedbackId, str]) -> dict[FeedbackId, str]:
    """Texts with what was added to them, joined as they are classified."""
    parts = {feedback_id: [text] for feedback_id, text in texts.items()}
    added = await session.execute(
        select(supplements.c.feedback_id, supplements.c.text)
        .where(supplements.c.feedback_id.in_(texts))
        .order_by(supplements.c.said_at, supplements.c.event_id)
    )
    for row in added:
        parts[row.feedback_id].append(row.text)
    return {feedback_id: "\n".join(words) for feedback_id, words in parts.items()}


def label_in(row: Any) -> Label | None:
    """The label a row was joined with, if any."""
    if row.disposition is None:
        return None
    return Label(
        Disposition(row.disposition),
        kind=None if row.kind is None else Kind(row.kind),
        nature=None if row.nature is None else Nature(row.nature),
        field=None if row.field is None else Field(row.field),
        matter=None if row.matter is None else MatterCode(row.matter),
    )
