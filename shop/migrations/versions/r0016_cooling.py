"""When a card of a change, or of a new address, died of failed approvals."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; cards from before carry no time."""
    op.add_column("change_quotes", sa.Column("failed_at", sa.String(length=27), nullable=True))
    op.add_column("home_quotes", sa.Column("failed_at", sa.String(length=27), nullable=True))
    op.create_index("ix_home_quotes_subject", "home_quotes", ["subject"])
