"""The models people adopted, the newest of which is at work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ..tables import models

KEPT: Final = 5
"""Adoptions that are remembered."""

_ALONE: Final = text("LOCK TABLE triage.models IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True, slots=True)
class Adoption:
    """One decision of a person to let a model work."""

    id: int
    name: str
    adopted_at: datetime
    adopted_by: str
    report: Mapping[str, Any]
    size: int | None
    """Bytes of the model; None for the one that is shipped with the code."""


class ModelStore:
    """What was adopted, in order. Replicas read it; only people's commands write."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def newest(self) -> int | None:
        """The number of the newest adoption."""
        found: int | None = await self._session.scalar(select(func.max(models.c.id)))
        return found

    async def all(self) -> list[Adoption]:
        """The adoptions that are remembered, newest first."""
        size = func.length(models.c.artefact).label("size")
        named = (models.c.id, models.c.name, models.c.adopted_at, models.c.adopted_by, models.c.report, size)
        return [Adoption(*row) for row in await self._session.execute(select(*named).order_by(models.c.id.desc()))]

    async def artefact(self, adoption: int) -> bytes | None:
        """The bytes of an adopted model; None for the shipped one, and for one no longer remembered."""
        found: bytes | None = await self._session.scalar(select(models.c.artefact).where(models.c.id == adoption))
        return found

    async def adopt(
        self,
        name: str,
        artefact: bytes | None,
        by: str,
        at: datetime,
        report: Mapping[str, Any],
        *,
        instead_of: int | None,
    ) -> int | None:
        """Adopt a model in place of an adoption; its number, or None when another one came in between."""
        await self._session.execute(_ALONE)
        if await self.newest() != instead_of:
            return None
        row = {"name": name, "artefact": artefact, "adopted_at": at, "adopted_by": by, "report": report}
        made: int = await self._session.scalar(insert(models).returning(models.c.id), row)
        remembered = select(models.c.id).order_by(models.c.id.desc()).limit(KEPT)
        await self._session.execute(delete(models).where(models.c.id.not_in(remembered)))
        return made
