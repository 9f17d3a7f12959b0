"""What models cost: calls with their holds, turns, and running totals."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "model_calls",
        sa.Column("call_id", sa.String(length=64), nullable=False),
        *_whose(),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("begun_at", sa.String(length=27), nullable=False),
        sa.Column("expires_at", sa.String(length=27), nullable=False),
        *_used(),
        sa.PrimaryKeyConstraint("call_id"),
    )
    op.create_index(op.f("ix_model_calls_who"), "model_calls", ["who"], unique=False)
    op.create_index("model_calls_held", "model_calls", ["state", "expires_at"], unique=False)
    _turns()
    op.create_table(
        "model_totals",
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", "day"),
    )
    op.create_index(op.f("ix_model_totals_who"), "model_totals", ["who"], unique=False)


def _turns() -> None:
    op.create_table(
        "model_turns",
        *_whose(),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("intents", sa.String(length=120), nullable=False),
        sa.Column("pattern", sa.String(length=200), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("quality", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        *_used(),
        sa.PrimaryKeyConstraint("turn_id"),
    )
    op.create_index(op.f("ix_model_turns_at"), "model_turns", ["at"], unique=False)
    op.create_index(op.f("ix_model_turns_who"), "model_turns", ["who"], unique=False)


def _whose() -> list[sa.Column[str] | sa.Column[int]]:
    return [
        sa.Column("turn_id", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("guest", sa.Integer(), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
    ]


def _used() -> list[sa.Column[int]]:
    names = ("input_tokens", "cached_tokens", "output_tokens", "millis", "micros")
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]
