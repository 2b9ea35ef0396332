"""messages set aside: an index of those held or uncertain, so that counting what waits reads no others

Release: needs nothing of the code before it; that counts as it did.
"""

import sqlalchemy as sa
from alembic import op

revision = "c41d7a90be53"
down_revision = "b26c5ec6b61c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_messages_set_aside",
        "messages",
        ["state"],
        unique=False,
        schema="notifier",
        postgresql_where=sa.text("not_before IS NULL AND state IN ('held', 'uncertain')"),
    )


def downgrade() -> None:
    op.drop_index("ix_messages_set_aside", table_name="messages", schema="notifier")
