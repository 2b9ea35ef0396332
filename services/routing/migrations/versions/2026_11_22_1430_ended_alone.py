"""ended alone: which cases the machine ended without a person

Release: needs nothing of the code before it; until now the machine ended none.
"""

import sqlalchemy as sa
from alembic import op

revision = "5d20b7e4f6a1"
down_revision = "91c5e8ab270f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("ended_alone_at", sa.DateTime(timezone=True), nullable=True), schema="routing")
    op.create_index(
        "ix_cases_ended_alone",
        "cases",
        ["sender_id"],
        unique=False,
        schema="routing",
        postgresql_where=sa.text("ended_alone_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_ended_alone", table_name="cases", schema="routing")
    op.drop_column("cases", "ended_alone_at", schema="routing")
