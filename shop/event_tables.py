"""The tables of what shoppers did with products, by pseudonym, and of who allowed the shop to learn from it."""

from sqlalchemy import Column, Index, Integer, String, Table

from shop.tables import Instant, metadata

# `session_id` stands only where the shopper allowed nothing: such rows go with the conversation.
behaviour = Table(
    "behaviour",
    metadata,
    Column("event_id", String(64), primary_key=True),
    Column("who", String(64), nullable=False),
    Column("session_id", String(64), index=True),
    Column("at", Instant, nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("product_id", String(64), nullable=False),
    Column("source", String(16), nullable=False),
    Column("place", Integer),
    Column("slate", String(64), nullable=False),
    Index("behaviour_latest", "who", "event_id"),
)

learning_allowed = Table(
    "learning_allowed",
    metadata,
    Column("subject", String(128), primary_key=True),
    Column("since", Instant, nullable=False),
)
