"""The tables of a prepared change of the address that a shopper's orders go to, and of its challenges."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, text

from shop.tables import Instant, metadata

_ACTIVE_QUOTE = text("state IN ('quoted', 'awaiting_approval')")

home_quotes = Table(
    "home_quotes",
    metadata,
    Column("quote_id", String(64), primary_key=True),
    Column("subject", String(128), ForeignKey("shoppers.subject"), nullable=False, index=True),
    Column("session_id", String(64), nullable=False),
    Column("state", String(24), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("terms", Text, nullable=False),
    Column("content", JSON, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Instant),
    Index("home_quotes_one_active", "subject", unique=True, sqlite_where=_ACTIVE_QUOTE, postgresql_where=_ACTIVE_QUOTE),
)

home_challenges = Table(
    "home_challenges",
    metadata,
    Column("challenge_hash", String(64), primary_key=True),
    Column("quote_id", String(64), ForeignKey("home_quotes.quote_id"), nullable=False, index=True),
    Column("minted_at", Instant, nullable=False),
)
