"""Boards that shoppers keep."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "boards",
        sa.Column("board_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=True),
        sa.Column("made_at", sa.String(length=27), nullable=False),
        sa.Column("changed_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("board_id"),
        sa.UniqueConstraint("link"),
    )
    op.create_index(op.f("ix_boards_subject"), "boards", ["subject"])
    op.create_table(
        "board_pieces",
        sa.Column("board_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("variant_id", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.board_id"]),
        sa.PrimaryKeyConstraint("board_id", "product_id"),
    )
    op.create_table(
        "board_undo",
        sa.Column("board_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.board_id"]),
        sa.PrimaryKeyConstraint("board_id", "version"),
    )
