"""The tables of the portal bridge: cases on their way to the portal, and what waits of each."""

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
    Table,
    Text,
    Uuid,
    text,
)

from libs.runtime.tables import NAMING, runtime_tables

from .domain import Standing

metadata: Final = MetaData(schema="portal_bridge", naming_convention=NAMING)

cases: Final = Table(
    "cases",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("standing", Text, nullable=False),
    Column("released_at", DateTime(timezone=True)),
    Column("release_seq", Integer, nullable=False),
    Column("delete_seq", Integer, nullable=False),
    Column("forgotten", Boolean, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("standing IN ({})".format(", ".join(f"'{word}'" for word in Standing)), name="standing_known"),
)
Index("ix_cases_queue", cases.c.released_at, cases.c.feedback_id, postgresql_where=text("standing = 'queued'"))
Index("ix_cases_last_at", cases.c.last_at, postgresql_where=text("standing <> 'deleted'"))

entries: Final = Table(
    "entries",
    metadata,
    Column("entry_id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("feedback_id", Uuid, nullable=False),
    Column("case_seq", Integer, nullable=False),  # 0: from the citizen, goes first
    Column("name", Text, nullable=False),  # of the event
    Column("body", LargeBinary, nullable=False),  # the event, sealed
    Column("occurred_at", DateTime(timezone=True), nullable=False),
)
Index("ix_entries_feedback_id", entries.c.feedback_id, entries.c.case_seq)

runtime_tables(metadata)
