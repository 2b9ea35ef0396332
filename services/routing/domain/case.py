"""One case, as decisions about it need it."""

from dataclasses import dataclass
from datetime import datetime

from libs.contracts.vocabulary import AgencyId, CaseState, FeedbackId, Field, Kind, MatterCode, PlaceId, RefusalReason

from .consideration import OfficeReason
from .permission import Guard


@dataclass(frozen=True, slots=True)
class Case:
    """Where a case stands, what it is about, and who may know of it."""

    feedback_id: FeedbackId
    state: CaseState
    version: int
    """Grows with every change: who acts on an older one is told so."""
    case_seq: int
    """Of the last event said about it; 0 when nothing was said yet."""
    guard: Guard
    received_at: datetime
    due_at: datetime | None = None
    kind: Kind | None = None
    matter: MatterCode | None = None
    field: Field | None = None
    confirmed_place: PlaceId | None = None
    incomplete: bool = False
    sensitive: bool = False
    decided_by_person: bool = False
    office_reason: OfficeReason | None = None
    """Why it stands on the Office's desk."""
    classified_at: datetime | None = None
    ended_at: datetime | None = None
    refusal_reason: RefusalReason | None = None
    ended_alone_at: datetime | None = None
    """When the machine ended it without a person; kept when it was opened again."""

    @property
    def is_ended_alone(self) -> bool:
        """Whether it is closed and no person has read it."""
        return self.ended_at is not None and self.ended_at == self.ended_alone_at

    @property
    def opens_when_added_to(self) -> bool:
        """Whether it is over and more words of its sender bring it back: not what a person saw to be an advert."""
        if self.ended_at is None:
            return False
        return self.is_ended_alone or self.refusal_reason is not RefusalReason.TCH10

    @property
    def agency_id(self) -> AgencyId:
        """The agency it is with."""
        return self.guard.agency_id
