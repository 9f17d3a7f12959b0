"""The tables of gift cards: what is on each, and every call that ever moved it."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, String, Table, Text

from shop.tables import metadata

gift_cards = Table(
    "gift_cards",
    metadata,
    Column("reference", String(64), primary_key=True),
    Column("currency", String(3), nullable=False),
    Column("balance", BigInteger, nullable=False),
    CheckConstraint("balance >= 0", name="gift_cards_never_negative"),
)

gift_holds = Table(
    "gift_holds",
    metadata,
    Column("authorisation_id", String(64), primary_key=True),
    Column("reference", String(64), ForeignKey("gift_cards.reference"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("captured", BigInteger, nullable=False),
    Column("voided", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    CheckConstraint(
        "captured >= 0 AND voided >= 0 AND captured + voided <= amount AND 0 <= refunded AND refunded <= captured",
        name="gift_holds_bounds",
    ),
)

gift_calls = Table(
    "gift_calls",
    metadata,
    Column("idempotency_key", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("instrument", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("result", String(16), nullable=False),
    Column("authorisation_id", String(64), nullable=False),
)
