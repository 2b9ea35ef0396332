"""the desk: sessions, tries to sign in, answers not sent yet; its counts from an index alone

Release: needs nothing of the code before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "cb93d7333101"
down_revision = "655ef347bbc9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        schema="routing",
    )
    op.create_index("ix_sessions_started_at", "sessions", ["started_at"], unique=False, schema="routing")
    op.create_table(
        "sign_in_tries",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_tries")),
        schema="routing",
    )
    op.create_index("ix_sign_in_tries_last_at", "sign_in_tries", ["last_at"], unique=False, schema="routing")
    op.create_table(
        "unsent_answers",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("feedback_id", "officer_id", name=op.f("pk_unsent_answers")),
        schema="routing",
    )
    op.create_index("ix_unsent_answers_saved_at", "unsent_answers", ["saved_at"], unique=False, schema="routing")

    op.drop_index("ix_cases_open", table_name="cases", schema="routing")
    op.create_index(
        "ix_cases_open",
        "cases",
        ["act_by", "feedback_id"],
        unique=False,
        schema="routing",
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
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_open", table_name="cases", schema="routing")
    op.create_index(
        "ix_cases_open",
        "cases",
        ["act_by", "feedback_id"],
        unique=False,
        schema="routing",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_unsent_answers_saved_at", table_name="unsent_answers", schema="routing")
    op.drop_table("unsent_answers", schema="routing")
    op.drop_index("ix_sign_in_tries_last_at", table_name="sign_in_tries", schema="routing")
    op.drop_table("sign_in_tries", schema="routing")
    op.drop_index("ix_sessions_started_at", table_name="sessions", schema="routing")
    op.drop_table("sessions", schema="routing")
