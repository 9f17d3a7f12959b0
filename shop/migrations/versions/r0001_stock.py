"""Stock, shoppers and carts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, each after those it points to."""
    _carts()
    _offer_changes()
    _offers()
    _shoppers()
    _addresses()
    _cart_lines()
    _cart_undo()
    _payment_handles()


def _carts() -> None:
    op.create_table(
        "carts",
        sa.Column("cart_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("coupon", sa.String(length=32), nullable=True),
        sa.Column("changed_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("cart_id"),
        sa.UniqueConstraint("subject"),
    )


def _offer_changes() -> None:
    op.create_table(
        "offer_changes",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("variant_id", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("variant_id", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("product_title", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("list_price", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False),
        sa.Column("sellable", sa.Boolean(), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.CheckConstraint("available + reserved + sold = received", name="offers_conserved"),
        sa.CheckConstraint("available >= 0 AND reserved >= 0 AND sold >= 0", name="offers_never_negative"),
        sa.CheckConstraint("price >= 0", name="offers_price"),
        sa.PrimaryKeyConstraint("variant_id"),
    )
    op.create_index(op.f("ix_offers_product_id"), "offers", ["product_id"], unique=False)


def _shoppers() -> None:
    op.create_table(
        "shoppers",
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("delivery", sa.String(length=64), nullable=True),
        sa.Column("payment", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )


def _addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject"],
            ["shoppers.subject"],
        ),
        sa.PrimaryKeyConstraint("subject", "handle"),
    )


def _cart_lines() -> None:
    op.create_table(
        "cart_lines",
        sa.Column("cart_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name="cart_lines_quantity"),
        sa.ForeignKeyConstraint(
            ["cart_id"],
            ["carts.cart_id"],
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["offers.variant_id"],
        ),
        sa.PrimaryKeyConstraint("cart_id", "line_id"),
        sa.UniqueConstraint("cart_id", "variant_id", name="cart_lines_one_per_variant"),
    )


def _cart_undo() -> None:
    op.create_table(
        "cart_undo",
        sa.Column("cart_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cart_id"],
            ["carts.cart_id"],
        ),
        sa.PrimaryKeyConstraint("cart_id", "version"),
    )


def _payment_handles() -> None:
    op.create_table(
        "payment_handles",
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject"],
            ["shoppers.subject"],
        ),
        sa.PrimaryKeyConstraint("subject", "handle"),
    )
