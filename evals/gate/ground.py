"""The ground a rig stands on: a real shop on disk, a clock it moves, and a look at the rows from outside."""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from evals.gate.place import Outside, Place, Row, outside
from policies.limits import ShopPolicy, load_policy
from policies.permits import UNPACED
from policies.principal import Principal, Scope
from policies.review import ReviewRules
from shop.books import BookSettings, GateBooks, migrate, open_books
from shop.change_views import ChangeOutcome
from shop.db import DatabaseSettings, is_sqlite
from shop.merchants.sandbox import open_sandbox
from shop.payments import PaymentService
from shop.views import Card, Outcome, StockEntry

# Cheap and dear, scarce and plenty, so that stock, limits, delivery steps and coupons all come into play.
GOODS = (
    StockEntry(variant_id="desk", product_id="desk", product_title="Fen desk", price=64_000, stock=6),
    StockEntry(variant_id="rug-250", product_id="rug", product_title="Reed runner", price=12_900, stock=3),
    StockEntry(variant_id="rug-300", product_id="rug", product_title="Reed runner", price=14_900, stock=8),
    StockEntry(variant_id="lamp", product_id="lamp", product_title="Harbour lamp", price=7_900, stock=40),
)
# How the sandbox service behaves for each reference; guests start with the first two.
INSTRUMENTS = ("card-4242", "card-declined", "card-lost-answer", "card-capture-refused")
KEY = b"a key of the rigs, 32 bytes long"
_HELD = "held"
# Long enough to meet the next presses, short enough that shoppers of the rigs go on: they wait for seconds or minutes.
_RATES = UNPACED.model_copy(update={"cool_down_s": 20})
# The sandbox service's records and the gift cards': each way to pay has its own.
_CHARGES = """
    SELECT authorisation_id, amount, captured, voided FROM sandbox_payments.authorisations
    UNION ALL SELECT authorisation_id, amount, captured, voided FROM gift_holds
"""

Step = Callable[[Principal], Awaitable[None]]


@dataclass(slots=True)
class MovedClock:
    """Stands still until the rig moves it."""

    now: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        """Return the rig's time."""
        return self.now

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass(slots=True)
class Ground:
    """An open shop, and its rows as somebody with the disk in hand sees them."""

    place: Place
    books: GateBooks
    clock: MovedClock
    policy: ShopPolicy
    beside: Outside

    def rows(self, statement: str, *values: Any) -> list[Row]:
        """Run SQL, `?` for values, beside the shop's own connections."""
        return self.beside.rows(statement, values)

    def charges(self) -> dict[str, Row]:
        """Return every authorisation that a way to pay knows by its id, as its own records have it."""
        return {row["authorisation_id"]: row for row in self.rows(_CHARGES)}

    async def guest(self) -> Principal:
        """Return a new shopper who may press, with every kind of card in the pocket."""
        name = secrets.token_hex(6)
        guest = Principal(f"guest:{name}", f"ses_{name}", frozenset({Scope.CHAT, Scope.APPROVE}))
        await self.books.shoppers.ensure_guest(guest)
        for handle in INSTRUMENTS[2:]:
            values = (guest.subject, handle, handle, handle)
            self.rows("INSERT INTO payment_handles (subject, handle, label, reference) VALUES (?, ?, ?, ?)", *values)
        return guest

    async def restock(self) -> None:
        """Put the goods back to what they are at the start, whatever is promised already."""
        promised = {row["variant_id"]: row["reserved"] for row in self.rows("SELECT variant_id, reserved FROM offers")}
        on_hand = [
            entry.model_copy(update={"stock": entry.stock + promised.get(entry.variant_id, 0)}) for entry in GOODS
        ]
        await self.books.merchant.stock(on_hand)

    async def press(self, card: Card, who: Principal) -> Outcome:
        """Press a purchase's card as the trusted surface does."""
        return await self.books.gate.approve(who, card.quote_id, card.digest, card.challenge)

    async def press_change(self, card: Card, who: Principal) -> ChangeOutcome:
        """Press a change's card as the trusted surface does."""
        return await self.books.gate.changes.approve(who, card.quote_id, card.digest, card.challenge)


def hold_orders(place: Place, above: int = 0) -> None:
    """Have the shop at a place hold orders of more than that for a person, from its next opening on; minor units."""
    (place.home / _HELD).write_text(str(above), encoding="ascii")


def settings_of(place: Place) -> BookSettings:
    """Return how a rig's shop is opened; the same in every process that works on one place."""
    held = place.home / _HELD
    rules = ReviewRules(above=int(held.read_text(encoding="ascii"))) if held.exists() else ReviewRules()
    return BookSettings(
        database_url=place.url,
        payments_path=place.payments,
        policy=load_policy().model_copy(update={"rates": _RATES, "review": rules}),
        pseudonym_key=KEY,
    )


async def open_service(place: Place) -> PaymentService:
    """Open the sandbox payment service on the records that belong to a place."""
    if is_sqlite(place.url):
        return await open_sandbox(DatabaseSettings(f"sqlite:///{place.payments}"))
    return await open_sandbox(DatabaseSettings(place.url, schema="sandbox_payments"))


@asynccontextmanager
async def open_ground(
    place: Place, payments: PaymentService | None = None, *, known: bool = False
) -> AsyncGenerator[Ground]:
    """Open a shop at a place; an empty one gets a new shop, stocked, unless it is `known` that one is there."""
    settings, clock = settings_of(place), MovedClock()
    if not known:
        await migrate(settings.database_url)
    books = await open_books(settings, "gate", clock, payments=payments)
    try:
        if await books.offers.variant(GOODS[0].variant_id) is None:
            await books.merchant.stock(GOODS)
        with outside(place) as beside:
            yield Ground(place, books, clock, settings.policy, beside)
    finally:
        await books.aclose()
