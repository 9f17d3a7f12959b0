"""The tables of what happens to a placed order: prepared changes, approved ones, their money and goods."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from shop.tables import Instant, metadata

_ACTIVE_QUOTE = text("state IN ('quoted', 'awaiting_approval')")
_UNFINISHED = text("state NOT IN ('done', 'failed')")

change_quotes = Table(
    "change_quotes",
    metadata,
    Column("quote_id", String(64), primary_key=True),
    Column("order_id", String(64), ForeignKey("orders.order_id"), nullable=False),
    Column("subject", String(128), nullable=False, index=True),
    Column("session_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(24), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("terms", Text, nullable=False),
    Column("difference", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Instant),
    Column("requote", JSON),
    Index(
        "change_quotes_one_active",
        "order_id",
        unique=True,
        sqlite_where=_ACTIVE_QUOTE,
        postgresql_where=_ACTIVE_QUOTE,
    ),
)

change_challenges = Table(
    "change_challenges",
    metadata,
    Column("challenge_hash", String(64), primary_key=True),
    Column("quote_id", String(64), ForeignKey("change_quotes.quote_id"), nullable=False, index=True),
    Column("minted_at", Instant, nullable=False),
)

order_changes = Table(
    "order_changes",
    metadata,
    Column("change_id", String(64), primary_key=True),
    Column("quote_id", String(64), ForeignKey("change_quotes.quote_id"), nullable=False, unique=True),
    Column("order_id", String(64), ForeignKey("orders.order_id"), nullable=False, index=True),
    Column("subject", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(24), nullable=False, index=True),
    Column("order_before", String(24), nullable=False),
    Column("pay", BigInteger, nullable=False),
    Column("authorised", BigInteger, nullable=False),
    Column("captured", BigInteger, nullable=False),
    Column("refund", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("authorisation_id", String(128)),
    Column("resellable", Boolean, nullable=False),
    Column("challenge_hash", String(64), ForeignKey("change_challenges.challenge_hash"), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("pay = 0 OR refund = 0", name="order_changes_one_direction"),
    CheckConstraint(
        "0 <= captured AND captured <= authorised AND authorised <= pay AND 0 <= refunded AND refunded <= refund",
        name="order_changes_money_bounds",
    ),
    Index(
        "order_changes_one_unfinished",
        "order_id",
        unique=True,
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    ),
)

change_reservations = Table(
    "change_reservations",
    metadata,
    Column("change_id", String(64), ForeignKey("order_changes.change_id"), nullable=False),
    Column("variant_id", String(64), ForeignKey("offers.variant_id"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    PrimaryKeyConstraint("change_id", "variant_id"),
    CheckConstraint("quantity > 0", name="change_reservations_quantity"),
)

change_calls = Table(
    "change_calls",
    metadata,
    Column("idempotency_key", String(64), primary_key=True),
    Column("change_id", String(64), ForeignKey("order_changes.change_id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("instrument", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("result", String(16)),
    UniqueConstraint("change_id", "kind", "instrument", name="change_calls_one_per_kind"),
    CheckConstraint("amount > 0", name="change_calls_amount"),
)

order_payments = Table(
    "order_payments",
    metadata,
    Column("authorisation_id", String(128), primary_key=True),
    Column("order_id", String(64), ForeignKey("orders.order_id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("captured", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("handle", String(64)),
    Column("label", Text),
    CheckConstraint("0 <= refunded AND refunded <= captured", name="order_payments_bounds"),
    UniqueConstraint("order_id", "position", name="order_payments_in_order"),
)

order_contents = Table(
    "order_contents",
    metadata,
    Column("order_id", String(64), ForeignKey("orders.order_id"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("delivered_at", Instant),
)

# A new address belongs to its prepared change alone until that is approved.
change_addresses = Table(
    "change_addresses",
    metadata,
    Column("quote_id", String(64), ForeignKey("change_quotes.quote_id"), primary_key=True),
    Column("handle", String(64), nullable=False),
    Column("label", Text, nullable=False),
    Column("region", String(6), nullable=False),
    Column("content", JSON, nullable=False),
)
