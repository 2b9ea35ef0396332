"""What officers decided feedbacks to be, and the words still kept of them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.events import ClassificationCorrected
from libs.contracts.vocabulary import FeedbackId
from libs.runtime.db import append

from ..domain.label import Label
from ..tables import feedbacks, labels
from .text import LABEL, label_in, whole_texts

_NEW: Final = upsert(labels)
_WHEN: Final = ("decided_at", "event_id")
_KEEP: Final = _NEW.on_conflict_do_update(
    index_elements=[labels.c.feedback_id],
    set_={column.name: _NEW.excluded[column.name] for column in labels.c if not column.primary_key},
    # Of two decisions of one instant the same one holds, whichever is heard first.
    where=tuple_(*(labels.c[name] for name in _WHEN)) < tuple_(*(_NEW.excluded[name] for name in _WHEN)),
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label with the words it was given to, as far as they are still kept."""

    feedback_id: FeedbackId
    label: Label
    text: str | None


class LabelStore:
    """The latest decision of an officer about each feedback, whether triage has heard of that feedback or not."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def keep(self, corrected: ClassificationCorrected, label: Label) -> None:
        """Keep a label, unless a later one is kept; written with the others of the transaction."""
        row = {
            "feedback_id": corrected.feedback_id,
            "event_id": corrected.event_id,
            "decided_at": corrected.occurred_at,
            "officer_id": corrected.officer_id,
            "model_version": corrected.model_version,
            **asdict(label),
        }
        append(self._session, _KEEP, row)

    async def given_since(self, since: datetime | None, after: FeedbackId | None, limit: int) -> list[Labelled]:
        """Labels given since a moment, feedback by feedback, from behind one of them."""
        wanted = select(labels.c.feedback_id, feedbacks.c.received_at, feedbacks.c.text, *LABEL).outerjoin(
            feedbacks, feedbacks.c.feedback_id == labels.c.feedback_id
        )
        if since is not None:
            wanted = wanted.where(labels.c.decided_at >= since)
        if after is not None:
            wanted = wanted.where(labels.c.feedback_id > after)
        rows = (await self._session.execute(wanted.order_by(labels.c.feedback_id).limit(limit))).all()
        texts = await whole_texts(self._session, {row.feedback_id: row.text for row in rows if row.text is not None})
        return [
            Labelled(row.feedback_id, label, texts.get(row.feedback_id))
            for row in rows
            if (label := label_in(row)) is not None
        ]
