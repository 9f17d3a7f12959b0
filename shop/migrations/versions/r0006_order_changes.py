"""What happens to a placed order: prepared and approved changes, their money and goods, and the order as it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, each after those it points to; an order without rows in them is as it was bought."""
    _change_quotes()
    _change_challenges()
    _order_changes()
    _change_reservations()
    _change_calls()
    _order_payments()
    _order_contents()


def _change_quotes() -> None:
    op.create_table(
        "change_quotes",
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("difference", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issued_at", sa.String(length=27), nullable=False),
        sa.Column("expires_at", sa.String(length=27), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("requote", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"]),
        sa.PrimaryKeyConstraint("quote_id"),
    )
    op.create_index(
        "change_quotes_one_active",
        "change_quotes",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('quoted', 'awaiting_approval')"),
        postgresql_where=sa.text("state IN ('quoted', 'awaiting_approval')"),
    )
    op.create_index(op.f("ix_change_quotes_subject"), "change_quotes", ["subject"], unique=False)


def _change_challenges() -> None:
    op.create_table(
        "change_challenges",
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("minted_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["change_quotes.quote_id"]),
        sa.PrimaryKeyConstraint("challenge_hash"),
    )
    op.create_index(op.f("ix_change_challenges_quote_id"), "change_challenges", ["quote_id"], unique=False)


def _order_changes() -> None:
    op.create_table(
        "order_changes",
        sa.Column("change_id", sa.String(length=64), nullable=False),
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("order_before", sa.String(length=24), nullable=False),
        sa.Column("pay", sa.BigInteger(), nullable=False),
        sa.Column("authorised", sa.BigInteger(), nullable=False),
        sa.Column("captured", sa.BigInteger(), nullable=False),
        sa.Column("refund", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("authorisation_id", sa.String(length=128), nullable=True),
        sa.Column("resellable", sa.Boolean(), nullable=False),
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.String(length=27), nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.CheckConstraint(
            "0 <= captured AND captured <= authorised AND authorised <= pay AND 0 <= refunded AND refunded <= refund",
            name="order_changes_money_bounds",
        ),
        sa.CheckConstraint("pay = 0 OR refund = 0", name="order_changes_one_direction"),
        sa.ForeignKeyConstraint(["challenge_hash"], ["change_challenges.challenge_hash"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"]),
        sa.ForeignKeyConstraint(["quote_id"], ["change_quotes.quote_id"]),
        sa.PrimaryKeyConstraint("change_id"),
        sa.UniqueConstraint("quote_id"),
    )
    _order_changes_indexes()


def _order_changes_indexes() -> None:
    op.create_index(op.f("ix_order_changes_order_id"), "order_changes", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_changes_state"), "order_changes", ["state"], unique=False)
    op.create_index(
        "order_changes_one_unfinished",
        "order_changes",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('done', 'failed')"),
        postgresql_where=sa.text("state NOT IN ('done', 'failed')"),
    )


def _change_reservations() -> None:
    op.create_table(
        "change_reservations",
        sa.Column("change_id", sa.String(length=64), nullable=False),
        sa.Column("variant_id", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.CheckConstraint("quantity > 0", name="change_reservations_quantity"),
        sa.ForeignKeyConstraint(["change_id"], ["order_changes.change_id"]),
        sa.ForeignKeyConstraint(["variant_id"], ["offers.variant_id"]),
        sa.PrimaryKeyConstraint("change_id", "variant_id"),
    )


def _change_calls() -> None:
    op.create_table(
        "change_calls",
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("change_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.String(length=27), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.CheckConstraint("amount > 0", name="change_calls_amount"),
        sa.ForeignKeyConstraint(["change_id"], ["order_changes.change_id"]),
        sa.PrimaryKeyConstraint("idempotency_key"),
        sa.UniqueConstraint("change_id", "kind", "instrument", name="change_calls_one_per_kind"),
    )


def _order_payments() -> None:
    op.create_table(
        "order_payments",
        sa.Column("authorisation_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("captured", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("0 <= refunded AND refunded <= captured", name="order_payments_bounds"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"]),
        sa.PrimaryKeyConstraint("authorisation_id"),
        sa.UniqueConstraint("order_id", "position", name="order_payments_in_order"),
    )
    op.create_index(op.f("ix_order_payments_order_id"), "order_payments", ["order_id"], unique=False)


def _order_contents() -> None:
    op.create_table(
        "order_contents",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("delivered_at", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"]),
        sa.PrimaryKeyConstraint("order_id"),
    )
