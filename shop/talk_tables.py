"""The tables of conversations: who talks, what was said and shown. No money here."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from shop.tables import Instant, metadata

_RUNNING_TURN = text("state = 'running'")

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", String(64), primary_key=True),
    Column("subject", String(128), nullable=False, index=True),
    Column("origin", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("title", Text, nullable=False, server_default=text("''")),
)

turns = Table(
    "turns",
    metadata,
    Column("turn_id", String(64), primary_key=True),
    Column("session_id", String(64), ForeignKey("sessions.session_id"), nullable=False),
    Column("client_turn_id", String(128), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("image_ids", JSON, nullable=False, server_default=text("'[]'")),
    UniqueConstraint("session_id", "client_turn_id", name="turns_once_per_client_id"),
    Index("turns_one_running", "session_id", unique=True, sqlite_where=_RUNNING_TURN, postgresql_where=_RUNNING_TURN),
)

events = Table(
    "events",
    metadata,
    Column("session_id", String(64), ForeignKey("sessions.session_id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("turn_id", String(64), ForeignKey("turns.turn_id")),
    Column("event", String(32), nullable=False),
    Column("data", JSON, nullable=False),
    PrimaryKeyConstraint("session_id", "seq"),
)
