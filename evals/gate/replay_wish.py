"""Tau2's gold calls as wishes of our shop, and the same wishes with one field changed."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import cast

from evals.gate.replay_data import Call, Json, Retail
from evals.gate.replay_shop import Shop, new_address, principal
from evals.gate.replay_state import REASONS
from policies.order_address import NewAddress
from policies.order_change import CancelReason, ChangeKind
from policies.principal import Principal
from shop.change_terms import ChangeWanted, LineWanted
from shop.home import is_home
from shop.views import Card

_KINDS: dict[str, ChangeKind] = {
    "cancel_pending_order": "cancel",
    "modify_pending_order_items": "items",
    "modify_pending_order_address": "address",
    "modify_pending_order_payment": "payment",
    "return_delivered_order_items": "return",
    "exchange_delivered_order_items": "exchange",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a gold call asks of our shop: a change of an order, or a new address for orders to come."""

    who: Principal
    order_id: str
    change: ChangeWanted | NewAddress

    async def prepare(self, shop: Shop, who: Principal | None = None) -> str:
        """Prepare it as `who`, or as its owner; returns the id of its card."""
        books, asker = shop.ground.books, who or self.who
        if isinstance(self.change, NewAddress):
            return (await books.home.prepare(asker, self.change)).quote_id
        return (await books.changes.prepare(asker, self.order_id, self.change)).quote_id


async def render(shop: Shop, who: Principal, quote_id: str) -> Card:
    """Draw a card as the trusted surface does."""
    books = shop.ground.books
    return await (books.home if is_home(quote_id) else books.gate).render(who, quote_id)


async def press(shop: Shop, who: Principal, card: Card) -> str:
    """Press a card; returns the id of what came of it, the same for every repeat."""
    books = shop.ground.books
    if is_home(card.quote_id):
        return (await books.home.approve(who, card.quote_id, card.digest, card.challenge)).quote_id
    return (await books.gate.changes.approve(who, card.quote_id, card.digest, card.challenge)).change_id


async def wish_of(shop: Shop, retail: Retail, call: Call) -> Wish:
    """Return what the call asks for; its lines are looked up in the order as it stands."""
    given, who = call.arguments, principal(retail.owner(call))
    if call.name == "modify_user_address":
        return Wish(who, "", new_address(given))
    order_id, kind = shop.orders[given["order_id"]], _KINDS[call.name]
    lines = await _lines(shop, who, order_id, given) if "item_ids" in given else ()
    change = ChangeWanted(
        kind=kind,
        lines=lines,
        new_address=new_address(given) if kind == "address" else None,
        instrument=given.get("payment_method_id"),
        reason=cast(CancelReason, REASONS[given["reason"]]) if kind == "cancel" else None,
    )
    return Wish(who, order_id, change)


def perturbed(shop: Shop, retail: Retail, call: Call, wish: Wish) -> Generator[tuple[str, Wish]]:
    """Yield the wish with one field changed, and the field's name: what an approval of the first must not cover."""
    change = wish.change
    if isinstance(change, NewAddress):
        yield "address", replace(wish, change=_misspelt(change))
        return
    yield from _other_lines(retail, call, wish, change)
    if change.new_address is not None:
        yield "address", replace(wish, change=replace(change, new_address=_misspelt(change.new_address)))
    methods = [name for name in retail.users[retail.owner(call)]["payment_methods"] if name != change.instrument]
    if methods:
        yield "payment", replace(wish, change=replace(change, instrument=methods[0]))
    others = [order_id for order_id in shop.orders.values() if order_id != wish.order_id]
    if others:
        yield "order", replace(wish, order_id=others[0])


def _other_lines(retail: Retail, call: Call, wish: Wish, change: ChangeWanted) -> Generator[tuple[str, Wish]]:
    if not change.lines:
        return
    first, rest = change.lines[0], change.lines[1:]
    more = replace(first, quantity=(first.quantity or 1) + 1)
    yield "quantity", replace(wish, change=replace(change, lines=(more, *rest)))
    if first.variant_id is None:
        fewer = change.lines[1:] or (replace(first, line_id="line_of_nobody"),)
        yield "item", replace(wish, change=replace(change, lines=fewer))
        return
    product = next(p for p in retail.products.values() if first.variant_id in p["variants"])
    goes = call.arguments["item_ids"][0]
    other = [v for v, each in product["variants"].items() if each["available"] and v not in (first.variant_id, goes)]
    comes = other[0] if other else "no_such_variant"
    yield "item", replace(wish, change=replace(change, lines=(replace(first, variant_id=comes), *rest)))


async def _lines(shop: Shop, who: Principal, order_id: str, given: Json) -> tuple[LineWanted, ...]:
    order = await shop.ground.books.orders.get(who, order_id)
    if order is None:
        raise LookupError(f"{given['order_id']} was imported and is gone")
    line_of = {line.variant_id: line.line_id for line in order.lines}
    comes = given.get("new_item_ids") or [None] * len(given["item_ids"])
    counted: dict[tuple[str, str | None], int] = {}
    for goes, new in zip(given["item_ids"], comes, strict=True):
        pair = (line_of[goes], new)
        counted[pair] = counted.get(pair, 0) + 1
    return tuple(LineWanted(line_id, count, new) for (line_id, new), count in counted.items())


def _misspelt(address: NewAddress) -> NewAddress:
    last = address.street[-1]
    return address.model_copy(update={"street": f"{address.street[:-1]}{'x' if last != 'x' else 'y'}"})
