"""When a card died of failed approvals, and which cart lines were put in after seller text was read."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what is there from before carries no mark."""
    op.add_column("quotes", sa.Column("failed_at", sa.String(length=27), nullable=True))
    op.add_column("cart_lines", sa.Column("mark", sa.String(length=16), nullable=False, server_default=""))
