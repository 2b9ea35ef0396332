"""What other services told about a feedback, kept whether its case is open yet or not."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import FileState

from .. import tables as t


class HeardStore:
    """Classifications, files, supplements, contacts and notices. Hearing the same thing twice changes nothing."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep_classification(
        self, event_id: UUID, feedback_id: UUID, body: Mapping[str, Any], occurred_at: datetime
    ) -> None:
        """Keep what triage said, whether the feedback is known yet or not."""
        values = {"event_id": event_id, "feedback_id": feedback_id, "body": body, "occurred_at": occurred_at}
        await self._session.execute(upsert(t.classifications).values(values).on_conflict_do_nothing())

    async def latest_classification(self, feedback_id: UUID) -> Mapping[str, Any] | None:
        """What triage said last about a feedback."""
        c = t.classifications.c
        body: Mapping[str, Any] | None = await self._session.scalar(
            select(c.body).where(c.feedback_id == feedback_id).order_by(c.occurred_at.desc()).limit(1)
        )
        return body

    async def keep_files(self, feedback_id: UUID, files: Iterable[Mapping[str, Any]]) -> None:
        """Keep a feedback's files; one that was stored or given up never becomes pending again."""
        for file in files:
            new = upsert(t.case_files).values(feedback_id=feedback_id, **file)
            kept = new.excluded
            await self._session.execute(
                new.on_conflict_do_update(
                    index_elements=["feedback_id", "file_id"],
                    set_={name: kept[name] for name in ("name", "kind", "state", "sha256", "mime", "size_bytes")},
                    where=t.case_files.c.state == FileState.PENDING.value,
                )
            )

    async def files_of(self, feedback_id: UUID) -> Sequence[RowMapping]:
        """A feedback's files."""
        c = t.case_files.c
        rows = await self._session.execute(select(t.case_files).where(c.feedback_id == feedback_id).order_by(c.file_id))
        return rows.mappings().all()

    async def keep_supplement(self, event_id: UUID, feedback_id: UUID, text: str, at: datetime) -> None:
        """Keep what a citizen added."""
        values = {"event_id": event_id, "feedback_id": feedback_id, "text": text, "at": at}
        await self._session.execute(upsert(t.supplements).values(values).on_conflict_do_nothing())

    async def supplements_of(self, feedback_id: UUID) -> Sequence[RowMapping]:
        """What the citizen added, in order."""
        c = t.supplements.c
        rows = await self._session.execute(select(c.text, c.at).where(c.feedback_id == feedback_id).order_by(c.at))
        return rows.mappings().all()

    async def keep_contacts(self, feedback_id: UUID, sender_id: UUID, sealed: str, occurred_at: datetime) -> None:
        """Keep who sent a feedback, sealed; the latest word counts."""
        new = upsert(t.contacts).values(
            feedback_id=feedback_id, sender_id=sender_id, sealed=sealed, occurred_at=occurred_at
        )
        await self._session.execute(
            new.on_conflict_do_update(
                index_elements=["feedback_id"],
                set_={name: new.excluded[name] for name in ("sender_id", "sealed", "occurred_at")},
                where=t.contacts.c.occurred_at < new.excluded.occurred_at,
            )
        )

    async def contacts_of(self, feedback_id: UUID) -> str | None:
        """Who sent a feedback, sealed."""
        sealed: str | None = await self._session.scalar(
            select(t.contacts.c.sealed).where(t.contacts.c.feedback_id == feedback_id)
        )
        return sealed

    async def keep_notice(
        self, message_id: UUID, feedback_id: UUID, notice: str, outcome: str, detail: str | None, at: datetime
    ) -> None:
        """Keep where a message to the citizen stands; the latest word counts."""
        new = upsert(t.notices).values(
            message_id=message_id, feedback_id=feedback_id, notice=notice, outcome=outcome, detail=detail, at=at
        )
        await self._session.execute(
            new.on_conflict_do_update(
                index_elements=["message_id"],
                set_={name: new.excluded[name] for name in ("outcome", "detail", "at")},
                where=t.notices.c.at <= new.excluded.at,
            )
        )

    async def notices_of(self, feedback_id: UUID) -> Sequence[RowMapping]:
        """The messages to the citizen about a feedback, in order."""
        c = t.notices.c
        rows = await self._session.execute(select(t.notices).where(c.feedback_id == feedback_id).order_by(c.at))
        return rows.mappings().all()
