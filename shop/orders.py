"""Orders as they were approved, and where each approved purchase stands."""

from typing import Any

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.principal import Principal
from policies.quote import QuoteTerms, parse
from policies.words import state_text
from shop.context import ShopContext
from shop.quotes import line_views, outcome_state, total_views
from shop.stock import load_offers
from shop.tables import intents, orders, quotes
from shop.views import OrderView, Outcome


class Orders:
    """Reads the principal's own orders."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def mine(self, p: Principal, limit: int = 10) -> list[OrderView]:
        """Return the shopper's orders, newest first."""
        query = _orders().where(orders.c.subject == p.subject)
        query = query.order_by(orders.c.placed_at.desc(), orders.c.order_id).limit(limit)
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
            return [await _view(connection, self._context, row) for row in rows]

    async def get(self, p: Principal, order_id: str) -> OrderView | None:
        """Return one order of the shopper; None for unknown and foreign alike."""
        query = _orders().where(orders.c.subject == p.subject, orders.c.order_id == order_id)
        async with self._context.database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
            return None if row is None else await _view(connection, self._context, row)


async def load_outcome(
    connection: AsyncConnection, context: ShopContext, p: Principal, intent_id: str
) -> Outcome | None:
    """Read where a purchase of the principal stands, within a transaction; None for unknown and foreign alike."""
    query = (
        select(intents.c.state.label("stands"), quotes.c.terms, orders)
        .join(quotes, quotes.c.quote_id == intents.c.quote_id)
        .outerjoin(orders, orders.c.intent_id == intents.c.intent_id)
        .where(intents.c.intent_id == intent_id, intents.c.subject == p.subject)
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    placed = None if row["order_id"] is None else await _view(connection, context, row)
    return outcome_view(intent_id, parse(row["terms"]), row["stands"], placed)


def outcome_view(intent_id: str, terms: QuoteTerms, intent_state: str, order: OrderView | None = None) -> Outcome:
    """Say where a purchase stands."""
    state = outcome_state(intent_state)
    text = state_text(terms.locale, state)
    return Outcome(intent_id=intent_id, quote_id=terms.quote_id, state=state, text=text, order=order)


def _orders() -> Select[Any]:
    return select(orders, quotes.c.terms).join(quotes, quotes.c.quote_id == orders.c.quote_id)


async def _view(connection: AsyncConnection, context: ShopContext, row: RowMapping) -> OrderView:
    terms = parse(row["terms"])
    offers = await load_offers(connection, context, [line.variant_id for line in terms.lines])
    return OrderView(
        order_id=row["order_id"],
        quote_id=row["quote_id"],
        state=row["state"],
        state_text=state_text(terms.locale, row["state"]),
        placed_at=row["placed_at"],
        currency=row["currency"],
        lines=line_views(terms, offers),
        totals=total_views(terms),
        ship_to=terms.ship_to.label,
        delivery=terms.delivery.label,
        pay_with=terms.payment.label,
    )
