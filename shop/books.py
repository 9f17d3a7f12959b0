"""Opens the books: for the planner without any way to buy, or for the trusted surface with the purchase gate."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, overload

from policies.errors import SettingsError
from policies.limits import ShopPolicy
from shop.audit import AuditLog, AuditReader
from shop.audit_anchor import Anchor, Anchoring
from shop.boards import Boards
from shop.carts import Carts
from shop.case_desk import CaseDesk
from shop.case_worker import CaseWorker, Channel
from shop.cases import Cases
from shop.change_quotes import OrderChanges
from shop.clock import Clock, utc_now
from shop.context import ShopContext
from shop.conversations import Conversations, TurnRunning
from shop.db import Database, DatabaseSettings, is_sqlite
from shop.erasing import PERSONAL
from shop.events import Behaviour, Learning
from shop.exporting import Exports
from shop.fulfilment import Fulfilment
from shop.gate import Gate
from shop.gift_cards import GiftCards, Till
from shop.home import HomeGate
from shop.ledger import Ledger
from shop.memory import Memory
from shop.merchant import Merchant
from shop.merchants.sandbox import open_sandbox
from shop.orders import Orders
from shop.payments import PaymentService
from shop.privacy import Privacy
from shop.quotes import Quotes
from shop.recover import recover
from shop.retention import Retention
from shop.review import Reviews
from shop.schema import migrate, require_current, revision_of
from shop.sealing import Seals
from shop.shoppers import Shoppers
from shop.sign_ins import SignIns
from shop.sponsored import SponsoredPlaces
from shop.stock import Offers
from shop.worker import Worker

__all__ = ["BookSettings", "GateBooks", "PlannerBooks", "TurnRunning", "migrate", "open_books", "revision_of"]


@dataclass(frozen=True, slots=True)
class BookSettings:
    """Where the books are and by which rules they are kept.

    Args:
        database_url: "sqlite:///…" or "postgresql://…" of a database that `migrate` brought up to date.
        payments_path: The sandbox payment service's own SQLite file; on PostgreSQL it has a schema of its own there.
        policy: The shop's policy.
        pseudonym_key: Secret of the home, 16 bytes or more; not in the database. Pseudonyms and the log's seal use it.
        busy_timeout_ms: How long a write waits for another process.
        max_pages: Largest size of the database file in pages of 4 KiB; None is no limit.
        planner_url: PostgreSQL only: the same database for a user who is a plain member of `aisle_planner`; without
            it the planner's connections put that role on.
        told_by: Names of the ways in which people are told of cases; none where nobody is.
    """

    database_url: str
    payments_path: Path
    policy: ShopPolicy
    pseudonym_key: bytes
    busy_timeout_ms: int = 5_000
    max_pages: int | None = None
    planner_url: str | None = None
    told_by: tuple[str, ...] = ()


class PlannerBooks:
    """Everything the assistant may do: read, fill the cart, prepare a quote. No part of it can complete a purchase."""

    def __init__(self, context: ShopContext, talk: ShopContext, told_by: Sequence[str] = ()) -> None:
        self._databases = [context.database, talk.database]
        self.offers = Offers(context)
        self.carts = Carts(context)
        self.quotes = Quotes(context, self.carts)
        self.orders = Orders(context)
        self.changes = OrderChanges(context)
        self.shoppers = Shoppers(context)
        self.behaviour = Behaviour(talk)
        self.memory = Memory(talk)
        self.boards = Boards(talk)
        self.conversations = Conversations(talk)
        self.cases = Cases(context, told_by)
        self.ledger = Ledger(talk)
        self.sponsored = SponsoredPlaces(talk)

    async def aclose(self) -> None:
        """Close all connections."""
        for database in self._databases:
            await database.aclose()


class GateBooks(PlannerBooks):
    """What the trusted surface and the operator hold: the planner's books, the gate, the worker and the merchant."""

    def __init__(self, context: ShopContext, desk: PlannerBooks, talk: ShopContext, payments: PaymentService) -> None:
        super().__init__(context, talk, desk.cases.channels)
        self._context = context
        self._desk = desk
        self._payments = payments
        self.gate = Gate(context)
        self.home = HomeGate(context)
        self.gift_cards = GiftCards(context)
        self.worker = Worker(context, Till(self.gift_cards, payments))
        self.merchant = Merchant(context)
        self.fulfilment = Fulfilment(context)
        self.reviews = Reviews(context)
        self.audit = AuditReader(context.database, context.audit)
        self.privacy = Privacy(context)
        self.exports = Exports(context)
        self.learning = Learning(context)
        self.case_desk = CaseDesk(context, desk.cases.channels)
        self.retention = Retention(context)
        self.sign_ins = SignIns(context)

    def telling(self, channels: Sequence[Channel]) -> CaseWorker:
        """Return what tells the shop's people of cases by these channels."""
        return CaseWorker(self._context, channels)

    def for_planner(self) -> PlannerBooks:
        """Return books on a connection that can't write challenges, intents, orders or stock: hand these to tools."""
        return self._desk

    async def scrub(self) -> None:
        """Leave no byte of what was deleted in the books' files, as far as that is in our hands."""
        await self._context.database.scrub(PERSONAL)

    def anchoring(self, path: Path) -> Anchoring:
        """Return what adds the audit log's head to the anchor at `path`."""
        context = self._context
        return Anchoring(context.database, Anchor(path, context.audit), context.clock)

    async def recover(self) -> dict[str, int]:
        """Finish what a crash left unfinished; returns how many intents are in each state."""
        await self.shoppers.seal_older()
        return await recover(self._context, self.worker)

    async def aclose(self) -> None:
        """Close all connections, the payment service's too."""
        await self._desk.aclose()
        await super().aclose()
        await self._payments.aclose()


