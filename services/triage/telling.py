"""A decision as others hear it."""

from collections.abc import Iterable
from uuid import UUID

from libs.contracts.events import Classified
from libs.contracts.vocabulary import FeedbackId
from libs.runtime.tx import Tx

from .domain import Decision
from .parts import TriageParts


def tell(feedback_id: FeedbackId, decision: Decision, near: Iterable[UUID], tx: Tx[TriageParts]) -> Classified:
    """Say what was decided of a feedback, and which others say nearly the same."""
    decided = {name: getattr(decision, name) for name in decision.__dataclass_fields__}
    told = {"feedback_id": feedback_id, "near_duplicates": tuple(near), **decided}
    return tx.emit(Classified.model_validate(told, from_attributes=True))
