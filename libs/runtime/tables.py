"""The tables every service has in its own schema: outbox, inbox, deferred events, leases."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that migrations can speak of them."""


@dataclass(frozen=True, slots=True)
class RuntimeTables:
    """The four tables of one schema."""

    outbox: Table
    inbox: Table
    deferred_events: Table
    leases: Table


def runtime_tables(metadata: MetaData) -> RuntimeTables:
    """Add the runtime's tables to a service's metadata, or find them there."""
    if f"{metadata.schema}.outbox" in metadata.tables:
        return RuntimeTables(
            *(metadata.tables[f"{metadata.schema}.{name}"] for name in ("outbox", "inbox", "deferred_events", "leases"))
        )
    outbox = Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", Uuid, nullable=False, unique=True),
        Column("name", Text, nullable=False),
        Column("key", Uuid, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("claimed_fence", BigInteger),
        Column("attempts", SmallInteger, nullable=False, server_default="0"),
        Column("next_at", DateTime(timezone=True)),
        Column("parked_at", DateTime(timezone=True)),
        Column("reason", Text),
    )
    # Rows that failed hold back later rows of their own key: few, so a partial index finds them at once.
    Index("ix_outbox_held_keys", outbox.c.key, outbox.c.id, postgresql_where=text("attempts > 0 AND parked_at IS NULL"))
    inbox = Table(
        "inbox",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("handled_at", DateTime(timezone=True), nullable=False, index=True),
    )
    deferred = Table(
        "deferred_events",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("name", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("reason", Text, nullable=False),
        Column("attempts", SmallInteger, nullable=False),
        Column("next_at", DateTime(timezone=True), nullable=False),
        Column("dead_at", DateTime(timezone=True)),
        Column("created_at", DateTime(timezone=True), nullable=False),
    )
    Index("ix_deferred_events_due", deferred.c.next_at, postgresql_where=text("dead_at IS NULL"))
    leases = Table(
        "leases",
        metadata,
        Column("name", Text, primary_key=True),
        Column("holder", Uuid, nullable=False),
        Column("fence", BigInteger, nullable=False),
        Column("until", DateTime(timezone=True), nullable=False),
    )
    return RuntimeTables(outbox, inbox, deferred, leases)
