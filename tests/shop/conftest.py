"""A small real shop on disk, a clock that the test moves, and a shopper at the till."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.limits import ShopPolicy, load_policy
from policies.principal import Principal, Scope
from shop.books import BookSettings, GateBooks, migrate, open_books
from shop.payments import PaymentService
from shop.views import Card, Outcome, QuoteView, StockEntry
from tests.places import Place, PostgresPlace, Server, SqlitePlace

ANNA = Principal("guest:anna", "ses_anna", frozenset({Scope.CHAT, Scope.APPROVE}))
BELA = Principal("guest:bela", "ses_bela", frozenset({Scope.CHAT, Scope.APPROVE}))

GOODS = (
    StockEntry(variant_id="fen-oak", product_id="fen", product_title="Fen desk", price=64000, stock=5),
    StockEntry(
        variant_id="reed-250",
        product_id="reed",
        product_title="Reed runner",
        options={"size": "70 × 250 cm", "colour": "natural"},
        price=12900,
        stock=3,
    ),
    StockEntry(
        variant_id="reed-300",
        product_id="reed",
        product_title="Reed runner",
        options={"size": "70 × 300 cm", "colour": "natural"},
        price=14900,
        list_price=17900,
        stock=8,
    ),
    StockEntry(variant_id="harbour", product_id="harbour", product_title="Harbour lamp", price=7900, stock=100),
    StockEntry(variant_id="ember", product_id="ember", product_title="Ember loveseat", price=89900, stock=0),
)


@dataclass
class MovableClock:
    """Stands still until the test moves it."""

    now: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Till:
    """An open shop with the moves a test makes again and again."""

    place: Place
    books: GateBooks
    clock: MovableClock
    settings: BookSettings

    @property
    def home(self) -> Path:
        return self.place.home

    async def quote(self, who: Principal = ANNA, variant: str = "fen-oak", quantity: int = 1) -> QuoteView:
        await self.books.carts.add(who, variant, quantity)
        return await self.books.quotes.prepare(who)

    async def card(self, who: Principal = ANNA, variant: str = "fen-oak", quantity: int = 1) -> Card:
        quote = await self.quote(who, variant, quantity)
        return await self.books.gate.render(who, quote.quote_id)

    async def press(self, card: Card, who: Principal = ANNA) -> Outcome:
        return await self.books.gate.approve(who, card.quote_id, card.digest, card.challenge)

    async def buy(self, who: Principal = ANNA, variant: str = "fen-oak", quantity: int = 1) -> Outcome:
        outcome = await self.press(await self.card(who, variant, quantity), who)
        await self.books.worker.drive(outcome.intent_id)
        return await self.books.gate.outcome(who, outcome.intent_id)

    async def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """Run SQL from outside, as somebody with the file or the database in hand could."""
        return self.place.rows(statement, values)

    async def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Return all rows of all tables."""
        return {name: self.place.rows(f'SELECT * FROM "{name}" ORDER BY 1', {}) for name in sorted(self.place.tables())}

    async def pay_with(self, reference: str, who: Principal = ANNA) -> None:
        """Give the shopper a sandbox card of that behaviour and choose it."""
        await self.rows(
            "INSERT INTO payment_handles (subject, handle, label, reference) VALUES (:s, :h, :h, :h)",
            s=who.subject,
            h=reference,
        )
        await self.books.gate.set_checkout(who, payment_handle=reference)


def settings_of(place: Place, policy: ShopPolicy | None = None, **more: Any) -> BookSettings:
    return BookSettings(
        database_url=place.url,
        payments_path=place.home / "payments.sqlite",
        policy=policy or load_policy(),
        pseudonym_key=b"a key for tests, 32 bytes long..",
        **more,
    )


async def open_till(
    place: Place, clock: MovableClock, settings: BookSettings, payments: PaymentService | None = None
) -> Till:
    await migrate(settings.database_url)
    books = await open_books(settings, "gate", clock, payments=payments)
    await books.merchant.stock(GOODS)
    for who in (ANNA, BELA):
        await books.shoppers.ensure_guest(who)
    return Till(place, books, clock, settings)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where the test's books lie: every test runs on both databases."""
    if request.param == "sqlite":
        yield SqlitePlace(tmp_path)
        return
    server: Server = request.getfixturevalue("server")
    place = PostgresPlace(tmp_path, server, server.database("template"))
    yield place
    place.close()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def anna() -> Principal:
    return ANNA


@pytest.fixture
def bela() -> Principal:
    return BELA


@pytest.fixture
async def till(place: Place, clock: MovableClock) -> AsyncIterator[Till]:
    till = await open_till(place, clock, settings_of(place))
    yield till
    await till.books.aclose()


@pytest.fixture
async def reopen(place: Place, clock: MovableClock) -> AsyncIterator[Any]:
    """Open the same home again, with another policy, payment service or setting; closed after the test."""
    opened: list[Till] = []

    async def again(policy: ShopPolicy | None = None, payments: PaymentService | None = None, **more: Any) -> Till:
        till = await open_till(place, clock, settings_of(place, policy, **more), payments)
        opened.append(till)
        return till

    yield again
    for till in opened:
        await till.books.aclose()
