"""Paid places that were shown."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "sponsored_places",
        sa.Column("place_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("advertiser", sa.Text(), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("fit_bp", sa.BigInteger(), nullable=False),
        sa.Column("displaced", sa.String(length=64), nullable=False),
        sa.Column("displaced_fit_bp", sa.BigInteger(), nullable=False),
        sa.Column("margin_bp", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("place_id"),
    )
