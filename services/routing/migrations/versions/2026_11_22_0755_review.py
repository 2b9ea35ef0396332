"""the review page: decisions about classifications, and what still waits for one

Release: needs nothing of the code before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "3e9a51c07d84"
down_revision = "cb93d7333101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column("reviewed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="routing",
    )
    op.create_index(
        "ix_cases_for_review",
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
            "shielded",
            "accused",
            "accused_post",
            "sensitive",
            "urgency",
            "disposition",
        ],
        postgresql_where=sa.text("office_reason IS NOT NULL AND NOT reviewed AND ended_at IS NULL"),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("only_label", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_agency", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("takes_effect_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_as", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "disposition IN ('in_scope', 'inquiry', 'status_lookup', 'complaint_denunciation', 'spam_ads', "
            "'out_of_scope_other', 'insufficient')",
            name=op.f("ck_reviews_disposition"),
        ),
        sa.CheckConstraint(
            "settled_as IN ('carried_out', 'taken_back', 'case_changed')", name=op.f("ck_reviews_settled_as")
        ),
        sa.CheckConstraint("(settled_at IS NULL) = (settled_as IS NULL)", name=op.f("ck_reviews_settled_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        schema="routing",
    )
    op.create_index(
        "uq_reviews_waiting",
        "reviews",
        ["feedback_id"],
        unique=True,
        schema="routing",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "ix_reviews_due",
        "reviews",
        ["takes_effect_at"],
        unique=False,
        schema="routing",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index("ix_reviews_of_case", "reviews", ["feedback_id", "decided_at"], unique=False, schema="routing")


def downgrade() -> None:
    op.drop_table("reviews", schema="routing")
    op.drop_index("ix_cases_for_review", table_name="cases", schema="routing")
    op.drop_column("cases", "reviewed", schema="routing")
