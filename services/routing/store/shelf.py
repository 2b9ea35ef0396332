"""What one transaction knows already of the cases it holds, so that it need not ask the database again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

_SHELF: Final = "cases"


class Said(NamedTuple):
    """A classification as it is kept."""

    occurred_at: datetime
    body: Mapping[str, Any]


@dataclass(slots=True)
class Shelf:
    """Cases by their feedback. It is thrown away when a part of the transaction is undone."""

    held: set[UUID] = field(default_factory=set)
    """Feedbacks nobody else works on."""
    opened: dict[UUID, Mapping[str, Any] | None] = field(default_factory=dict)
    """Cases added ahead of the event that opens them, until it comes; none: the case is there already."""
    locked: dict[UUID, Mapping[str, Any] | None] = field(default_factory=dict)
    """Cases nobody else can change, as this transaction leaves them; none: there is no case so far."""
    unsaved: set[UUID] = field(default_factory=set)
    """Cases of which a change waits to be written."""
    said: dict[UUID, Said | None] = field(default_factory=dict)
    """The latest classifications; none: nothing was said."""

    @classmethod
    def of(cls, session: AsyncSession) -> Self:
        """The shelf of a transaction."""
        shelf: Self = session.info.setdefault(_SHELF, cls())
        return shelf
