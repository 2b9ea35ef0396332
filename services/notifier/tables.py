"""The tables of the notifier: whom it can reach, what it owes them, and what became of each message."""

from enum import StrEnum
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.contracts.vocabulary import Channel, Notice, ReceiptStatus
from libs.runtime.tables import NAMING, runtime_tables

from .domain.message import MessageState
from .domain.token import TokenAlarm

metadata: Final = MetaData(schema="notifier", naming_convention=NAMING)


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


recipients: Final = Table(
    "recipients",
    metadata,
    Column("sender_id", Uuid, primary_key=True),
    Column("channel", Text),
    Column("address", Text),  # sealed ChannelAddress; none until somebody says how to reach them
    Column("last_interaction_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),  # since then the citizen must write first
    Column("next_reply_seq", BigInteger, nullable=False, server_default="1"),
    # Nothing goes to this citizen before that instant, so that nothing overtakes a message that is being retried.
    Column("not_before", DateTime(timezone=True)),
    # One message of a citizen is under way at a time: the lease is on the citizen, not on the message.
    Column("lease_until", DateTime(timezone=True)),
    Column("lease_id", Uuid),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    _one_of("channel", Channel),
)

cases: Final = Table(
    "cases",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("sender_id", Uuid),
    Column("code", Text),
    Column("filed_at", DateTime(timezone=True)),
    # Copies of what routing said, each taken over only from a step with a higher case_seq than the one it came from.
    Column("agency_name", Text),
    Column("agency_seq", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True)),
    Column("due_seq", Integer, nullable=False, server_default="0"),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

messages: Final = Table(
    "messages",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("caused_by", Uuid, nullable=False, unique=True),  # one message per event, whatever is delivered twice
    Column("sender_id", Uuid),
    Column("feedback_id", Uuid),
    Column("notice", Text, nullable=False),
    Column("seq", BigInteger),  # a reply's number among its sender's
    Column("case_seq", Integer),  # a notice's number within its case
    Column("facts", LargeBinary),  # sealed: what the event said, until the case is known and it can be put into words
    Column("body", LargeBinary),  # sealed: the words, in as many parts as needed
    Column("parts", SmallInteger, nullable=False, server_default="1"),
    Column("part", SmallInteger, nullable=False, server_default="0"),  # the next to send
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("not_before", DateTime(timezone=True)),  # it is in the queue; none: it does not leave by itself
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("lost", SmallInteger, nullable=False, server_default="0"),
    Column("doubled", Boolean, nullable=False, server_default="false"),  # may be with the citizen twice
    Column("attempted_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("delivered_at", DateTime(timezone=True)),
    Column("seen_at", DateTime(timezone=True)),
    _one_of("notice", Notice),
    _one_of("state", MessageState),
    CheckConstraint(
        "not_before IS NULL OR state IN ('ready', 'sending', 'uncertain', 'held')", name="in_queue_only_when_unsettled"
    ),
)
# Conditions without values: the planner can prove them for a prepared statement too.
Index("ix_messages_queue", messages.c.not_before, postgresql_where=text("not_before IS NOT NULL"))
Index(
    "ix_messages_reply_queue",
    messages.c.not_before,
    postgresql_where=text("not_before IS NOT NULL AND seq IS NOT NULL"),
)
Index(
    "ix_messages_set_aside",
    messages.c.state,
    postgresql_where=text("not_before IS NULL AND state IN ('held', 'uncertain')"),
)
Index("ix_messages_sender_id", messages.c.sender_id)
Index("ix_messages_feedback_id", messages.c.feedback_id)
Index("ix_messages_waiting", messages.c.created_at, postgresql_where=text("state = 'waiting'"))
Index("ix_messages_created_at", messages.c.created_at)

deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("delivery_id", BigInteger, Identity(always=True), primary_key=True),
    Column("message_id", Uuid, nullable=False, index=True),
    Column("part", SmallInteger, nullable=False),
    Column("channel", Text, nullable=False),
    Column("message_ref", Text, nullable=False),  # the channel's own id
    Column("quota", Text),  # what the channel counted it against: free or billed
    Column("sent_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("channel", "message_ref"),
)

early_receipts: Final = Table(
    "early_receipts",
    metadata,
    Column("receipt_id", BigInteger, Identity(always=True), primary_key=True),
    Column("channel", Text, nullable=False),
    Column("message_ref", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("sender_id", Uuid, nullable=False, index=True),
    Column("kept_at", DateTime(timezone=True), nullable=False, index=True),
    UniqueConstraint("channel", "message_ref", "status"),
    _one_of("status", ReceiptStatus),
)

channels: Final = Table(
    "channels",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("stopped_at", DateTime(timezone=True)),
    Column("retry_at", DateTime(timezone=True)),  # nothing is tried before
    Column("reason", Text),
)

channel_tokens: Final = Table(
    "channel_tokens",
    metadata,
    Column("app_id", Text, primary_key=True),
    Column("oa_id", Text, primary_key=True),
    Column("access_token", LargeBinary, nullable=False),  # sealed
    Column("refresh_token", LargeBinary, nullable=False),  # sealed
    Column("generation", Integer, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("refresh_began_at", DateTime(timezone=True)),
    Column("last_refresh_at", DateTime(timezone=True)),
    Column("alarm", Text),
    Column("alarm_at", DateTime(timezone=True)),
    _one_of("alarm", TokenAlarm),
)

templates: Final = Table(
    "templates",
    metadata,
    Column("wording", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("options", JSONB, nullable=False),  # titles, in the order shown
)

refusal_reasons: Final = Table(
    "refusal_reasons",
    metadata,
    Column("code", Text, primary_key=True),
    Column("citizen_text", Text, nullable=False),
    Column("where_to", Text, nullable=False),
    Column("notify", Text, nullable=False),
    CheckConstraint("notify IN ('yes', 'short', 'no')", name="notify_known"),
)

province_words: Final = Table(
    "province_words",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

runtime_tables(metadata)
