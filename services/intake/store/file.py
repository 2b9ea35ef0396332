"""Citizens' files: where they wait, and where they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import FileKind, FileState
from libs.runtime.db import once

from ..domain.attachment import FileType
from ..tables import files

_IS_PENDING: Final = files.c.state == literal_column(f"'{FileState.PENDING}'")  # no value: it is the index's condition


@dataclass(frozen=True, slots=True)
class DueFile:
    """A file to be fetched now; the claim ends by itself."""

    file_id: UUID
    sender_id: UUID
    url: bytes
    """Sealed."""
    name: str
    kind: FileKind
    tries: int
    """This one included."""


@dataclass(frozen=True, slots=True)
class SettledFile:
    """A file that came or was given up."""

    feedback_id: UUID | None
    """The filed feedback it belongs to, which must be told; none while it belongs to a draft."""
    sender_id: UUID


class FileStore:
    """Files of drafts and feedbacks."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim_due(self, now: datetime, limit: int, lease: timedelta) -> list[DueFile]:
        """Take files to fetch, the longest due first. A claim that is never settled is due again after its lease."""
        due = (
            select(files.c.file_id)
            .where(_IS_PENDING, files.c.next_at <= now)
            .order_by(files.c.next_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = await self._session.execute(
            update(files)
            .where(files.c.file_id == once(due))
            .values(next_at=now + lease, attempts=files.c.attempts + 1)
            .returning(files.c.file_id, files.c.sender_id, files.c.url, files.c.name, files.c.kind, files.c.attempts)
        )
        return [DueFile(row[0], row[1], row[2], row[3], FileKind(row[4]), row[5]) for row in rows]

    async def postpone(self, file: DueFile, at: datetime, reason: str) -> None:
        """The try failed: again at `at`, if nobody else settled or took the file meanwhile."""
        await self._session.execute(update(files).where(*self._still(file)).values(next_at=at, failure=reason))

    async def ready(
        self, file: DueFile, name: str, file_type: FileType, sha256: str, size_bytes: int
    ) -> SettledFile | None:
        """The bytes are in the blob store. None when the file was settled by somebody else."""
        return await self._settle(
            file,
            state=FileState.READY,
            name=name,
            kind=file_type.kind,
            mime=file_type.mime,
            sha256=sha256,
            size_bytes=size_bytes,
            failure=None,
        )

    async def give_up(self, file: DueFile, reason: str) -> SettledFile | None:
        """The file will not come. None when the file was settled by somebody else."""
        return await self._settle(file, state=FileState.FAILED, failure=reason)

    async def oldest_pending(self) -> datetime | None:
        """Since when the longest waiting file waits."""
        since: datetime | None = await self._session.scalar(select(func.min(files.c.created_at)).where(_IS_PENDING))
        return since

    async def _settle(self, file: DueFile, **values: object) -> SettledFile | None:
        rows = await self._session.execute(
            update(files)
            .where(*self._still(file))
            .values(next_at=None, url=None, **values)
            .returning(files.c.feedback_id, files.c.sender_id)
        )
        row = rows.one_or_none()
        return None if row is None else SettledFile(*row)

    def _still(self, file: DueFile) -> tuple[ColumnElement[bool], ...]:
        # The number of tries is the fence: who was overtaken because it took too long changes nothing.
        return (files.c.file_id == file.file_id, files.c.state == FileState.PENDING, files.c.attempts == file.tries)
