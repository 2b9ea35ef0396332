"""fingerprints: by what nearly equal texts find one another

Release: needs nothing of the code before it. Texts kept already are found once something is added to them.
"""

import sqlalchemy as sa
from alembic import op

revision = "b2a94d6f03e1"
down_revision = "7c1d0e4b92a6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("band", "received_at", "feedback_id", name=op.f("pk_fingerprints")),
        schema="triage",
    )
    op.create_index(
        "ix_fingerprints_received_at",
        "fingerprints",
        ["received_at"],
        unique=False,
        schema="triage",
        postgresql_using="brin",
    )


def downgrade() -> None:
    op.drop_index("ix_fingerprints_received_at", table_name="fingerprints", schema="triage", postgresql_using="brin")
    op.drop_table("fingerprints", schema="triage")
