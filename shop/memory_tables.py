"""The table of what shoppers asked to be remembered: typed entries with their own words and when they said them."""

from sqlalchemy import JSON, Boolean, Column, PrimaryKeyConstraint, String, Table, Text, text

from shop.tables import Instant, metadata

memory_entries = Table(
    "memory_entries",
    metadata,
    Column("subject", String(128), nullable=False),
    Column("key", String(200), nullable=False),
    Column("entry", JSON, nullable=False),
    Column("words", Text, nullable=False),
    Column("session_id", String(64), nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("subject", "key"),
)
