"""The ground a rig stands on: a real shop on disk, a clock it moves, and a look at the rows from outside."""

import secrets
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from policies.limits import ShopPolicy, load_policy
from policies.principal import Principal, Scope
from shop.books import BookSettings, GateBooks, migrate, open_books
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
_KEY = b"a key of the rigs, 32 bytes long"


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
    """An open shop, and its files as somebody with the disk in hand sees them."""

    home: Path
    books: GateBooks
    clock: MovedClock
    policy: ShopPolicy
    file: sqlite3.Connection
    payments: sqlite3.Connection

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Run SQL on the books beside the shop's own connections."""
        return _plain(self.file.execute(statement, values))

    def charges(self) -> list[dict[str, Any]]:
        """Return every authorisation the payment service knows, as its own records have it."""
        return _plain(self.payments.execute("SELECT amount, captured, voided FROM authorisations"))

    async def guest(self) -> Principal:
        """Return a new shopper who may press, with every kind of card in the pocket."""
        name = secrets.token_hex(6)
        guest = Principal(f"guest:{name}", f"ses_{name}", frozenset({Scope.CHAT, Scope.APPROVE}))
        await self.books.shoppers.ensure_guest(guest)
        for handle in INSTRUMENTS[2:]:
            values = (guest.subject, handle, handle, handle)
            self.rows("INSERT INTO payment_handles (subject, handle, label, reference) VALUES (?, ?, ?, ?)", *values)
        return guest

    async def press(self, card: Card, who: Principal) -> Outcome:
        """Press a card as the trusted surface does."""
        return await self.books.gate.approve(who, card.quote_id, card.digest, card.challenge)


def settings_of(home: Path) -> BookSettings:
    """Return how a rig's shop is opened; the same in every process that works on one home."""
    return BookSettings(
        database_url=f"sqlite+aiosqlite:///{home / 'books.sqlite'}",
        payments_path=home / "payments.sqlite",
        policy=load_policy(),
        pseudonym_key=_KEY,
    )


@asynccontextmanager
async def open_ground(home: Path, payments: PaymentService | None = None) -> AsyncGenerator[Ground]:
    """Open a shop in a folder; an empty folder gets a new one, stocked."""
    settings, clock = settings_of(home), MovedClock()
    await migrate(settings.database_url)
    books = await open_books(settings, "gate", clock, payments=payments)
    try:
        if await books.offers.variant(GOODS[0].variant_id) is None:
            await books.merchant.stock(GOODS)
        with closing(_beside(home / "books.sqlite")) as file, closing(_beside(settings.payments_path)) as paid:
            yield Ground(home, books, clock, settings.policy, file, paid)
    finally:
        await books.aclose()


def _beside(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=10, isolation_level=None)


def _plain(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]
