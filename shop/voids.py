"""Ends quotes that no longer count: something changed, a newer one came, or their time ran out."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shop.context import ShopContext
from shop.tables import carts, quotes
from shop.transitions import ACTIVE_QUOTE, QUOTE, Move, move

_OPEN = (
    select(quotes.c.quote_id, quotes.c.state, quotes.c.expires_at)
    .join(carts, carts.c.cart_id == quotes.c.cart_id)
    .where(carts.c.subject == bindparam("subject"), quotes.c.state.in_(ACTIVE_QUOTE))
)
_DUE = select(quotes.c.quote_id, quotes.c.state, quotes.c.subject).where(
    quotes.c.state.in_(ACTIVE_QUOTE), quotes.c.expires_at <= bindparam("now")
)


async def supersede_active(
    connection: AsyncConnection, context: ShopContext, subject: str, reason: str, at: datetime
) -> None:
    """End the shopper's open quote, if there is one; every challenge of it dies with it.

    Args:
        connection: The caller's transaction, the one that makes the change.
        context: The shop.
        subject: Whose cart.
        reason: For the audit row, e.g. "cart_changed", "newer_quote".
        at: The server's time.
    """
    for row in (await connection.execute(_OPEN, {"subject": subject})).mappings().all():
        after = "expired" if at >= row["expires_at"] else "superseded"
        wanted = Move(QUOTE, row["quote_id"], subject, row["state"], after, {"reason": reason})
        await move(connection, context.audit, wanted, at)


async def expire_due(context: ShopContext) -> int:
    """End all quotes whose time has run out; returns how many."""
    now = context.now()
    async with context.database.reading() as connection:
        due = (await connection.execute(_DUE, {"now": now})).mappings().all()
    ended = 0
    for row in due:
        wanted = Move(QUOTE, row["quote_id"], row["subject"], row["state"], "expired", {"reason": "time"})
        async with context.database.writing(row["subject"]) as connection:
            ended += await move(connection, context.audit, wanted, now)
    return ended
