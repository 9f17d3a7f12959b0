"""Why orders wait for a person, and when an address joined a shopper's own."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add table and column; addresses from before have no time, as those that came with the account."""
    op.create_table(
        "order_reviews",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.String(length=27), nullable=False),
        sa.Column("due_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"]),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.add_column("addresses", sa.Column("joined_at", sa.String(length=27), nullable=True))
