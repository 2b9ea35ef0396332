"""Feedbacks as they are filed, with their consents and files, and as the chat looks them up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, Table, Uuid, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import CaseState

from ..domain.attachment import name_of
from ..tables import consents, feedbacks, files, tracking
from .arrays import columns_of, table_of


@dataclass(frozen=True, slots=True)
class TrackedCase:
    """A feedback with where it stands, for the chat."""

    feedback_id: UUID
    sender_id: UUID
    code: str
    received_at: datetime
    contacts: str | None
    """Sealed."""
    state: CaseState
    agency_name: str | None
    due_at: datetime | None
    told_at: datetime | None


_BELONGING: Final = table_of(file_id=Uuid, feedback_id=Uuid)
_ATTACH: Final = (
    update(files)
    .where(files.c.file_id == _BELONGING.c.file_id)
    .values(feedback_id=_BELONGING.c.feedback_id)
    .returning(
        files.c.file_id,
        files.c.name,
        files.c.kind,
        files.c.state,
        files.c.sha256,
        files.c.mime,
        files.c.size_bytes,
    )
)


class FilingStore:
    """What a confirmed draft leaves behind."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add_feedbacks(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Feedbacks with their codes. Texts and contacts are sealed."""
        await self._add(feedbacks, rows)

    async def add_consents(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Answers to questions of consent, kept as proof. The words are sealed."""
        await self._add(consents, rows)

    async def add_files(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Files citizens sent, due at once. Addresses are sealed."""
        await self._add(files, [{**row, "name": row["name"] or name_of(row["kind"])} for row in rows])

    async def _add(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            await self._session.execute(insert(table), list(rows))

    async def attach(self, belonging: Mapping[UUID, UUID]) -> dict[UUID, dict[str, Any]]:
        """Files of drafts become those of feedbacks, and stay locked until the commit: whoever settles one waits.

        Tells how each stands.
        """
        if not belonging:
            return {}
        rows = await self._session.execute(_ATTACH, columns_of(("file_id", "feedback_id"), list(belonging.items())))
        return {row.file_id: {**row._mapping} for row in rows}

    async def case_with(self, code: str) -> list[TrackedCase]:
        """The feedback with a code, if there is one."""
        return await self._tracked(_TRACKED.where(feedbacks.c.code == code))

    async def case_of(self, feedback_id: UUID) -> TrackedCase | None:
        """One feedback; None when none was filed under this id."""
        found = await self._tracked(_TRACKED.where(feedbacks.c.feedback_id == feedback_id))
        return found[0] if found else None

    async def cases_of(self, sender_id: UUID, limit: int = 50) -> list[TrackedCase]:
        """A citizen's feedbacks, the newest first."""
        mine = _TRACKED.where(feedbacks.c.sender_id == sender_id)
        return await self._tracked(mine.order_by(feedbacks.c.received_at.desc()).limit(limit))

    async def _tracked(self, statement: Select[Any]) -> list[TrackedCase]:
        rows = await self._session.execute(statement)
        told = [{**row._mapping} for row in rows]
        return [TrackedCase(**{**one, "state": CaseState(one["state"] or CaseState.OPENED)}) for one in told]


_TRACKED = select(
    feedbacks.c.feedback_id,
    feedbacks.c.sender_id,
    feedbacks.c.code,
    feedbacks.c.received_at,
    feedbacks.c.contacts,
    tracking.c.state,
    tracking.c.agency_name,
    tracking.c.due_at,
    tracking.c.told_at,
).select_from(feedbacks.outerjoin(tracking, tracking.c.feedback_id == feedbacks.c.feedback_id))
