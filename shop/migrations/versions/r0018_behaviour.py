"""What shoppers did with products, instead of the signals, which nobody had been asked about."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; what was kept without being allowed goes."""
    op.create_table(
        "behaviour",
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=True),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("slate", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index("behaviour_latest", "behaviour", ["who", "event_id"], unique=False)
    op.create_index(op.f("ix_behaviour_at"), "behaviour", ["at"], unique=False)
    op.create_index(op.f("ix_behaviour_session_id"), "behaviour", ["session_id"], unique=False)
    op.create_table(
        "learning_allowed",
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("since", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.drop_table("signals")
