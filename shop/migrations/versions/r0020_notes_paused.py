"""Notes that are kept but not gone by."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; every note from before counts."""
    op.add_column("memory_entries", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.text("false")))
