"""Every event of Lắng Nghe. Who says and who hears each is in catalogue.py."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, PositiveInt
from pydantic import Field as Constrained

from .envelope import Event
from .sealed import Sealed
from .vocabulary import (
    AccusedPost,
    AgencyId,
    AgencyLevel,
    AnswerOutcome,
    ApplicantType,
    CaseState,
    Channel,
    Desk,
    Disposition,
    FeedbackId,
    Field,
    FileKind,
    FileState,
    Kind,
    MatterCode,
    Nature,
    Notice,
    NoticeOutcome,
    PlaceId,
    ReceiptStatus,
    RefusalReason,
    RoutedReason,
    SenderId,
    SupplementReason,
    Urgency,
    Visibility,
)

Share = Annotated[float, Constrained(ge=0.0, le=1.0)]
"""A confidence or score between 0 and 1."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Attachment(_Part):
    """A file a citizen or an agency attached. Its bytes are in the blob store under their SHA-256."""

    file_id: UUID
    name: str
    kind: FileKind
    state: FileState
    sha256: str | None = None
    """Lower-case hex; set when `state` is `ready`."""
    mime: str | None = None
    size_bytes: int | None = None


class GeoPoint(_Part):
    """A location the citizen sent: shown to officers, never decides the place."""

    latitude: Annotated[float, Constrained(ge=-90, le=90)]
    longitude: Annotated[float, Constrained(ge=-180, le=180)]


class FeedbackReceived(Event):
    """A citizen confirmed a feedback; it has its public code. Said by intake, once per feedback."""

    name = "feedback.received.v1"

    feedback_id: FeedbackId
    sender_id: SenderId
    code: str
    """Public code, e.g. `HN-PA-261121-48213-K`."""
    channel: Channel
    received_at: AwareDatetime
    """When the citizen confirmed it: the clocks `ack` and `classify` start here."""
    text: str
    """The citizen's own words, several messages joined by a line break."""
    place_id: PlaceId | None = None
    """The commune of the matter, when the citizen's words or answer left no doubt; wins over triage's."""
    applicant_type: ApplicantType = ApplicantType.CITIZEN
    visibility: Visibility = Visibility.PRIVATE
    attachments: tuple[Attachment, ...] = ()
    location: GeoPoint | None = None
    incomplete: bool = False
    """A substantive draft the citizen never finished: stands on the Office's desk."""


class SenderIdentified(Event):
    """Who a sender is and how to reach them. Said by intake at the first message, and again per feedback."""

    name = "sender.identified.v1"

    sender_id: SenderId
    address: Sealed | None = None
    """Sealed `ChannelAddress`."""
    code: str | None = None
    contacts: Sealed | None = None
    """Sealed `Contacts`, with `feedback_id` and `code`."""


class FeedbackSupplemented(Event):
    """A filed feedback grew: a pending file arrived or was given up, or the citizen added something."""

    name = "feedback.supplemented.v1"

    feedback_id: FeedbackId
    sender_id: SenderId
    reason: SupplementReason
    text: str = ""
    attachments: tuple[Attachment, ...] = ()


class ReplyRequested(Event):
    """The conversation has something to say to a citizen."""

    name = "reply.requested.v1"

    sender_id: SenderId
    seq: PositiveInt
    """1, 2, 3 … per sender: the order in which replies are to be read."""
    body: Sealed
    """Sealed `ReplyBody`."""


class ChannelReceipt(Event):
    """A channel reported on a message of ours: echoed, delivered or seen. Never answered.

    Its `key` is the sender the message went to, where intake knows them.
    """

    name = "channel.receipt.v1"

    channel: Channel
    message_ref: str
    """The channel's own id of our message."""
    status: ReceiptStatus
    at: AwareDatetime


class Reason(_Part):
    """Why a decision was taken: the words that led to it, verbatim, and the rule that read them."""

    decision: str
    """Which decision: disposition, kind, field, matter, place, accused_unit, accused_post, sensitive, urgency."""
    rule: str
    words: str = ""
    start: int | None = None
    """Code-point offset of `words` in the feedback's text."""
    end: int | None = None


class MatterScore(_Part):
    matter: MatterCode
    score: Share


class PlaceScore(_Part):
    place_id: PlaceId
    score: Share


class AgencyScore(_Part):
    agency_id: AgencyId
    score: Share


