"""near duplicates: which feedbacks triage found to say nearly the same

Release: needs nothing of the code before it; until now triage named none.
"""

import sqlalchemy as sa
from alembic import op

revision = "91c5e8ab270f"
down_revision = "3e9a51c07d84"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "near_duplicates",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("near_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("feedback_id", "near_id", name=op.f("pk_near_duplicates")),
        schema="routing",
    )
    op.create_index(op.f("ix_near_duplicates_near_id"), "near_duplicates", ["near_id"], unique=False, schema="routing")


def downgrade() -> None:
    op.drop_index(op.f("ix_near_duplicates_near_id"), table_name="near_duplicates", schema="routing")
    op.drop_table("near_duplicates", schema="routing")
