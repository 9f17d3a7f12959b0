"""Which tokens of the shop's backend have been used."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "spent_sign_ins",
        sa.Column("digest", sa.String(length=64), primary_key=True),
        sa.Column("expires_at", sa.String(length=27), nullable=False),
    )
