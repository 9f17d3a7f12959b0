"""The tables of cases that wait for a person: what was asked, what was said, and the outbox that tells the shop."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table, Text, text

from shop.tables import Instant, metadata

_WAITING = text("state = 'waiting'")

cases = Table(
    "cases",
    metadata,
    Column("case_id", String(16), primary_key=True),
    Column("subject", String(128), nullable=False, index=True),
    Column("session_id", String(64), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("context", JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

case_words = Table(
    "case_words",
    metadata,
    Column("case_id", String(16), ForeignKey("cases.case_id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("said_at", Instant, nullable=False),
    PrimaryKeyConstraint("case_id", "position"),
)

case_deliveries = Table(
    "case_deliveries",
    metadata,
    Column("delivery_id", String(64), primary_key=True),
    Column("case_id", String(16), ForeignKey("cases.case_id"), nullable=False, index=True),
    Column("event", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("done", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("delivered_at", Instant),
    Index("case_deliveries_due", "next_try_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
)
