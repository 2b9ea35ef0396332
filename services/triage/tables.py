"""The tables of the schema `triage`."""

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
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.contracts.vocabulary import Disposition
from libs.runtime.tables import NAMING, runtime_tables

metadata = MetaData(schema="triage", naming_convention=NAMING)
runtime = runtime_tables(metadata)

feedbacks = Table(
    "feedbacks",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    # None until FeedbackReceived: a supplement may come first.
    Column("received_at", DateTime(timezone=True)),
    Column("place_id", Text),
    # The citizen's words, kept only to be decided again together with what they add; none once forgotten.
    Column("text", Text),
    Column("forget_at", DateTime(timezone=True), nullable=False),
    Column("forgotten_at", DateTime(timezone=True)),
)
Index("ix_feedbacks_to_forget", feedbacks.c.forget_at, postgresql_where=text("forgotten_at IS NULL"))

supplements = Table(
    "supplements",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("feedback_id", Uuid, nullable=False, index=True),
    Column("said_at", DateTime(timezone=True), nullable=False),
    Column("text", Text, nullable=False),
)
"""What citizens added to a filed feedback, in their own words; deleted with the feedback's text."""

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("received_at", DateTime(timezone=True), primary_key=True),
    Column("feedback_id", Uuid, primary_key=True),
)
"""By what nearly equal texts find one another; the key reads the newest of a band, however many there are.

One row a band costs less to write and to ask than an array with a GIN index (docs/near-duplicates.md).
"""
# They come in this order and are deleted in it: an index of a few pages is enough.
Index("ix_fingerprints_received_at", fingerprints.c.received_at, postgresql_using="brin")

classifications = Table(
    "classifications",
    metadata,
    # The event that was decided on: one classification per event.
    Column("event_id", Uuid, primary_key=True),
    Column("feedback_id", Uuid, nullable=False, index=True),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("model_version", Text, nullable=False),
    Column("disposition", Text, nullable=False),
    Column("sensitive", Boolean, nullable=False),
    Column("needs_review", Boolean, nullable=False),
    # Everything else that was decided. Reasons keep their offsets but no words: those are deleted with the text.
    Column("decision", JSONB, nullable=False),
    CheckConstraint(f"disposition IN ({', '.join(repr(one.value) for one in Disposition)})", name="disposition"),
)
"""What was decided, when, and by which version."""

assistant_questions = Table(
    "assistant_questions",
    metadata,
    # The event whose decision is in question.
    Column("event_id", Uuid, primary_key=True),
    Column("feedback_id", Uuid, nullable=False, index=True),
    # How many messages of the citizen were decided on: with more of them the question is about another text.
    Column("messages", Integer, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    # When it may be put to the assistant (again); while somebody does so, when their lease ends.
    Column("not_before", DateTime(timezone=True), nullable=False),
    Column("lease_id", Uuid),
    Column("outcome", Text),
    Column("ended_at", DateTime(timezone=True)),
)
"""What the assistant model is asked about, and what came of it: no words of anybody. Empty while it is switched off."""
Index(
    "ix_assistant_questions_open",
    assistant_questions.c.not_before,
    postgresql_where=assistant_questions.c.outcome.is_(None),
)

labels = Table(
    "labels",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    # The correction that is kept: the latest, by its time and then by its id.
    Column("event_id", Uuid, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("officer_id", Uuid, nullable=False),
    Column("disposition", Text, nullable=False),
    Column("kind", Text),
    Column("nature", Text),
    Column("field", Text),
    Column("matter", Text),
    # What the officer had before them; none when nothing had classified the feedback.
    Column("model_version", Text),
    CheckConstraint(f"disposition IN ({', '.join(repr(one.value) for one in Disposition)})", name="disposition"),
)
"""What an officer decided a feedback is about. May come before the feedback itself; outlives its text."""

models = Table(
    "models",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False),
    # None: the model that is shipped with the code, whichever version of the code runs.
    Column("artefact", LargeBinary),
    Column("adopted_at", DateTime(timezone=True), nullable=False),
    Column("adopted_by", Text, nullable=False),
    # What the comparison said when it was adopted.
    Column("report", JSONB, nullable=False),
)
"""The models people adopted; the newest one is at work in every process."""


def _province_table(name: str, *columns: str) -> Table:
    """A table of the province as its file has it, in the file's order."""
    return Table(
        name,
        metadata,
        Column("row", Integer, primary_key=True, autoincrement=False),
        *(Column(column, Text, nullable=False) for column in columns),
    )


PROVINCE_TABLES: Final = (
    _province_table(
        "communes", "id", "nso_code", "name", "kind", "district_id", "district_name", "valid_from", "valid_to"
    ),
    _province_table("commune_successors", "old_id", "new_id", "part", "is_default"),
    _province_table("communes_before_2025", "name", "kind", "district_id", "valid_to"),
    _province_table(
        "agencies",
        "id",
        "name",
        "short_name",
        "level",
        "parent_id",
        "valid_from",
        "valid_to",
        "successor_ids",
        "aliases",
    ),
    _province_table("office_words", "phrase", "agency_ids", "level", "alone", "in_span"),
    _province_table("competence", "matter_code", "field", "keywords", "level"),
    _province_table("conduct_cues", "cue", "folded", "pattern", "weight"),
    _province_table("disposition_cues", "cue", "folded", "pattern", "disposition", "weight"),
    _province_table("leader_cues", "cue", "folded", "accused_post", "weight"),
)
"""The province's rows in this schema: table and columns are named as the file and its columns."""

province_facts = Table(
    "province_facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What else of the province triage needs: its time zone."""
