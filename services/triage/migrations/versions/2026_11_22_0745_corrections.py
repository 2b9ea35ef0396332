"""corrections: what officers decided, and the models that were adopted

Release: needs nothing of the code before it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7c1d0e4b92a6"
down_revision = "5306a3574c83"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "labels",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("model_version", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "disposition IN ('in_scope', 'inquiry', 'status_lookup', 'complaint_denunciation', 'spam_ads', 'out_of_scope_other', 'insufficient')",
            name=op.f("ck_labels_disposition"),
        ),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_labels")),
        schema="triage",
    )
    op.create_table(
        "models",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("artefact", sa.LargeBinary(), nullable=True),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("adopted_by", sa.Text(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models")),
        schema="triage",
    )


def downgrade() -> None:
    op.drop_table("models", schema="triage")
    op.drop_table("labels", schema="triage")
