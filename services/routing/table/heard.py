"""What other services told about feedbacks, whether they have a case yet or not."""

from sqlalchemy import BigInteger, Column, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from libs.contracts.vocabulary import FileState, NoticeOutcome

from .schema import at, metadata, one_of

classifications = Table(
    "classifications",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("feedback_id", Uuid, nullable=False, index=True),
    Column("body", JSONB, nullable=False),
    at("occurred_at", needed=True),
)
"""Every classification heard, also of a feedback not heard of yet."""

near_duplicates = Table(
    "near_duplicates",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("near_id", Uuid, primary_key=True, index=True),
    Column("rank", SmallInteger, nullable=False),
)
"""What triage found to say nearly the same as a feedback, the most alike first; told by the later of two as a rule."""

contacts = Table(
    "contacts",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("sender_id", Uuid, nullable=False, index=True),
    Column("sealed", Text, nullable=False),
    at("occurred_at", needed=True),
)

case_files = Table(
    "case_files",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("file_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sha256", Text),
    Column("mime", Text),
    Column("size_bytes", BigInteger),
    one_of("state", FileState),
)

supplements = Table(
    "supplements",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("feedback_id", Uuid, nullable=False, index=True),
    Column("text", Text, nullable=False),
    at("at", needed=True),
)

notices = Table(
    "notices",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("feedback_id", Uuid, nullable=False, index=True),
    Column("notice", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", Text),
    at("at", needed=True),
    one_of("outcome", NoticeOutcome),
)
