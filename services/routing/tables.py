"""The tables of schema `routing`.

Personal data is in the texts of cases, supplements and answers and, sealed, in contacts.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
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
    column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.contracts.vocabulary import (
    AccusedPost,
    AnswerOutcome,
    CaseState,
    Desk,
    FileState,
    NoticeOutcome,
    RoutedReason,
)
from libs.runtime.tables import NAMING, runtime_tables

from .province import COLUMNS

metadata = MetaData(schema="routing", naming_convention=NAMING)
runtime_tables(metadata)


def _one_of(name: str, values: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(column(name).in_([value.value for value in values]), name=name)


def _at(name: str, *, needed: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=not needed)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("false"))


_OPEN = text("ended_at IS NULL")

cases = Table(
    "cases",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("sender_id", Uuid, nullable=False),
    Column("channel", Text, nullable=False),
    Column("applicant_type", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("location", JSONB),
    Column("place_id", Text),
    Column("confirmed_place", Text),
    _flag("incomplete"),
    _at("received_at", needed=True),
    _at("opened_at", needed=True),
    # Where it stands.
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("case_seq", Integer, nullable=False, server_default="0"),
    Column("agency_id", Text, nullable=False),
    Column("desk", Text, nullable=False),
    _flag("office_copy"),
    _flag("no_head"),
    _flag("covering_note"),
    _flag("unconfirmed"),
    _flag("decided_by_person"),
    Column("office_reason", Text),
    Column("suggested_refusal", Text),
    Column("proposed_agency", Text),
    Column("rules", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    # By when. `act_by` orders the lists: the promised date at an agency, the Office's own before that.
    _at("act_by", needed=True),
    Column("clock", Text),
    _at("routed_at"),
    _at("accept_by"),
    _at("warn_at"),
    _at("due_at"),
    _at("ended_at"),  # empty: the case is open
    # What it is about: the latest classification an officer or the machine acted on.
    Column("disposition", Text),
    Column("kind", Text),
    Column("nature", Text),
    Column("field", Text),
    Column("matter", Text),
    Column("urgency", Text, nullable=False, server_default="normal"),
    Column("classification", JSONB),
    _at("classified_at"),
    _flag("sensitive"),
    _flag("shielded"),
    Column("accused", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("accused_post", Text, nullable=False, server_default=AccusedPost.UNKNOWN.value),
    Column("refusal_reason", Text),
    _one_of("state", CaseState),
    _one_of("desk", Desk),
    _one_of("accused_post", AccusedPost),
)
# One index per list of the desk, each in the lists' own order, so that a page is read without sorting.
Index("ix_cases_of_agency", cases.c.agency_id, cases.c.act_by, cases.c.feedback_id, postgresql_where=_OPEN)
Index("ix_cases_of_agency_state", cases.c.agency_id, cases.c.state, cases.c.act_by, cases.c.feedback_id)
# The desk's counts and whole-city lists are answered from this one alone, without reading cases.
Index(
    "ix_cases_open",
    cases.c.act_by,
    cases.c.feedback_id,
    postgresql_include=[
        "agency_id",
        "desk",
        "state",
        "office_reason",
        "no_head",
        "warn_at",
        "shielded",
        "accused",
        "accused_post",
    ],
    postgresql_where=_OPEN,
)
Index("ix_cases_state", cases.c.state, cases.c.act_by, cases.c.feedback_id)
Index("ix_cases_without_head", cases.c.act_by, cases.c.feedback_id, postgresql_where=text("no_head"))
Index("ix_cases_unclassified", cases.c.opened_at, postgresql_where=text("state = 'opened'"))

classifications = Table(
    "classifications",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("feedback_id", Uuid, nullable=False, index=True),
    Column("body", JSONB, nullable=False),
    _at("occurred_at", needed=True),
)
"""Every classification heard, also of a feedback not heard of yet."""

assignments = Table(
    "assignments",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("case_seq", Integer, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("agency_name", Text, nullable=False),
    Column("desk", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Uuid),
    Column("note", Text),
    Column("matter", Text),
    Column("kind", Text),
    Column("clock", Text, nullable=False),
    Column("rules", JSONB, nullable=False),
    _at("at", needed=True),
    _at("accept_by", needed=True),
    _at("due_at", needed=True),
    _at("ended_at"),
    _one_of("reason", RoutedReason),
)
# An open case has exactly one current owner.
Index(
    "uq_assignments_current",
    assignments.c.feedback_id,
    unique=True,
    postgresql_where=text("ended_at IS NULL"),
)
Index("ix_assignments_of_agency", assignments.c.agency_id, assignments.c.at)

contacts = Table(
    "contacts",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("sender_id", Uuid, nullable=False, index=True),
    Column("sealed", Text, nullable=False),
    _at("occurred_at", needed=True),
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
    _one_of("state", FileState),
)

supplements = Table(
    "supplements",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("feedback_id", Uuid, nullable=False, index=True),
    Column("text", Text, nullable=False),
    _at("at", needed=True),
)

answers = Table(
    "answers",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_by", Uuid, nullable=False),
    _at("written_at", needed=True),
    Column("submitted_by", Uuid),
    _at("submitted_at"),
    Column("approved_by", Uuid),
    _at("approved_at"),
    Column("sent_back_by", Uuid),
    _at("sent_back_at"),
    Column("sent_back_note", Text),
    _one_of("outcome", AnswerOutcome),
)
"""Every revision an officer saved; the highest is the one that counts."""

timeline = Table(
    "timeline",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("feedback_id", Uuid, nullable=False),
    _at("at", needed=True),
    Column("what", Text, nullable=False),
    Column("by", Uuid),
    Column("by_name", Text),
    Column("agency_id", Text),
    Column("note", Text),
    Column("detail", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
)
"""Who did what, when and why; rows are only ever added. No `by`: the machine, or the citizen."""
Index("ix_timeline_of_case", timeline.c.feedback_id, timeline.c.id)
Index("ix_timeline_of_officer", timeline.c.by, timeline.c.id, postgresql_where=text("by IS NOT NULL"))

notices = Table(
    "notices",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("feedback_id", Uuid, nullable=False, index=True),
    Column("notice", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", Text),
    _at("at", needed=True),
    _one_of("outcome", NoticeOutcome),
)

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
    _at("created_at", needed=True),
)
Index("ix_officers_of_agency", officers.c.agency_id)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("officer_id", Uuid, nullable=False),
    _at("started_at", needed=True),
    _at("ended_at"),
)
"""Who is signed in at the desk: a cookie is renewed only while its session stands here."""
Index("ix_sessions_started_at", sessions.c.started_at)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("failed", Integer, nullable=False),
    _at("last_at", needed=True),
    _at("blocked_until"),
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
    _at("saved_at", needed=True),
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
    _at("created_at", needed=True),
    _at("revoked_at"),
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
    _at("at", needed=True),
)
Index("ix_idempotency_keys_at", idempotency_keys.c.at)

_KEYS = {
    "agencies": ("id",),
    "communes": ("id",),
    "communes_before_2025": ("name", "kind", "district_id"),
    "commune_successors": ("old_id", "new_id"),
    "competence": ("matter_code",),
    "deadlines": ("clock",),
    "calendar": ("kind", "on", "weekday", "opens"),
    "refusal_reasons": ("code",),
    "states": ("code",),
    "field_names": ("field",),
    "province": ("key",),
}
directory_tables = {
    name: Table(
        name,
        metadata,
        *(Column(column, Text, nullable=False, primary_key=column in _KEYS[name]) for column in columns),
    )
    for name, columns in COLUMNS.items()
}
"""The province's rows, as they were written; `prepare` replaces them."""
