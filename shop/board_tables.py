"""The tables of boards: named collections of products with notes, and what undo brings back."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, PrimaryKeyConstraint, String, Table, Text

from shop.tables import Instant, metadata

boards = Table(
    "boards",
    metadata,
    Column("board_id", String(64), primary_key=True),
    Column("subject", String(128), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("link", String(64), unique=True),
    Column("made_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

board_pieces = Table(
    "board_pieces",
    metadata,
    Column("board_id", String(64), ForeignKey("boards.board_id"), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("product_id", String(64), nullable=False),
    Column("variant_id", String(64)),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("board_id", "product_id"),
)

board_undo = Table(
    "board_undo",
    metadata,
    Column("board_id", String(64), ForeignKey("boards.board_id"), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("before", JSON, nullable=False),
    Column("changed", Text, nullable=False),
    PrimaryKeyConstraint("board_id", "version"),
)
