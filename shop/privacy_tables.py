"""The tables of who is who: a data key per shopper, who was erased, which sign-ins were used; no name in clear."""

from sqlalchemy import JSON, Column, String, Table, Text

from shop.tables import Instant
from shop.talk_tables import metadata

subject_keys = Table(
    "subject_keys",
    metadata,
    Column("subject", String(128), primary_key=True),
    Column("wrapped", Text, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("pseudonym", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("unfinished", JSON(none_as_null=True)),
)

spent_sign_ins = Table(
    "spent_sign_ins",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("expires_at", Instant, nullable=False),
)
