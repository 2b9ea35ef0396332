"""The tables of the schema `intake`. "sealed" in a comment means cipher text under CONTACT_KEYS."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.contracts.vocabulary import AnswerOutcome, CaseState, Channel, FileKind, FileState
from libs.runtime.tables import NAMING, runtime_tables

metadata = MetaData(schema="intake", naming_convention=NAMING)
runtime = runtime_tables(metadata)


def _one_of(column: str, words: type[Channel] | type[CaseState] | type[FileKind] | tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _at(name: str, *, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


EVENT_STATES: Final = ("new", "done", "dead")

# ---------------------------------------------------------------------------------------------- what channels sent

channel_events = Table(
    "channel_events",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("channel", Text, nullable=False),
    Column(
        "sender_key", LargeBinary
    ),  # of the citizen whose conversation it belongs to; none for receipts and the like
    Column("event_name", Text, nullable=False),
    _at("event_at"),  # by the channel's clock; none when what it said cannot be true
    _at("received_at", nullable=False),
    Column("body", LargeBinary),  # sealed: the very bytes that came; none once retention has removed them
    Column("state", Text, nullable=False, server_default="new"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    _at("next_at"),  # not to be tried before
    _at("done_at"),
    Column("outcome", Text),
    _one_of("channel", Channel),
    _one_of("state", EVENT_STATES),
    CheckConstraint("length(event_name) <= 64", name="event_name"),
)
Index(
    "ix_channel_events_to_read",
    channel_events.c.sender_key,
    channel_events.c.received_at,
    postgresql_where=text("state = 'new'"),
)
# Rows come in order of time and are removed in that order: a few pages of index serve millions of rows.
Index("ix_channel_events_received_at", channel_events.c.received_at, postgresql_using="brin")

channel_event_keys = Table(
    "channel_event_keys",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # keyed hash of what makes two deliveries the same happening
    Column("event_id", Uuid, nullable=False),  # the event that was stored first; outlived by its keys, so no reference
    _at("kept_at", nullable=False),
)
Index("ix_channel_event_keys_kept_at", channel_event_keys.c.kept_at, postgresql_using="brin")

# ---------------------------------------------------------------------------------------------- citizens

citizens = Table(
    "citizens",
    metadata,
    Column("sender_id", Uuid, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("sender_key", LargeBinary, unique=True),  # none once erased
    Column("address", Text),  # sealed ChannelAddress; none once erased
    _at("known_since", nullable=False),
    Column("welcomed_on", Date),  # the local day of the last greeting: one a day
    _at("bot_silent_until"),
    Column("reply_seq", BigInteger, nullable=False, server_default="0"),
    _at("erased_at"),
    _one_of("channel", Channel),
)

conversations = Table(
    "conversations",
    metadata,
    Column("sender_id", Uuid, ForeignKey(citizens.c.sender_id), primary_key=True),
    Column("version", BigInteger, nullable=False, server_default="0"),
    _at("lease_until"),
    Column("lease_fence", BigInteger, nullable=False, server_default="0"),
    _at("due_at"),  # when the conversation wants to be woken
    Column("state", LargeBinary),  # sealed
    _at("touched_at", nullable=False),
)
Index("ix_conversations_due_at", conversations.c.due_at, postgresql_where=text("due_at IS NOT NULL"))

transcript = Table(
    "transcript",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("sender_id", Uuid, ForeignKey(citizens.c.sender_id), nullable=False),
    Column("feedback_id", Uuid),
    Column("direction", Text, nullable=False),
    _at("at", nullable=False),
    Column("text", LargeBinary),  # sealed; none once retention has removed it
    Column("message_ref", Text),  # the channel's own id of the message
    Column("event_id", Uuid),  # the channel event it came with
    _one_of("direction", ("citizen", "bot", "staff")),
)
Index("ix_transcript_sender_id_at", transcript.c.sender_id, transcript.c.at)

# ---------------------------------------------------------------------------------------------- feedbacks

feedbacks = Table(
    "feedbacks",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("sender_id", Uuid, ForeignKey(citizens.c.sender_id), nullable=False, index=True),
    Column("channel", Text, nullable=False),
    Column("text", LargeBinary),  # sealed: what the citizen told, for their own look-up
    Column("contacts", Text),  # sealed Contacts; none once erased
    Column("phone_key", LargeBinary, index=True),
    _at("received_at", nullable=False),
    Column("incomplete", Boolean, nullable=False, server_default=text("false")),
    _one_of("channel", Channel),
)

code_counters = Table(
    "code_counters",
    metadata,
    Column("day", Date, primary_key=True),
    Column("n", Integer, nullable=False),  # how many codes of the day are given out
    CheckConstraint("n BETWEEN 0 AND 100000", name="n"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("sender_id", Uuid, ForeignKey(citizens.c.sender_id), nullable=False, index=True),
    Column("feedback_id", Uuid),
    Column("about", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    _at("asked_at", nullable=False),
    _at("answered_at", nullable=False),
    Column("words", LargeBinary),  # sealed: what was answered, as proof
    _one_of("about", ("contacts", "publication")),
)

files = Table(
    "files",
    metadata,
    Column("file_id", Uuid, primary_key=True),
    Column("sender_id", Uuid, ForeignKey(citizens.c.sender_id), nullable=False, index=True),
    Column("feedback_id", Uuid, index=True),  # none while it belongs to a draft
    Column("url", LargeBinary),  # sealed; none once the file is here or given up
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=FileState.PENDING),
    Column("sha256", Text),
    Column("mime", Text),
    Column("size_bytes", BigInteger),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    _at("next_at"),  # when to try; also the lease of whoever is trying now
    Column("failure", Text),  # why it was given up, or why the last try failed
    _at("created_at", nullable=False),
    _one_of("kind", FileKind),
    _one_of("state", tuple(FileState)),
    CheckConstraint("(state = 'ready') = (sha256 IS NOT NULL)", name="ready_has_bytes"),
    CheckConstraint("(state = 'pending') = (next_at IS NOT NULL)", name="pending_is_due"),
)
Index("ix_files_next_at", files.c.next_at, postgresql_where=text("state = 'pending'"))

# ---------------------------------------------------------------------------------------------- the copy of state

tracking = Table(
    "tracking",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("case_seq", BigInteger, nullable=False),  # of the newest news taken in: only a higher one overwrites
    Column("state", Text, nullable=False),
    Column("agency_seq", BigInteger, nullable=False),  # of the newest news that named an agency; 0 when none did
    Column("agency_id", Text),
    Column("agency_name", Text),
    Column("due_seq", BigInteger, nullable=False),  # of the newest news that promised a date; 0 when none did
    _at("due_at"),
    Column("reason", Text),  # a code: of a refusal, of a closing
    Column("explanation", LargeBinary),  # sealed: an officer's words on a refusal
    _at("told_at", nullable=False),
    _one_of("state", CaseState),
)

tracking_answers = Table(
    "tracking_answers",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("case_seq", BigInteger, nullable=False),
    Column("agency_name", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("answer", LargeBinary, nullable=False),  # sealed
    Column("attachments", JSONB, nullable=False),
    _at("answered_at", nullable=False),
    _one_of("outcome", tuple(AnswerOutcome)),
)

tracking_steps = Table(
    "tracking_steps",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("case_seq", BigInteger, primary_key=True),
    Column("state", Text, nullable=False),
    _at("at", nullable=False),
    Column("agency_name", Text),
    _at("due_at"),
    Column("reason", Text),
    _one_of("state", CaseState),
)

guesses = Table(
    "guesses",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # keyed hash of a code, or of a network address
    _at("since", nullable=False),
    Column("count", Integer, nullable=False),
)

# ---------------------------------------------------------------------------------------------- the province

province_texts = Table(
    "province_texts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("content", JSONB, nullable=False),
)
"""What the province says and is called: `province`, `states`, `refusals`, `conversation`, `working_time`."""


def _place_table(name: str, *columns: str) -> Table:
    """A table of the province exactly as its file has it, in the file's order, for libs.places to read."""
    return Table(
        name,
        metadata,
        Column("row", Integer, primary_key=True, autoincrement=False),
        *(Column(column, Text, nullable=False) for column in columns),
    )


communes = _place_table(
    "communes", "id", "nso_code", "name", "kind", "district_id", "district_name", "valid_from", "valid_to"
)
commune_successors = _place_table("commune_successors", "old_id", "new_id", "part", "is_default")
communes_before_2025 = _place_table("communes_before_2025", "name", "kind", "district_id", "valid_to")
agencies = _place_table(
    "agencies", "id", "name", "short_name", "level", "parent_id", "valid_from", "valid_to", "successor_ids", "aliases"
)
office_words = _place_table("office_words", "phrase", "agency_ids", "level", "alone", "in_span")
PLACE_TABLES: Final = (communes, commune_successors, communes_before_2025, agencies, office_words)
