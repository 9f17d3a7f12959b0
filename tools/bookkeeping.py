"""From the books' views of carts, quotes and orders to the records that pages draw."""

from collections.abc import Sequence
from datetime import UTC, datetime

from policies.money import Money
from shop.change_views import ChangeTotalView, ChangeView
from shop.views import CartView, LineView, OrderView, QuoteView, TotalView
from tools.records import Cart, Line, Order, Quote, TotalLine


def cart_record(view: CartView) -> Cart:
    """Return the cart as it was read back after the change."""
    return Cart(
        version=view.version,
        lines=_lines(view.lines, view.currency),
        totals=_totals(view.totals, view.currency),
        changed=view.changed,
        undo=view.can_undo,
    )


def quote_record(view: QuoteView) -> Quote:
    """Return the summary of a prepared purchase; nothing on it lets anyone approve it."""
    return Quote(
        quote_id=view.quote_id,
        state=view.state,
        lines=_lines(view.lines, view.currency),
        totals=_totals(view.totals, view.currency),
        ship_to=view.ship_to,
        delivery=view.delivery,
        pay_with=view.pay_with,
        expires_at=_written(view.expires_at),
    )


def change_record(view: ChangeView) -> Quote:
    """Return the summary of a prepared change, as pages draw that of a purchase; nothing on it approves it."""
    return Quote(
        quote_id=view.quote_id,
        action=view.kind,
        order_id=view.order_id,
        state=view.state,
        lines=_lines(view.lines, view.currency),
        totals=_totals(view.totals, view.currency),
        ship_to=view.ship_to,
        delivery="",
        pay_with=view.instrument,
        expires_at=_written(view.expires_at),
    )


def order_record(view: OrderView) -> Order:
    """Return an order with the wording of its state that the policies' templates gave it."""
    return Order(
        order_id=view.order_id,
        state=view.state,
        state_text=view.state_text,
        placed_at=_written(view.placed_at),
        lines=_lines(view.lines, view.currency),
        totals=_totals(view.totals, view.currency),
        ship_to=view.ship_to,
        delivery=view.delivery,
        refunded=Money(amount=view.refunded, currency=view.currency) if view.refunded else None,
        can=list(view.can),
    )


def _lines(lines: Sequence[LineView], currency: str) -> list[Line]:
    return [
        Line(
            line_id=line.line_id,
            product_id=line.product_id,
            variant_id=line.variant_id,
            title=line.title,
            options=line.options,
            quantity=line.quantity,
            unit_price=Money(amount=line.unit_price, currency=currency),
            total=Money(amount=line.total, currency=currency),
            image_url=line.image_url,
            note=line.note,
        )
        for line in lines
    ]


def _totals(totals: Sequence[TotalView | ChangeTotalView], currency: str) -> list[TotalLine]:
    return [
        TotalLine(name=total.name, label=total.label, amount=Money(amount=total.amount, currency=currency))
        for total in totals
    ]


def _written(moment: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC, whole seconds: '2026-11-21T06:00:00Z'."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
