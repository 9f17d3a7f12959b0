"""Gift cards, new addresses that wait for their approval, and by what each payment of an order was made."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; payments from before were made by what paid for the purchase, which needs no entry."""
    op.add_column("order_payments", sa.Column("handle", sa.String(length=64), nullable=True))
    op.add_column("order_payments", sa.Column("label", sa.Text(), nullable=True))
    _change_addresses()
    _gift_cards()
    _gift_holds()
    _gift_calls()
    _home_quotes()
    _home_challenges()


def _change_addresses() -> None:
    op.create_table(
        "change_addresses",
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["change_quotes.quote_id"]),
        sa.PrimaryKeyConstraint("quote_id"),
    )


def _gift_cards() -> None:
    op.create_table(
        "gift_cards",
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("balance >= 0", name="gift_cards_never_negative"),
        sa.PrimaryKeyConstraint("reference"),
    )


def _gift_holds() -> None:
    op.create_table(
        "gift_holds",
        sa.Column("authorisation_id", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("captured", sa.BigInteger(), nullable=False),
        sa.Column("voided", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "captured >= 0 AND voided >= 0 AND captured + voided <= amount AND 0 <= refunded AND refunded <= captured",
            name="gift_holds_bounds",
        ),
        sa.ForeignKeyConstraint(["reference"], ["gift_cards.reference"]),
        sa.PrimaryKeyConstraint("authorisation_id"),
    )
    op.create_index(op.f("ix_gift_holds_reference"), "gift_holds", ["reference"], unique=False)


def _gift_calls() -> None:
    op.create_table(
        "gift_calls",
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("authorisation_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("idempotency_key"),
    )


def _home_quotes() -> None:
    op.create_table(
        "home_quotes",
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.String(length=27), nullable=False),
        sa.Column("expires_at", sa.String(length=27), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["subject"], ["shoppers.subject"]),
        sa.PrimaryKeyConstraint("quote_id"),
    )
    op.create_index(
        "home_quotes_one_active",
        "home_quotes",
        ["subject"],
        unique=True,
        sqlite_where=sa.text("state IN ('quoted', 'awaiting_approval')"),
        postgresql_where=sa.text("state IN ('quoted', 'awaiting_approval')"),
    )


def _home_challenges() -> None:
    op.create_table(
        "home_challenges",
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("minted_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["home_quotes.quote_id"]),
        sa.PrimaryKeyConstraint("challenge_hash"),
    )
    op.create_index(op.f("ix_home_challenges_quote_id"), "home_challenges", ["quote_id"], unique=False)
