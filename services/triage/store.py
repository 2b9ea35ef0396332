"""Every statement triage sends to its schema."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.events import Classified
from libs.contracts.vocabulary import FeedbackId, PlaceId

from .tables import classifications, feedbacks, province_facts, supplements

_TIME_ZONE = "time_zone"


@dataclass(frozen=True, slots=True)
class KeptFeedback:
    """What is known of a feedback: its words so far, in order, and where its sender said it is."""

    received_at: datetime | None
    place_id: PlaceId | None
    texts: tuple[str, ...]


class TriageStore:
    """Texts that may have to be decided again, and what was decided."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def receive(
        self, feedback_id: FeedbackId, text: str, place_id: PlaceId | None, received_at: datetime, forget_at: datetime
    ) -> None:
        """Keep a feedback's words, also when something was added to it before they came."""
        words = {"received_at": received_at, "place_id": place_id, "text": text}
        await self._keep(feedback_id, forget_at, words)

    async def supplement(
        self, feedback_id: FeedbackId, event_id: UUID, text: str, said_at: datetime, forget_at: datetime
    ) -> None:
        """Keep what a citizen added to a feedback, also when the feedback itself is still on its way."""
        await self._keep(feedback_id, forget_at, {})
        added = {"event_id": event_id, "feedback_id": feedback_id, "said_at": said_at, "text": text}
        await self._session.execute(upsert(supplements).values(added).on_conflict_do_nothing())

    async def _keep(self, feedback_id: FeedbackId, forget_at: datetime, words: Mapping[str, object]) -> None:
        # The row is locked by this until the commit: two events about one feedback are decided one after the other.
        row = {"feedback_id": feedback_id, "forget_at": forget_at, **words}
        later = func.greatest(feedbacks.c.forget_at, forget_at)
        await self._session.execute(
            upsert(feedbacks)
            .values(row)
            .on_conflict_do_update(
                index_elements=[feedbacks.c.feedback_id], set_={**words, "forget_at": later, "forgotten_at": None}
            )
        )

    async def kept(self, feedback_id: FeedbackId) -> KeptFeedback:
        """A feedback with all that is still kept of its words, its own first."""
        row = (
            await self._session.execute(
                select(feedbacks.c.received_at, feedbacks.c.place_id, feedbacks.c.text).where(
                    feedbacks.c.feedback_id == feedback_id
                )
            )
        ).one()
        added = await self._session.scalars(
            select(supplements.c.text)
            .where(supplements.c.feedback_id == feedback_id)
            .order_by(supplements.c.said_at, supplements.c.event_id)
        )
        texts = (row.text, *added) if row.text is not None else tuple(added)
        return KeptFeedback(row.received_at, row.place_id, texts)

    async def record(self, event_id: UUID, said: Classified, decided_at: datetime) -> None:
        """Keep what was decided on an event: everything but the citizen's words."""
        decision = said.model_dump(mode="json", exclude={"event_id", "occurred_at", "key", "feedback_id", "trace"})
        # Words are personal; the text they were quoted from is deleted in time, and then they must be gone too.
        decision["agency_span"] = None
        decision["reasons"] = [{**reason, "words": ""} for reason in decision["reasons"]]
        await self._session.execute(
            insert(classifications).values(
                event_id=event_id,
                feedback_id=said.feedback_id,
                decided_at=decided_at,
                model_version=said.model_version,
                disposition=said.disposition,
                sensitive=said.sensitive,
                needs_review=said.needs_review,
                decision=decision,
            )
        )

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
            await self._session.execute(delete(supplements).where(supplements.c.feedback_id.in_(found)))
            await self._session.execute(
                update(feedbacks).where(feedbacks.c.feedback_id.in_(found)).values(text=None, forgotten_at=now)
            )
        return len(found)


class ProvinceStore:
    """What `prepare` loads and a start reads."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, table: Table, rows: Sequence[Mapping[str, str]]) -> None:
        """Put rows in place of all those of a table, keeping their order."""
        await self._session.execute(delete(table))
        if rows:
            await self._session.execute(insert(table), [{"row": number, **row} for number, row in enumerate(rows)])

    async def rows(self, table: Table) -> list[dict[str, str]]:
        """The rows of a table, in the order of its file."""
        found = await self._session.execute(select(table).order_by(table.c.row))
        return [{name: value for name, value in row.items() if name != "row"} for row in found.mappings()]

    async def keep_time_zone(self, key: str) -> None:
        """Keep the zone whose days the province counts in."""
        values = {"name": _TIME_ZONE, "value": key}
        await self._session.execute(
            upsert(province_facts)
            .values(values)
            .on_conflict_do_update(index_elements=[province_facts.c.name], set_={"value": key})
        )

    async def time_zone(self) -> str | None:
        """The zone's key, once `prepare` has kept one."""
        found: str | None = await self._session.scalar(
            select(province_facts.c.value).where(province_facts.c.name == _TIME_ZONE)
        )
        return found
