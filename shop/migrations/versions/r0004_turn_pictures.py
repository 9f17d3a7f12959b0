"""The pictures that went with a turn."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give every turn its pictures' ids; turns from before had none that are known."""
    op.add_column("turns", sa.Column("image_ids", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
