"""Orders as they were approved, and where each approved purchase stands."""

from collections.abc import Mapping, Sequence

from sqlalchemy import RowMapping, bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.principal import Principal
from policies.quote import QuoteTerms, parse
from policies.words import say, state_text
from shop.change_rules import possible
from shop.change_said import order_text
from shop.change_tables import order_changes
from shop.context import ShopContext
from shop.held import Held, HeldLine, held_of
from shop.quotes import outcome_state
from shop.stock import load_offers
from shop.tables import intents, orders, quotes
from shop.views import LineView, OrderView, Outcome, StockedOffer, TotalView

_WHOSE = orders.c.subject == bindparam("subject")
_NEWEST = (
    select(orders).where(_WHOSE).order_by(orders.c.placed_at.desc(), orders.c.order_id).limit(bindparam("at_most"))
)
_ONE = select(orders).where(_WHOSE, orders.c.order_id == bindparam("order_id"))
_CANCELLED = exists().where(order_changes.c.order_id == orders.c.order_id, order_changes.c.kind == "cancel")
_STANDS = (
    select(intents.c.state.label("stands"), quotes.c.terms, _CANCELLED.label("cancelled"), orders)
    .join(quotes, quotes.c.quote_id == intents.c.quote_id)
    .outerjoin(orders, orders.c.intent_id == intents.c.intent_id)
    .where(intents.c.intent_id == bindparam("bought"), intents.c.subject == bindparam("whose"))
)


class Orders:
    """Reads the principal's own orders."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def mine(self, p: Principal, limit: int = 10) -> list[OrderView]:
        """Return the shopper's orders, newest first."""
        mine = {"subject": p.subject, "at_most": limit}
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(_NEWEST, mine)).mappings().all()
            return await order_views(connection, self._context, rows)

    async def get(self, p: Principal, order_id: str) -> OrderView | None:
        """Return one order of the shopper; None for unknown and foreign alike."""
        mine = {"subject": p.subject, "order_id": order_id}
        async with self._context.database.reading() as connection:
            row = (await connection.execute(_ONE, mine)).mappings().one_or_none()
            return None if row is None else (await order_views(connection, self._context, [row]))[0]


async def load_outcome(
    connection: AsyncConnection, context: ShopContext, p: Principal, intent_id: str
) -> Outcome | None:
    """Read where a purchase of the principal stands, within a transaction; None for unknown and foreign alike."""
    mine = {"bought": intent_id, "whose": p.subject}
    row = (await connection.execute(_STANDS, mine)).mappings().one_or_none()
    if row is None:
        return None
    placed = None if row["order_id"] is None else (await order_views(connection, context, [row]))[0]
    return outcome_view(intent_id, parse(row["terms"]), row["stands"], placed, cancelled=row["cancelled"])


def outcome_view(
    intent_id: str, terms: QuoteTerms, intent_state: str, order: OrderView | None = None, *, cancelled: bool = False
) -> Outcome:
    """Say where a purchase stands; of one that was ordered its order says it, also when the shopper `cancelled` it."""
    state = outcome_state(intent_state, order.state if order is not None else None)
    text = state_text(terms.locale, state)
    if order is not None and cancelled:
        state, text = "cancelled", order.state_text
    elif order is not None and state == "captured":
        text = order.state_text
    return Outcome(intent_id=intent_id, quote_id=terms.quote_id, state=state, text=text, order=order)


async def order_views(connection: AsyncConnection, context: ShopContext, rows: Sequence[RowMapping]) -> list[OrderView]:
    """Return orders as they stand, from rows of `orders`."""
    held = await held_of(connection, rows)
    variants = sorted({line.variant_id for each in held for line in each.content.lines})
    offers = await load_offers(connection, context, variants)
    return [_view(context, each, offers) for each in held]


def _view(context: ShopContext, held: Held, offers: Mapping[str, StockedOffer]) -> OrderView:
    terms, content = held.terms, held.content
    # What went back entirely is still shown with what it cost.
    priced = content.was or content.totals
    return OrderView(
        order_id=held.row["order_id"],
        quote_id=held.row["quote_id"],
        state=held.row["state"],
        state_text=order_text(held),
        placed_at=held.row["placed_at"],
        currency=held.row["currency"],
        lines=tuple(_line(line, offers, terms.locale) for line in content.lines),
        totals=tuple(TotalView(name=line.name, label=line.label, amount=line.amount) for line in priced),
        ship_to=content.ship_to.label,
        delivery=content.delivery.label,
        pay_with=", ".join(held.paying.values()),
        refunded=held.refunded,
        can=possible(context.policy, held, context.now()),
    )


def _line(line: HeldLine, offers: Mapping[str, StockedOffer], locale: str) -> LineView:
    back = {"count": line.returned, "quantity": line.quantity}
    return LineView(
        line_id=line.line_id,
        product_id=line.product_id,
        variant_id=line.variant_id,
        title=line.title,
        options=line.options,
        quantity=line.quantity,
        unit_price=line.unit_price,
        total=line.unit_price * line.quantity,
        image_url=offers[line.variant_id].image_url if line.variant_id in offers else None,
        note=say(locale, "line_returned", **back) if line.returned else "",
    )
