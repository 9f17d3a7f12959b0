"""The tables of what models cost: calls, turns and running totals. Whose they are is a keyed pseudonym, no more."""

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, String, Table

from shop.tables import Instant, metadata

# A call is `held` with the most it may cost until it is over; a hold that outlived its call counts no more.
model_calls = Table(
    "model_calls",
    metadata,
    Column("call_id", String(64), primary_key=True),
    Column("turn_id", String(64), nullable=False),
    Column("conversation", String(64), nullable=False),
    Column("who", String(64), nullable=False, index=True),
    Column("guest", Integer, nullable=False),
    Column("tenant", String(64), nullable=False),
    Column("model", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("cached_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("millis", BigInteger, nullable=False),
    Column("micros", BigInteger, nullable=False),
    Index("model_calls_held", "state", "expires_at"),
)

model_turns = Table(
    "model_turns",
    metadata,
    Column("turn_id", String(64), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("conversation", String(64), nullable=False),
    Column("who", String(64), nullable=False, index=True),
    Column("guest", Integer, nullable=False),
    Column("tenant", String(64), nullable=False),
    Column("model", String(64), nullable=False),
    Column("route", String(16), nullable=False),
    Column("reason", String(120), nullable=False),
    Column("intents", String(120), nullable=False),
    Column("pattern", String(200), nullable=False),
    Column("confidence", Integer),
    Column("quality", Integer),
    Column("outcome", String(16), nullable=False),
    Column("calls", Integer, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("cached_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("millis", BigInteger, nullable=False),
    Column("micros", BigInteger, nullable=False),
)

# Settled money by what a cap is about, so that a cap is one row to read however many calls there were.
model_totals = Table(
    "model_totals",
    metadata,
    Column("scope", String(16), nullable=False),
    Column("key", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("who", String(64), nullable=False, index=True),
    Column("micros", BigInteger, nullable=False),
    PrimaryKeyConstraint("scope", "key", "day"),
)
