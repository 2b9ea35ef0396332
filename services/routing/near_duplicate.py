"""The cases that say nearly the same as one, as far as an officer may know of them."""

from uuid import UUID

from libs.contracts.vocabulary import AgencyId, CaseState, FeedbackId
from libs.runtime.tx import Tx

from .domain.likeness import NearCase, may_link_senders
from .domain.permission import Guard, Officer
from .parts import RoutingParts
from .store import NearDuplicateStore, guard_of


async def near_cases(
    feedback_id: UUID, guard: Guard, sender_id: UUID, officer: Officer, tx: Tx[RoutingParts]
) -> tuple[NearCase, ...]:
    """What an officer who sees a case may know of those like it; of the others nothing, not even how many."""
    return tuple(
        NearCase(
            feedback_id=FeedbackId(row["feedback_id"]),
            code=row["code"],
            state=CaseState(row["state"]),
            agency_id=AgencyId(row["agency_id"]),
            received_at=row["received_at"],
            same_sender=row["sender_id"] == sender_id if may_link_senders(officer, guard, guard_of(row)) else None,
        )
        for row in await NearDuplicateStore(tx.session).seen_by(officer, feedback_id)
    )
