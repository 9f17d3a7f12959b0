"""The purchase gate: quotes, intents, orders, payment calls and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, each after those it points to."""
    _audit()
    _audit_head()
    _quotes()
    _challenges()
    _intents()
    _orders()
    _payment_calls()
    _reservations()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("entity", sa.String(length=16), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )


def _audit_head() -> None:
    op.create_table(
        "audit_head",
        sa.Column("head_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("head_id"),
    )


def _quotes() -> None:
    op.create_table(
        "quotes",
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("cart_id", sa.String(length=64), nullable=False),
        sa.Column("cart_version", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issued_at", sa.String(27), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("requote", sa.JSON(), nullable=True),
        sa.CheckConstraint("total >= 0", name="quotes_total"),
        sa.ForeignKeyConstraint(
            ["cart_id"],
            ["carts.cart_id"],
        ),
        sa.PrimaryKeyConstraint("quote_id"),
    )
    op.create_index(op.f("ix_quotes_subject"), "quotes", ["subject"], unique=False)
    op.create_index(
        "quotes_one_active",
        "quotes",
        ["cart_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('quoted', 'awaiting_approval')"),
        postgresql_where=sa.text("state IN ('quoted', 'awaiting_approval')"),
    )


def _challenges() -> None:
    op.create_table(
        "challenges",
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("minted_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(
            ["quote_id"],
            ["quotes.quote_id"],
        ),
        sa.PrimaryKeyConstraint("challenge_hash"),
    )
    op.create_index(op.f("ix_challenges_quote_id"), "challenges", ["quote_id"], unique=False)


def _intents() -> None:
    op.create_table(
        "intents",
        sa.Column("intent_id", sa.String(length=64), nullable=False),
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("cart_id", sa.String(length=64), nullable=False),
        sa.Column("cart_version", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("authorised", sa.BigInteger(), nullable=False),
        sa.Column("captured", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payment_reference", sa.Text(), nullable=False),
        sa.Column("authorisation_id", sa.String(length=128), nullable=True),
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.String(27), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.CheckConstraint(
            "0 <= captured AND captured <= authorised AND authorised <= amount", name="intents_money_bounds"
        ),
        sa.ForeignKeyConstraint(
            ["cart_id"],
            ["carts.cart_id"],
        ),
        sa.ForeignKeyConstraint(
            ["challenge_hash"],
            ["challenges.challenge_hash"],
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"],
            ["quotes.quote_id"],
        ),
        sa.PrimaryKeyConstraint("intent_id"),
        sa.UniqueConstraint("cart_id", "cart_version", name="intents_cart_version_once"),
        sa.UniqueConstraint("quote_id"),
    )
    op.create_index(op.f("ix_intents_state"), "intents", ["state"], unique=False)
    op.create_index(op.f("ix_intents_subject"), "intents", ["subject"], unique=False)


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("intent_id", sa.String(length=64), nullable=False),
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("placed_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(
            ["intent_id"],
            ["intents.intent_id"],
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"],
            ["quotes.quote_id"],
        ),
        sa.PrimaryKeyConstraint("order_id"),
        sa.UniqueConstraint("intent_id"),
        sa.UniqueConstraint("quote_id"),
    )
    op.create_index(op.f("ix_orders_subject"), "orders", ["subject"], unique=False)


def _payment_calls() -> None:
    op.create_table(
        "payment_calls",
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("intent_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.String(27), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["intent_id"],
            ["intents.intent_id"],
        ),
        sa.PrimaryKeyConstraint("idempotency_key"),
        sa.UniqueConstraint("intent_id", "kind", name="payment_calls_one_per_kind"),
    )


def _reservations() -> None:
    op.create_table(
        "reservations",
        sa.Column("intent_id", sa.String(length=64), nullable=False),
        sa.Column("variant_id", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.CheckConstraint("quantity > 0", name="reservations_quantity"),
        sa.ForeignKeyConstraint(
            ["intent_id"],
            ["intents.intent_id"],
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["offers.variant_id"],
        ),
        sa.PrimaryKeyConstraint("intent_id", "variant_id"),
    )
