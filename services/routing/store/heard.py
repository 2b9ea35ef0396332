"""What other services told about a feedback, kept whether its case is open yet or not."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, RowMapping, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import FileState
from libs.runtime.db import append, write_appended

from .. import tables as t
from .shelf import Said, Shelf

# Built once: these run for every event, and building a statement costs more than sending it.
_KEEP_CLASSIFICATION: Final = upsert(t.classifications).on_conflict_do_nothing().inline()
_SAID: Final = t.classifications.c
_LATEST_LAST: Final = (
    select(_SAID.feedback_id, _SAID.occurred_at, _SAID.body)
    .where(_SAID.feedback_id == any_(bindparam("those", type_=ARRAY(Uuid))))
    .order_by(_SAID.occurred_at)
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
_KEEP_SUPPLEMENT: Final = upsert(t.supplements).on_conflict_do_nothing().inline()


class HeardStore:
    """Classifications, files, supplements, contacts and notices. Hearing the same thing twice changes nothing."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._said = Shelf.of(session).said

    def keep_classification(
        self, event_id: UUID, feedback_id: UUID, body: Mapping[str, Any], occurred_at: datetime
    ) -> None:
        """Keep what triage said, whether the feedback is known yet or not."""
        values = {"event_id": event_id, "feedback_id": feedback_id, "body": body, "occurred_at": occurred_at}
        append(self._session, _KEEP_CLASSIFICATION, values)
        if feedback_id in self._said:
            known = self._said[feedback_id]
            if known is None or known.occurred_at < occurred_at:
                self._said[feedback_id] = Said(occurred_at, body)

    async def latest_ahead(self, feedback_ids: Collection[UUID]) -> None:
        """Read for many feedbacks at once what `latest_classification` will be asked."""
        self._said.update(await self._latest(sorted(feedback_ids)))

    async def latest_classification(self, feedback_id: UUID) -> Mapping[str, Any] | None:
        """What triage said last about a feedback."""
        known = self._said if feedback_id in self._said else await self._latest([feedback_id])
        said = known[feedback_id]
        return said.body if said else None

    async def _latest(self, feedback_ids: Sequence[UUID]) -> dict[UUID, Said | None]:
        if not feedback_ids:
            return {}
        await write_appended(self._session, _KEEP_CLASSIFICATION)
        rows = await self._session.execute(_LATEST_LAST, {"those": feedback_ids})
        return {**dict.fromkeys(feedback_ids), **{row[0]: Said(*row[1:]) for row in rows}}

    def keep_files(self, feedback_id: UUID, files: Iterable[Mapping[str, Any]]) -> None:
        """Keep a feedback's files; one that was stored or given up never becomes pending again."""
        for file in files:
            append(self._session, _KEEP_FILE, {"feedback_id": feedback_id, **file})

    async def files_of(self, feedback_id: UUID) -> Sequence[RowMapping]:
        """A feedback's files."""
        c = t.case_files.c
        rows = await self._session.execute(select(t.case_files).where(c.feedback_id == feedback_id).order_by(c.file_id))
        return rows.mappings().all()

    def keep_supplement(self, event_id: UUID, feedback_id: UUID, text: str, at: datetime) -> None:
        """Keep what a citizen added."""
        values = {"event_id": event_id, "feedback_id": feedback_id, "text": text, "at": at}
        append(self._session, _KEEP_SUPPLEMENT, values)

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
