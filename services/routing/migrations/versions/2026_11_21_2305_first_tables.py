"""first tables

Release: needs nothing before it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "655ef347bbc9"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Text(), nullable=False),
        sa.Column("successor_ids", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        schema="routing",
    )
    op.create_table(
        "answers",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back_by", sa.Uuid(), nullable=True),
        sa.Column("sent_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'partly_accepted', 'not_accepted', 'explained')", name=op.f("ck_answers_outcome")
        ),
        sa.PrimaryKeyConstraint("feedback_id", "revision", name=op.f("pk_answers")),
        schema="routing",
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
        schema="routing",
    )
    op.create_table(
        "assignments",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("case_seq", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("agency_name", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accept_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reason IN ('assigned', 'by_officer', 'transferred', 'reopened')", name=op.f("ck_assignments_reason")
        ),
        sa.PrimaryKeyConstraint("feedback_id", "case_seq", name=op.f("pk_assignments")),
        schema="routing",
    )
    op.create_index("ix_assignments_of_agency", "assignments", ["agency_id", "at"], unique=False, schema="routing")
    op.create_index(
        "uq_assignments_current",
        "assignments",
        ["feedback_id"],
        unique=True,
        schema="routing",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "calendar",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Text(), nullable=False),
        sa.Column("opens", sa.Text(), nullable=False),
        sa.Column("closes", sa.Text(), nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "on", "weekday", "opens", name=op.f("pk_calendar")),
        schema="routing",
    )
    op.create_table(
        "case_files",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("mime", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'ready', 'failed')", name=op.f("ck_case_files_state")),
        sa.PrimaryKeyConstraint("feedback_id", "file_id", name=op.f("pk_case_files")),
        schema="routing",
    )
    op.create_table(
        "cases",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("applicant_type", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("location", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("place_id", sa.Text(), nullable=True),
        sa.Column("confirmed_place", sa.Text(), nullable=True),
        sa.Column("incomplete", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("office_copy", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("no_head", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("covering_note", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("unconfirmed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("decided_by_person", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("office_reason", sa.Text(), nullable=True),
        sa.Column("suggested_refusal", sa.Text(), nullable=True),
        sa.Column("proposed_agency", sa.Text(), nullable=True),
        sa.Column(
            "rules", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("act_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock", sa.Text(), nullable=True),
        sa.Column("routed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accept_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Text(), server_default="normal", nullable=False),
        sa.Column("classification", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("classified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sensitive", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("shielded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("accused", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("accused_post", sa.Text(), server_default="unknown", nullable=False),
        sa.Column("refusal_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("accused_post IN ('staff', 'leader', 'unknown')", name=op.f("ck_cases_accused_post")),
        sa.CheckConstraint("desk IN ('agency', 'head', 'office', 'office_sensitive')", name=op.f("ck_cases_desk")),
        sa.CheckConstraint(
            "state IN ('opened', 'received', 'classified', 'assigned', 'returned', "
            "'in_progress', 'awaiting_citizen', 'extended', 'awaiting_approval', 'sent_back', 'answered', "
            "'published', 'refused', 'transferred_out', 'withdrawn', 'closed')",
            name=op.f("ck_cases_state"),
        ),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_cases")),
        sa.UniqueConstraint("code", name=op.f("uq_cases_code")),
        schema="routing",
    )
    op.create_index(
        "ix_cases_of_agency",
        "cases",
        ["agency_id", "act_by", "feedback_id"],
        unique=False,
        schema="routing",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_cases_of_agency_state",
        "cases",
        ["agency_id", "state", "act_by", "feedback_id"],
        unique=False,
        schema="routing",
    )
    op.create_index(
        "ix_cases_open",
        "cases",
        ["act_by", "feedback_id"],
        unique=False,
        schema="routing",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_cases_state", "cases", ["state", "act_by", "feedback_id"], unique=False, schema="routing")
    op.create_index(
        "ix_cases_unclassified",
        "cases",
        ["opened_at"],
        unique=False,
        schema="routing",
        postgresql_where=sa.text("state = 'opened'"),
    )
    op.create_index(
        "ix_cases_without_head",
        "cases",
        ["act_by", "feedback_id"],
        unique=False,
        schema="routing",
        postgresql_where=sa.text("no_head"),
    )
    op.create_table(
        "classifications",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_classifications")),
        schema="routing",
    )
    op.create_index(
        op.f("ix_classifications_feedback_id"), "classifications", ["feedback_id"], unique=False, schema="routing"
    )
    op.create_table(
        "commune_successors",
        sa.Column("old_id", sa.Text(), nullable=False),
        sa.Column("new_id", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("old_id", "new_id", name=op.f("pk_commune_successors")),
        schema="routing",
    )
    op.create_table(
        "communes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("nso_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("district_name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communes")),
        schema="routing",
    )
    op.create_table(
        "communes_before_2025",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("district_name", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "kind", "district_id", name=op.f("pk_communes_before_2025")),
        schema="routing",
    )
    op.create_table(
        "competence",
        sa.Column("matter_code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("matter_vi", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("agency_before_2025_07", sa.Text(), nullable=False),
        sa.Column("agency_after", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("matter_code", name=op.f("pk_competence")),
        schema="routing",
    )
    op.create_table(
        "contacts",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_contacts")),
        schema="routing",
    )
    op.create_index(op.f("ix_contacts_sender_id"), "contacts", ["sender_id"], unique=False, schema="routing")
    op.create_table(
        "deadlines",
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("warn_at", sa.Text(), nullable=False),
        sa.Column("pauses_for_citizen", sa.Text(), nullable=False),
        sa.Column("on_breach", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("clock", name=op.f("pk_deadlines")),
        schema="routing",
    )
    op.create_table(
        "deferred_events",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_deferred_events")),
        schema="routing",
    )
    op.create_index(
        "ix_deferred_events_due",
        "deferred_events",
        ["next_at"],
        unique=False,
        schema="routing",
        postgresql_where=sa.text("dead_at IS NULL"),
    )
    op.create_table(
        "field_names",
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("label_vi", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("field", name=op.f("pk_field_names")),
        schema="routing",
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_keys")),
        schema="routing",
    )
    op.create_index("ix_idempotency_keys_at", "idempotency_keys", ["at"], unique=False, schema="routing")
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inbox")),
        schema="routing",
    )
    op.create_index(op.f("ix_inbox_handled_at"), "inbox", ["handled_at"], unique=False, schema="routing")
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
        schema="routing",
    )
    op.create_table(
        "notices",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('sent', 'uncertain', 'delivered', 'seen', 'superseded', 'held', 'failed')",
            name=op.f("ck_notices_outcome"),
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_notices")),
        schema="routing",
    )
    op.create_index(op.f("ix_notices_feedback_id"), "notices", ["feedback_id"], unique=False, schema="routing")
    op.create_table(
        "officers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
        sa.UniqueConstraint("login", name=op.f("uq_officers_login")),
        schema="routing",
    )
    op.create_index("ix_officers_of_agency", "officers", ["agency_id"], unique=False, schema="routing")
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_fence", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
        schema="routing",
    )
    op.create_index(
        "ix_outbox_held_keys",
        "outbox",
        ["key", "id"],
        unique=False,
        schema="routing",
        postgresql_where=sa.text("attempts > 0 AND parked_at IS NULL"),
    )
    op.create_table(
        "province",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_province")),
        schema="routing",
    )
    op.create_table(
        "refusal_reasons",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_vi", sa.Text(), nullable=False),
        sa.Column("citizen_text", sa.Text(), nullable=False),
        sa.Column("where_to", sa.Text(), nullable=False),
        sa.Column("notify", sa.Text(), nullable=False),
        sa.Column("counts_as_refusal", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_refusal_reasons")),
        schema="routing",
    )
    op.create_table(
        "states",
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_vi", sa.Text(), nullable=False),
        sa.Column("label_vi", sa.Text(), nullable=False),
        sa.Column("citizen_label_vi", sa.Text(), nullable=False),
        sa.Column("open", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("portal_event", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_states")),
        schema="routing",
    )
    op.create_table(
        "supplements",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_supplements")),
        schema="routing",
    )
    op.create_index(op.f("ix_supplements_feedback_id"), "supplements", ["feedback_id"], unique=False, schema="routing")
    op.create_table(
        "timeline",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("agency_id", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "detail", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline")),
        schema="routing",
    )
    op.create_index("ix_timeline_of_case", "timeline", ["feedback_id", "id"], unique=False, schema="routing")
    op.create_index(
        "ix_timeline_of_officer",
        "timeline",
        ["by", "id"],
        unique=False,
        schema="routing",
        postgresql_where=sa.text("by IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_timeline_of_officer", table_name="timeline", schema="routing", postgresql_where=sa.text("by IS NOT NULL")
    )
    op.drop_index("ix_timeline_of_case", table_name="timeline", schema="routing")
    op.drop_table("timeline", schema="routing")
    op.drop_index(op.f("ix_supplements_feedback_id"), table_name="supplements", schema="routing")
    op.drop_table("supplements", schema="routing")
    op.drop_table("states", schema="routing")
    op.drop_table("refusal_reasons", schema="routing")
    op.drop_table("province", schema="routing")
    op.drop_index(
        "ix_outbox_held_keys",
        table_name="outbox",
        schema="routing",
        postgresql_where=sa.text("attempts > 0 AND parked_at IS NULL"),
    )
    op.drop_table("outbox", schema="routing")
    op.drop_index("ix_officers_of_agency", table_name="officers", schema="routing")
    op.drop_table("officers", schema="routing")
    op.drop_index(op.f("ix_notices_feedback_id"), table_name="notices", schema="routing")
    op.drop_table("notices", schema="routing")
    op.drop_table("leases", schema="routing")
    op.drop_index(op.f("ix_inbox_handled_at"), table_name="inbox", schema="routing")
    op.drop_table("inbox", schema="routing")
    op.drop_index("ix_idempotency_keys_at", table_name="idempotency_keys", schema="routing")
    op.drop_table("idempotency_keys", schema="routing")
    op.drop_table("field_names", schema="routing")
    op.drop_index(
        "ix_deferred_events_due",
        table_name="deferred_events",
        schema="routing",
        postgresql_where=sa.text("dead_at IS NULL"),
    )
    op.drop_table("deferred_events", schema="routing")
    op.drop_table("deadlines", schema="routing")
    op.drop_index(op.f("ix_contacts_sender_id"), table_name="contacts", schema="routing")
    op.drop_table("contacts", schema="routing")
    op.drop_table("competence", schema="routing")
    op.drop_table("communes_before_2025", schema="routing")
    op.drop_table("communes", schema="routing")
    op.drop_table("commune_successors", schema="routing")
    op.drop_index(op.f("ix_classifications_feedback_id"), table_name="classifications", schema="routing")
    op.drop_table("classifications", schema="routing")
    op.drop_index("ix_cases_without_head", table_name="cases", schema="routing", postgresql_where=sa.text("no_head"))
    op.drop_index(
        "ix_cases_unclassified", table_name="cases", schema="routing", postgresql_where=sa.text("state = 'opened'")
    )
    op.drop_index("ix_cases_state", table_name="cases", schema="routing")
    op.drop_index("ix_cases_open", table_name="cases", schema="routing", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_cases_of_agency_state", table_name="cases", schema="routing")
    op.drop_index(
        "ix_cases_of_agency", table_name="cases", schema="routing", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_table("cases", schema="routing")
    op.drop_table("case_files", schema="routing")
    op.drop_table("calendar", schema="routing")
    op.drop_index(
        "uq_assignments_current",
        table_name="assignments",
        schema="routing",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_assignments_of_agency", table_name="assignments", schema="routing")
    op.drop_table("assignments", schema="routing")
    op.drop_table("api_tokens", schema="routing")
    op.drop_table("answers", schema="routing")
    op.drop_table("agencies", schema="routing")
