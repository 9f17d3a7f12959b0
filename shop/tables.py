"""The tables that hold money and promises; the migrations build the same, and a test compares the two."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC time, kept as fixed-width RFC 3339 text so that it sorts the same in every database."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write `2025-01-31T09:00:00.000000Z`."""
        return None if value is None else instant(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Read it back as an aware datetime."""
        return None if value is None else datetime.fromisoformat(value)


def instant(value: datetime) -> str:
    """Return an aware time as RFC 3339 in UTC with microseconds; a naive time is a bug."""
    if value.tzinfo is None:
        raise ValueError("a time without a zone can't enter the books")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


metadata = MetaData()

_ACTIVE_QUOTE = text("state IN ('quoted', 'awaiting_approval')")

offers = Table(
    "offers",
    metadata,
    Column("variant_id", String(64), primary_key=True),
    Column("product_id", String(64), nullable=False, index=True),
    Column("product_title", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("list_price", BigInteger),
    Column("currency", String(3), nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("available", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    Column("sold", BigInteger, nullable=False),
    Column("sellable", Boolean, nullable=False),
    Column("image_url", Text),
    CheckConstraint("price >= 0", name="offers_price"),
    CheckConstraint("available >= 0 AND reserved >= 0 AND sold >= 0", name="offers_never_negative"),
    CheckConstraint("available + reserved + sold = received", name="offers_conserved"),
)

offer_changes = Table(
    "offer_changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("variant_id", String(64), nullable=False),
    Column("product_id", String(64), nullable=False),
    sqlite_autoincrement=True,
)

shoppers = Table(
    "shoppers",
    metadata,
    Column("subject", String(128), primary_key=True),
    Column("locale", String(16), nullable=False),
    Column("address", String(64)),
    Column("delivery", String(64)),
    Column("payment", String(64)),
    Column("created_at", Instant, nullable=False),
)

addresses = Table(
    "addresses",
    metadata,
    Column("subject", String(128), ForeignKey("shoppers.subject"), nullable=False),
    Column("handle", String(64), nullable=False),
    Column("label", Text, nullable=False),
    Column("region", String(6), nullable=False),
    Column("content", JSON, nullable=False),
    Column("joined_at", Instant),
    PrimaryKeyConstraint("subject", "handle"),
)

payment_handles = Table(
    "payment_handles",
    metadata,
    Column("subject", String(128), ForeignKey("shoppers.subject"), nullable=False),
    Column("handle", String(64), nullable=False),
    Column("label", Text, nullable=False),
    Column("reference", Text, nullable=False),
    PrimaryKeyConstraint("subject", "handle"),
)

carts = Table(
    "carts",
    metadata,
    Column("cart_id", String(64), primary_key=True),
    Column("subject", String(128), nullable=False, unique=True),
    Column("version", BigInteger, nullable=False),
    Column("coupon", String(32)),
    Column("changed_at", Instant, nullable=False),
)

cart_lines = Table(
    "cart_lines",
    metadata,
    Column("cart_id", String(64), ForeignKey("carts.cart_id"), nullable=False),
    Column("line_id", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("variant_id", String(64), ForeignKey("offers.variant_id"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("mark", String(16), nullable=False, server_default=""),
    PrimaryKeyConstraint("cart_id", "line_id"),
    UniqueConstraint("cart_id", "variant_id", name="cart_lines_one_per_variant"),
    CheckConstraint("quantity > 0", name="cart_lines_quantity"),
)

cart_undo = Table(
    "cart_undo",
    metadata,
    Column("cart_id", String(64), ForeignKey("carts.cart_id"), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("before", JSON, nullable=False),
    Column("changed", Text, nullable=False),
    PrimaryKeyConstraint("cart_id", "version"),
)

quotes = Table(
    "quotes",
    metadata,
    Column("quote_id", String(64), primary_key=True),
    Column("cart_id", String(64), ForeignKey("carts.cart_id"), nullable=False),
    Column("cart_version", BigInteger, nullable=False),
    Column("subject", String(128), nullable=False, index=True),
    Column("session_id", String(64), nullable=False),
    Column("state", String(24), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("terms", Text, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("requote", JSON),
    Column("failed_at", Instant),
    CheckConstraint("total >= 0", name="quotes_total"),
    Index("quotes_one_active", "cart_id", unique=True, sqlite_where=_ACTIVE_QUOTE, postgresql_where=_ACTIVE_QUOTE),
)

challenges = Table(
    "challenges",
    metadata,
    Column("challenge_hash", String(64), primary_key=True),
    Column("quote_id", String(64), ForeignKey("quotes.quote_id"), nullable=False, index=True),
    Column("minted_at", Instant, nullable=False),
)

intents = Table(
    "intents",
    metadata,
    Column("intent_id", String(64), primary_key=True),
    Column("quote_id", String(64), ForeignKey("quotes.quote_id"), nullable=False, unique=True),
    Column("cart_id", String(64), ForeignKey("carts.cart_id"), nullable=False),
    Column("cart_version", BigInteger, nullable=False),
    Column("subject", String(128), nullable=False, index=True),
    Column("state", String(24), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("authorised", BigInteger, nullable=False),
    Column("captured", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("payment_reference", Text, nullable=False),
    Column("authorisation_id", String(128)),
    Column("challenge_hash", String(64), ForeignKey("challenges.challenge_hash"), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("cart_id", "cart_version", name="intents_cart_version_once"),
    CheckConstraint("0 <= captured AND captured <= authorised AND authorised <= amount", name="intents_money_bounds"),
)

reservations = Table(
    "reservations",
    metadata,
    Column("intent_id", String(64), ForeignKey("intents.intent_id"), nullable=False),
    Column("variant_id", String(64), ForeignKey("offers.variant_id"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    PrimaryKeyConstraint("intent_id", "variant_id"),
    CheckConstraint("quantity > 0", name="reservations_quantity"),
)

orders = Table(
    "orders",
    metadata,
    Column("order_id", String(64), primary_key=True),
    Column("intent_id", String(64), ForeignKey("intents.intent_id"), nullable=False, unique=True),
    Column("quote_id", String(64), ForeignKey("quotes.quote_id"), nullable=False, unique=True),
    Column("subject", String(128), nullable=False, index=True),
    Column("state", String(24), nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("placed_at", Instant, nullable=False),
)

# Why an order waits for a person, and until when; what came of it is in the order's state and in the log.
order_reviews = Table(
    "order_reviews",
    metadata,
    Column("order_id", String(64), ForeignKey("orders.order_id"), primary_key=True),
    Column("reasons", JSON, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
)

payment_calls = Table(
    "payment_calls",
    metadata,
    Column("idempotency_key", String(64), primary_key=True),
    Column("intent_id", String(64), ForeignKey("intents.intent_id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("result", String(16)),
    UniqueConstraint("intent_id", "kind", name="payment_calls_one_per_kind"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(27), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("action", String(48), nullable=False),
    Column("entity", String(16), nullable=False),
    Column("entity_id", String(64), nullable=False),
    Column("facts", Text, nullable=False),
    Column("policy_digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("head_id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
)
