"""Officers and agencies' systems: who they are, how they came in, what they have asked and are typing."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from .schema import at, metadata

officers = Table(
    "officers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("agency_id", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    at("created_at", needed=True),
)
Index("ix_officers_of_agency", officers.c.agency_id)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("officer_id", Uuid, nullable=False),
    at("started_at", needed=True),
    at("ended_at"),
)
"""Who is signed in at the desk: a cookie is renewed only while its session stands here."""
Index("ix_sessions_started_at", sessions.c.started_at)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("failed", Integer, nullable=False),
    at("last_at", needed=True),
    at("blocked_until"),
)
"""Who guesses passwords. The key is a keyed hash of a login or an address, so that rows tell nobody who tried."""
Index("ix_sign_in_tries_last_at", sign_in_tries.c.last_at)

unsent_answers = Table(
    "unsent_answers",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("officer_id", Uuid, primary_key=True),
    Column("outcome", Text),
    Column("text", Text, nullable=False),
    at("saved_at", needed=True),
)
"""What an officer is typing: nobody else's business until it is saved as a revision of the answer."""
Index("ix_unsent_answers_saved_at", unsent_answers.c.saved_at)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("agency_id", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    at("created_at", needed=True),
    at("revoked_at"),
)
"""Agencies' own systems. Only the SHA-256 of a token is kept: the token itself is 256 random bits."""

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("actor", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("body", JSON),
    Column("version", Integer),
    at("at", needed=True),
)
Index("ix_idempotency_keys_at", idempotency_keys.c.at)