@overload
async def open_books(settings: BookSettings, role: Literal["planner"], clock: Clock = utc_now) -> PlannerBooks: ...


@overload
async def open_books(
    settings: BookSettings, role: Literal["gate"], clock: Clock = utc_now, *, payments: PaymentService | None = None
) -> GateBooks: ...


async def open_books(
    settings: BookSettings,
    role: Literal["planner", "gate"],
    clock: Clock = utc_now,
    *,
    payments: PaymentService | None = None,
) -> PlannerBooks | GateBooks:
    """Open migrated books in a role; `payments` replaces the sandbox service.

    Raises:
        SettingsError: The schema is missing, old or newer than this version knows; the key is too short; on
            PostgreSQL, the planner's user could write what it must not.
        Unavailable: A store can't be opened.
    """
    if len(settings.pseudonym_key) < 16:
        raise SettingsError("The home's pseudonym key is shorter than 16 bytes; give a longer one.")
    turnstile = asyncio.Lock()
    desk = _context(settings, clock, turnstile, planner=True)
    talk = _context(settings, clock, turnstile, planner=True, synchronous="NORMAL")
    async with AsyncExitStack() as opened:
        opened.push_async_callback(desk.database.aclose)
        opened.push_async_callback(talk.database.aclose)
        await require_current(desk.database)
        service = None if role == "planner" else payments or await open_sandbox(_sandbox(settings))
        opened.pop_all()
    planner = PlannerBooks(desk, talk, settings.told_by)
    return planner if service is None else GateBooks(_context(settings, clock, turnstile), planner, talk, service)


def _sandbox(settings: BookSettings) -> DatabaseSettings:
    if is_sqlite(settings.database_url):
        return DatabaseSettings(f"sqlite:///{settings.payments_path}")
    return DatabaseSettings(settings.database_url, schema="sandbox_payments")


def _context(
    settings: BookSettings,
    clock: Clock,
    turnstile: asyncio.Lock,
    *,
    planner: bool = False,
    synchronous: Literal["FULL", "NORMAL"] = "FULL",
) -> ShopContext:
    database = Database(
        DatabaseSettings(
            url=settings.planner_url or settings.database_url if planner else settings.database_url,
            synchronous=synchronous,
            busy_timeout_ms=settings.busy_timeout_ms,
            max_pages=settings.max_pages,
            planner=planner,
        ),
        turnstile,
    )
    log = AuditLog(settings.pseudonym_key, settings.policy.digest)
    return ShopContext(database, settings.policy, log, Seals(settings.pseudonym_key), clock)