class Confidence(_Part):
    """How sure triage is of each decision it took."""

    disposition: Share
    kind: Share | None = None
    nature: Share | None = None
    field: Share | None = None
    matter: Share | None = None
    place: Share | None = None


class Classified(Event):
    """What a feedback is about, how sure that is, and the words that led to it. Said by triage."""

    name = "feedback.classified.v1"

    feedback_id: FeedbackId
    disposition: Disposition
    kind: Kind | None = None
    nature: Nature | None = None
    field: Field | None = None
    matters: Annotated[tuple[MatterScore, ...], Constrained(max_length=3)] = ()
    places: tuple[PlaceScore, ...] = ()
    """Communes of the matter as the text names them, today's ids, best first."""
    agency_level: AgencyLevel | None = None
    agency_span: str | None = None
    accused_unit: tuple[AgencyScore, ...] = ()
    """For conduct: whose official it is, best first."""
    accused_post: AccusedPost = AccusedPost.UNKNOWN
    urgency: Urgency = Urgency.NORMAL
    refusal: RefusalReason | None = None
    """Of what is not handled here: why, where its words tell (TCH04, TCH05 or TCH12)."""
    sensitive: bool = False
    """May be a complaint or denunciation, or would expose its sender."""
    needs_review: bool = False
    confidence: Confidence
    reasons: tuple[Reason, ...] = ()
    near_duplicates: tuple[FeedbackId, ...] = ()
    """The last weeks' feedbacks that say nearly the same, most alike first, at most five."""
    model_version: str


class ClassificationCorrected(Event):
    """What a person decided a feedback is about, as triage had said it or otherwise. Said by routing.

    What does not apply is None: kind and nature without `in_scope`, a field outside matters of administration.
    """

    name = "feedback.classification_corrected.v1"

    feedback_id: FeedbackId
    disposition: Disposition
    kind: Kind | None = None
    nature: Nature | None = None
    field: Field | None = None
    matter: MatterCode | None = None
    officer_id: UUID
    """Who decided: an account of routing, no name."""
    model_version: str | None = None
    """What had classified it before; None when nothing had."""


class RuleConsidered(_Part):
    """One rule of the assignment, whether it held, and why: shown at the desk."""

    rule: str
    held: bool
    because: str


class Routed(Event):
    """A feedback has an agency and a deadline. Said by routing, once per assignment."""

    name = "feedback.routed.v1"

    feedback_id: FeedbackId
    case_seq: PositiveInt
    """1, 2, 3 … per case; a copy of state takes only a higher one."""
    agency_id: AgencyId
    agency_name: str
    """For citizens to read, as it was called on the day: `UBND phường Láng`."""
    desk: Desk
    due_at: AwareDatetime
    reason: RoutedReason
    matter: MatterCode | None = None
    field: Field | None = None
    kind: Kind | None = None
    rules: tuple[RuleConsidered, ...] = ()


class Progressed(Event):
    """A case moved to a state the citizen or the portal may see. Said by routing."""

    name = "feedback.progressed.v1"

    feedback_id: FeedbackId
    case_seq: PositiveInt
    state: CaseState
    agency_id: AgencyId | None = None
    agency_name: str | None = None
    due_at: AwareDatetime | None = None
    reason: str | None = None
    """A code, never free text."""


class Refused(Event):
    """The Office decided that a feedback is not handled here. Said by routing."""

    name = "feedback.refused.v1"

    feedback_id: FeedbackId
    case_seq: PositiveInt
    reason: RefusalReason
    explanation: str = ""
    """The officer's own words to the citizen, besides the text of the reason."""


class Resolved(Event):
    """An approved answer. Said by routing, which alone decides the state of a case."""

    name = "feedback.resolved.v1"

    feedback_id: FeedbackId
    case_seq: PositiveInt
    agency_id: AgencyId
    agency_name: str
    outcome: AnswerOutcome
    answer: str
    answered_at: AwareDatetime
    attachments: tuple[Attachment, ...] = ()


class MessageOutcome(Event):
    """Where a message to a citizen stands: sent, delivered, seen, superseded, held or failed. Said by notifier."""

    name = "message.outcome.v1"

    message_id: UUID
    notice: Notice
    outcome: NoticeOutcome
    at: AwareDatetime
    caused_by: UUID
    """The event that asked for the message."""
    detail: str | None = None
    """A code for people who look into it, e.g. `zalo:-230`."""
