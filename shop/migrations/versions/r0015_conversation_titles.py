"""What shoppers call their conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; a conversation without a name is listed by its first words."""
    op.add_column("sessions", sa.Column("title", sa.Text(), nullable=False, server_default=sa.text("''")))
