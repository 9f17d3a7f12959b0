"""Tau2's users, goods and orders as a shop of ours: each old order is bought through the gate, then delivered."""

import json
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from evals.gate.ground import Ground, MovedClock
from evals.gate.place import Place, outside
from evals.gate.replay_data import Json, Retail
from policies.limits import DeliveryOption, Limits, ReturnRules, ShopPolicy, TaxRule, load_policy
from policies.order_address import NewAddress
from policies.permits import UNPACED
from policies.principal import Principal, Scope
from shop.books import BookSettings, open_books
from shop.views import OrderView, StockEntry

_PLENTY = 1_000_000
_DEAR = 10**9  # minor units: no limit of ours is to decide what tau2 decided without one
_KEY = b"a key of the rigs, 32 bytes long"
_ADD_SHOPPER = (
    "INSERT INTO shoppers (subject, locale, address, delivery, payment, created_at) VALUES (?, ?, ?, ?, ?, ?)"
)
_ADD_ADDRESS = "INSERT INTO addresses (subject, handle, label, region, content) VALUES (?, ?, ?, ?, ?)"
_ADD_MEANS = "INSERT INTO payment_handles (subject, handle, label, reference) VALUES (?, ?, ?, ?)"


@dataclass(slots=True)
class Shop:
    """An open shop with what was imported: our id of each order, by tau2's."""

    ground: Ground
    orders: dict[str, str] = field(default_factory=dict[str, str])


def policy() -> ShopPolicy:
    """Return the shop's policy for tau2's world: no tax, free delivery, no window, differences to any own card."""
    free = DeliveryOption(handle="standard", price=0, label={"en": "delivery"})
    return load_policy().model_copy(
        update={
            "limits": Limits(order=_DEAR, day=_DEAR, orders_per_day=1_000, line_quantity=99, lines=200),
            "delivery": (free,),
            "tax": (TaxRule(region="US", basis_points=0),),
            "coupons": (),
            "rates": UNPACED,
            "returns": ReturnRules(window_days=3650, difference_anywhere=True),
        }
    )


def settings(place: Place) -> BookSettings:
    """Return how the shop at a place is opened, in every process alike."""
    return BookSettings(place.url, place.payments, policy(), _KEY)


@asynccontextmanager
async def open_shop(place: Place) -> AsyncGenerator[Ground]:
    """Open the migrated shop at a place."""
    made, clock = settings(place), MovedClock()
    books = await open_books(made, "gate", clock)
    try:
        with outside(place) as beside:
            yield Ground(place, books, clock, made.policy, beside)
    finally:
        await books.aclose()


def principal(user_id: str, session: str = "ses_replay") -> Principal:
    """Return a user as a shopper who may press."""
    return Principal(f"user:{user_id}", session, frozenset({Scope.CHAT, Scope.APPROVE}))


def new_address(given: Json) -> NewAddress:
    """Return an address of tau2's as a shopper would give it to us."""
    return NewAddress(
        street=given["address1"],
        more=given["address2"],
        postcode=given["zip"],
        city=given["city"],
        state=given["state"],
        region={"USA": "US"}[given["country"]],
    )


def old_address(content: Json, region: str) -> Json:
    """Return an address of ours as tau2 writes it."""
    return {
        "address1": content["street"],
        "address2": content["more"],
        "city": content["city"],
        "country": {"US": "USA"}[region],
        "state": content["state"],
        "zip": content["postcode"],
    }


async def import_users(shop: Shop, retail: Retail, user_ids: Iterable[str]) -> None:
    """Bring these users with all their orders into an empty shop.

    Goods come in by the merchant, gift cards by their own door, names of addresses and cards as rows, as an operator
    would copy them. Orders are bought, so that each has its approval, its money at the service and its audit rows.
    """
    users = [retail.users[user_id] for user_id in user_ids]
    old = [retail.orders[order_id] for user in users for order_id in user["orders"]]
    kept = [order for order in old if order["status"] != "cancelled"]
    await _stock(shop, retail, {line["product_id"] for order in old for line in order["items"]})
    for user in users:
        mine = [order for order in kept if order["user_id"] == user["user_id"]]
        await _move_in(shop, user, mine)
        await shop.ground.books.shoppers.seal_older()
        for order in mine:
            await _buy(shop, user, order)
    await _sell_out(shop, retail)


async def _stock(shop: Shop, retail: Retail, product_ids: set[str]) -> None:
    entries = [
        StockEntry(
            variant_id=variant["item_id"],
            product_id=product["product_id"],
            product_title=product["name"],
            options=variant["options"],
            price=variant["price"],
            stock=_PLENTY,
        )
        for product in (retail.products[product_id] for product_id in sorted(product_ids))
        for variant in product["variants"].values()
    ]
    await shop.ground.books.merchant.stock(entries)


async def _sell_out(shop: Shop, retail: Retail) -> None:
    """Take off what tau2 has no more of; before, it was bought."""
    known = {row["variant_id"] for row in shop.ground.rows("SELECT variant_id FROM offers")}
    for product in retail.products.values():
        for variant in product["variants"].values():
            if variant["item_id"] in known and not variant["available"]:
                await shop.ground.books.merchant.set_offer(variant["item_id"], stock=0)


async def _move_in(shop: Shop, user: Json, orders: list[Json]) -> None:
    ground, who = shop.ground, principal(user["user_id"])
    joined = "2026-01-01T00:00:00.000000Z"
    ground.rows(_ADD_SHOPPER, who.subject, "en", "home", "standard", None, joined)
    _add_address(ground, who, "home", user["address"])
    for method, means in user["payment_methods"].items():
        if means["source"] != "gift_card":
            ground.rows(_ADD_MEANS, who.subject, method, method, method)
            continue
        spent = sum(p["amount"] for o in orders for p in o["payment_history"] if p["payment_method_id"] == method)
        await ground.books.gift_cards.issue(who.subject, (method, method), means["balance"] + spent)


def _add_address(ground: Ground, who: Principal, handle: str, given: Json) -> None:
    new = new_address(given)
    ground.rows(_ADD_ADDRESS, who.subject, handle, new.label, new.region, json.dumps(new.content))


async def _buy(shop: Shop, user: Json, order: Json) -> None:
    ground, who, handle = shop.ground, principal(user["user_id"]), "home"
    if order["address"] != user["address"]:
        handle = f"of-{order['order_id'].strip('#').lower()}"
        _add_address(ground, who, handle, order["address"])
        await ground.books.shoppers.seal_older()
    (payment,) = order["payment_history"]
    await ground.books.gate.set_checkout(who, handle, "standard", payment["payment_method_id"])
    for line in order["items"]:
        await ground.books.carts.add(who, line["item_id"], 1)
    quote = await ground.books.quotes.prepare(who)
    outcome = await ground.press(await ground.books.gate.render(who, quote.quote_id), who)
    await ground.books.worker.drive(outcome.intent_id)
    placed = await ground.books.gate.outcome(who, outcome.intent_id)
    if placed.order is None or placed.order.state != "captured" or placed.order.total != payment["amount"]:
        raise LookupError(f"{order['order_id']} could not be bought as tau2 has it: {placed}")
    shop.orders[order["order_id"]] = placed.order.order_id
    await _come_to(ground, placed.order, order["status"])
    await ground.books.gate.set_checkout(who, "home")


async def _come_to(ground: Ground, order: OrderView, status: str) -> None:
    if status in ("processed", "delivered"):
        await ground.books.fulfilment.ship(order.order_id)
    if status == "delivered":
        await ground.books.fulfilment.deliver(order.order_id)
