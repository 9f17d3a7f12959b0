"""The table of paid places that were shown; nobody's name is in it."""

from sqlalchemy import BigInteger, Column, String, Table, Text

from shop.tables import Instant, metadata

sponsored_places = Table(
    "sponsored_places",
    metadata,
    Column("place_id", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("advertiser", Text, nullable=False),
    Column("product_id", String(64), nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("fit_bp", BigInteger, nullable=False),
    Column("displaced", String(64), nullable=False),
    Column("displaced_fit_bp", BigInteger, nullable=False),
    Column("margin_bp", BigInteger, nullable=False),
    Column("policy", String(64), nullable=False),
)
