"""Which feedbacks triage found to say nearly the same, whether they have a case yet or not."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, RowMapping, Uuid, bindparam, column, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.runtime.db import append, write_appended

from .. import tables as t
from ..domain.permission import Officer
from .listing import seen_by

MOST_SHOWN: Final = 10
_LAST: Final = 1_000
"""Behind those triage named itself stand those that came later and name this one."""
_TOLD: Final = (
    func.unnest(bindparam("near", type_=ARRAY(Uuid)))
    .table_valued(column("near_id", Uuid), with_ordinality="rank", name="told")
    .render_derived()
)
_KEEP: Final = (
    upsert(t.near_duplicates)
    .from_select(
        ["feedback_id", "near_id", "rank"], select(bindparam("whose", type_=Uuid), _TOLD.c.near_id, _TOLD.c.rank)
    )
    .on_conflict_do_nothing()
)
_SHOWN: Final = [
    t.cases.c[name]
    for name in (
        "feedback_id", "code", "state", "sender_id", "received_at",
        "agency_id", "desk", "shielded", "accused", "accused_post", "no_head",
    )
]  # fmt: skip


class NearDuplicateStore:
    """What says nearly the same, told by either of the two. Hearing it twice changes nothing, nor does its order."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def keep(self, feedback_id: UUID, near: Sequence[UUID]) -> None:
        """Keep the feedbacks one is like, the most alike first; what is not told again stays, as the words do."""
        if near:
            append(self._session, _KEEP, {"whose": feedback_id, "near": near})

    async def seen_by(self, officer: Officer, feedback_id: UUID) -> Sequence[RowMapping]:
        """The cases like one, as far as an officer may know of them: those it named first, then the newest."""
        await write_appended(self._session, _KEEP)
        n = t.near_duplicates.c
        named = select(n.near_id.label("other"), n.rank).where(n.feedback_id == feedback_id)
        naming = select(n.feedback_id.label("other"), literal(_LAST).label("rank")).where(n.near_id == feedback_id)
        both = union_all(named, naming).subquery()
        near = select(both.c.other, func.min(both.c.rank).label("rank")).group_by(both.c.other).subquery()
        rows = await self._session.execute(
            select(*_SHOWN)
            .join(near, near.c.other == t.cases.c.feedback_id)
            .where(seen_by(officer), t.cases.c.feedback_id != feedback_id)
            .order_by(near.c.rank, t.cases.c.received_at.desc(), t.cases.c.feedback_id)
            .limit(MOST_SHOWN)
        )
        return rows.mappings().all()
