"""Privacy: a data key per shopper, and the pseudonyms of those who were erased."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; addresses from before are sealed when the books are opened."""
    op.create_table(
        "subject_keys",
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_table(
        "erasures",
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("unfinished", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("pseudonym"),
    )
