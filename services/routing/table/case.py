"""Cases: where they stand, who has them, what was decided and answered, and what happened."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.contracts.vocabulary import AccusedPost, AnswerOutcome, CaseState, Desk, Disposition, RoutedReason

from ..domain.review import Settled
from .schema import at, flag, metadata, one_of

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
    flag("incomplete"),
    at("received_at", needed=True),
    at("opened_at", needed=True),
    # Where it stands.
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("case_seq", Integer, nullable=False, server_default="0"),
    Column("agency_id", Text, nullable=False),
    Column("desk", Text, nullable=False),
    flag("office_copy"),
    flag("no_head"),
    flag("covering_note"),
    flag("unconfirmed"),
    flag("decided_by_person"),
    Column("office_reason", Text),
    Column("suggested_refusal", Text),
    Column("proposed_agency", Text),
    Column("rules", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    # By when. `act_by` orders the lists: the promised date at an agency, the Office's own before that.
    at("act_by", needed=True),
    Column("clock", Text),
    at("routed_at"),
    at("accept_by"),
    at("warn_at"),
    at("due_at"),
    at("ended_at"),  # empty: the case is open
    at("ended_alone_at"),  # by the machine, without a person
    # What it is about: the latest classification an officer or the machine acted on.
    Column("disposition", Text),
    Column("kind", Text),
    Column("nature", Text),
    Column("field", Text),
    Column("matter", Text),
    Column("urgency", Text, nullable=False, server_default="normal"),
    Column("classification", JSONB),
    at("classified_at"),
    flag("sensitive"),
    flag("shielded"),
    Column("accused", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("accused_post", Text, nullable=False, server_default=AccusedPost.UNKNOWN.value),
    Column("refusal_reason", Text),
    flag("reviewed"),  # a person has looked at this classification
    one_of("state", CaseState),
    one_of("desk", Desk),
    one_of("accused_post", AccusedPost),
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
# What waits for a person to look at its classification: few, and ordered by risk first, so all are looked through.
Index(
    "ix_cases_for_review",
    cases.c.act_by,
    cases.c.feedback_id,
    postgresql_include=[
        "agency_id",
        "desk",
        "state",
        "office_reason",
        "no_head",
        "shielded",
        "accused",
        "accused_post",
        "sensitive",
        "urgency",
        "disposition",
    ],
    postgresql_where=text("office_reason IS NOT NULL AND NOT reviewed AND ended_at IS NULL"),
)
# Whether the machine answered a sender before.
Index("ix_cases_ended_alone", cases.c.sender_id, postgresql_where=text("ended_alone_at IS NOT NULL"))
Index("ix_cases_unclassified", cases.c.opened_at, postgresql_where=text("state = 'opened'"))

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
    at("at", needed=True),
    at("accept_by", needed=True),
    at("due_at", needed=True),
    at("ended_at"),
    one_of("reason", RoutedReason),
)
# An open case has exactly one current owner.
Index(
    "uq_assignments_current",
    assignments.c.feedback_id,
    unique=True,
    postgresql_where=text("ended_at IS NULL"),
)
Index("ix_assignments_of_agency", assignments.c.agency_id, assignments.c.at)

_WAITING = text("settled_at IS NULL")

reviews = Table(
    "reviews",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("feedback_id", Uuid, nullable=False),
    Column("seen_version", Integer, nullable=False),
    Column("disposition", Text, nullable=False),
    Column("kind", Text),
    Column("nature", Text),
    Column("field", Text),
    Column("matter", Text),
    Column("only_label", Boolean, nullable=False),
    Column("by", Uuid, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("by_agency", Text, nullable=False),
    at("decided_at", needed=True),
    at("takes_effect_at", needed=True),
    at("settled_at"),
    Column("settled_as", Text),
    one_of("disposition", Disposition),
    one_of("settled_as", Settled),
    CheckConstraint("(settled_at IS NULL) = (settled_as IS NULL)", name="settled_whole"),
)
"""What officers said a feedback is about. Not settled yet: it can still be taken back, and nothing was told."""
Index("uq_reviews_waiting", reviews.c.feedback_id, unique=True, postgresql_where=_WAITING)
Index("ix_reviews_due", reviews.c.takes_effect_at, postgresql_where=_WAITING)
Index("ix_reviews_of_case", reviews.c.feedback_id, reviews.c.decided_at)

answers = Table(
    "answers",
    metadata,
    Column("feedback_id", Uuid, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_by", Uuid, nullable=False),
    at("written_at", needed=True),
    Column("submitted_by", Uuid),
    at("submitted_at"),
    Column("approved_by", Uuid),
    at("approved_at"),
    Column("sent_back_by", Uuid),
    at("sent_back_at"),
    Column("sent_back_note", Text),
    one_of("outcome", AnswerOutcome),
)
"""Every revision an officer saved; the highest is the one that counts."""

timeline = Table(
    "timeline",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("feedback_id", Uuid, nullable=False),
    at("at", needed=True),
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
