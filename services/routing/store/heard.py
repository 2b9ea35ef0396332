"""What other services told about a feedback, kept whether its case is open yet or not."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import FileState
from libs.runtime.db import append, write_appended

from .. import tables as t

# Built once: these run for every event, and building a statement costs more than sending it.
_KEEP_CLASSIFICATION: Final = upsert(t.classifications).on_conflict_do_nothing().inline()
_LATEST_CLASSIFICATION: Final = (
    select(t.classifications.c.body)
    .where(t.classifications.c.feedback_id == bindparam("feedback_id"))
    .order_by(t.classifications.c.occurred_at.desc())
    .limit(1)
)
_FILE: Final = upsert(t.case_files)
_KEEP_FILE: Final = _FILE.on_conflict_do_update(
    index_elements=["feedback_id", "file_id"],
    set_={name: _FILE.excluded[name] for name in ("name", "kind", "state", "sha256", "mime", "size_bytes")},
    where=t.case_files.c.state == FileState.PENDING.value,
)
_CONTACTS: Final = upsert(t.contacts)
_KEEP_CONTACTS: Final = _CONTACTS.on_conflict_do_update(
    index_elements=["feedback_id"],
    set_={name: _CONTACTS.excluded[name] for name in ("sender_id", "sealed", "occurred_at")},
    where=t.contacts.c.occurred_at < _CONTACTS.excluded.occurred_at,
)
_NOTICE: Final = upsert(t.notices)
_KEEP_NOTICE: Final = _NOTICE.on_conflict_do_update(
    index_elements=["message_id"],
    set_={name: _NOTICE.excluded[name] for name in ("outcome", "detail", "at")},
    where=t.notices.c.at <= _NOTICE.excluded.at,
)


class HeardStore:
    """Classifications, files, supplements, contacts and notices. Hearing the same thing twice changes nothing."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def keep_classification(
        self, event_id: UUID, feedback_id: UUID, body: Mapping[str, Any], occurred_at: datetime
    ) -> None:
        """Keep what triage said, whether the feedback is known yet or not."""
        values = {"event_id": event_id, "feedback_id": feedback_id, "body": body, "occurred_at": occurred_at}
        append(self._session, _KEEP_CLASSIFICATION, values)

    async def latest_classification(self, feedback_id: UUID) -> Mapping[str, Any] | None:
        """What triage said last about a feedback."""
        await write_appended(self._session, _KEEP_CLASSIFICATION)
        body: Mapping[str, Any] | None = await self._session.scalar(
            _LATEST_CLASSIFICATION, {"feedback_id": feedback_id}
        )
        return body

    async def keep_files(self, feedback_id: UUID, files: Iterable[Mapping[str, Any]]) -> None:
        """Keep a feedback's files; one that was stored or given up never becomes pending again."""
        rows = [{"feedback_id": feedback_id, **file} for file in files]
        if rows:
            await self._session.execute(_KEEP_FILE, rows)

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

    def keep_contacts(self, feedback_id: UUID, sender_id: UUID, sealed: str, occurred_at: datetime) -> None:
        """Keep who sent a feedback, sealed; the latest word counts."""
        values = {"feedback_id": feedback_id, "sender_id": sender_id, "sealed": sealed, "occurred_at": occurred_at}
        append(self._session, _KEEP_CONTACTS, values)

    async def contacts_of(self, feedback_id: UUID) -> str | None:
        """Who sent a feedback, sealed."""
        sealed: str | None = await self._session.scalar(
            select(t.contacts.c.sealed).where(t.contacts.c.feedback_id == feedback_id)
        )
        return sealed

    def keep_notice(
        self, message_id: UUID, feedback_id: UUID, notice: str, outcome: str, detail: str | None, at: datetime
    ) -> None:
        """Keep where a message to the citizen stands; the latest word counts."""
        values = {
            "message_id": message_id,
            "feedback_id": feedback_id,
            "notice": notice,
            "outcome": outcome,
            "detail": detail,
            "at": at,
        }
        append(self._session, _KEEP_NOTICE, values)

    async def notices_of(self, feedback_id: UUID) -> Sequence[RowMapping]:
        """The messages to the citizen about a feedback, in order."""
        c = t.notices.c
        rows = await self._session.execute(select(t.notices).where(c.feedback_id == feedback_id).order_by(c.at))
        return rows.mappings().all()
