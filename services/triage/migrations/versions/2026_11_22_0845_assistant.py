"""assistant: what an assistant model is asked about

Release: needs nothing of the code before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "e41f7c20d5b8"
down_revision = "b2a94d6f03e1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assistant_questions",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_assistant_questions")),
        schema="triage",
    )
    op.create_index(
        op.f("ix_assistant_questions_feedback_id"),
        "assistant_questions",
        ["feedback_id"],
        unique=False,
        schema="triage",
    )
    op.create_index(
        "ix_assistant_questions_open",
        "assistant_questions",
        ["not_before"],
        unique=False,
        schema="triage",
        postgresql_where=sa.text("outcome IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("assistant_questions", schema="triage")
