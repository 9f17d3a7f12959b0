"""Real parts for tests: a small shop in a real index and real books, fresh for every test that asks for one."""

import asyncio
import subprocess
from collections.abc import AsyncGenerator, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from policies.limits import load_policy
from policies.principal import Principal, Scope
from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.demo import generate
from retrieval.encode import TextEncoder, open_encoder
from retrieval.product import CatalogueEntry
from retrieval.storage import EmbeddedStorage
from shop.books import BookSettings, GateBooks, PlannerBooks, migrate, open_books
from shop.clock import utc_now
from tests.fakes import POLICIES, crafted_entries
from tests.places import Server
from tools.stocking import stock_shop
from tools.tool import ToolContext

DEMO_PRODUCTS = 60


def pytest_configure() -> None:
    """Time no example: how long one takes is the machine's business."""
    settings.register_profile("aisle", deadline=None)
    settings.load_profile("aisle")


@pytest.fixture(scope="session")
def shop_entries() -> tuple[CatalogueEntry, ...]:
    """Every product of the small shop: some generated as for the demo, and those of `tests/fakes.py`."""
    return (*generate(products=DEMO_PRODUCTS, seed=7).entries, *crafted_entries())


@pytest.fixture(scope="session")
def encoder_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the encoder's built graph is kept, once for all tests."""
    return tmp_path_factory.mktemp("encoder")


@pytest.fixture(scope="session")
def loaded_encoder(encoder_cache: Path) -> TextEncoder:
    """The encoder with its weights loaded; belongs to no event loop that lives on, so tests use `encoder`."""
    return asyncio.run(open_encoder(None, encoder_cache))


@pytest.fixture
def encoder(loaded_encoder: TextEncoder) -> TextEncoder:
    """The real text encoder, bound to nothing yet; the loaded weights are shared."""
    return TextEncoder(loaded_encoder._session, loaded_encoder._tokenizer)


def book_settings(home: Path) -> BookSettings:
    """Settings of books that lie in one folder."""
    return BookSettings(
        database_url=f"sqlite:///{home / 'books.sqlite'}",
        payments_path=home / "payments.sqlite",
        policy=load_policy(None),
        pseudonym_key=b"k" * 32,
    )


@pytest.fixture(scope="session")
def stocked_home(
    tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path, shop_entries: tuple[CatalogueEntry, ...]
) -> Path:
    """A home whose index and books hold the small shop, made once; tests work on copies."""
    home = tmp_path_factory.mktemp("stocked")
    asyncio.run(stock_home(home, encoder_cache, shop_entries))
    return home


async def stock_home(home: Path, encoder_cache: Path, entries: Iterable[CatalogueEntry]) -> None:
    """Make a home whose index and books hold these products."""
    settings = book_settings(home)
    await migrate(settings.database_url)
    catalog = await open_index(IndexSettings(path=home / "index", cache_dir=encoder_cache))
    books = await open_books(settings, "gate")
    await stock_shop(entries, catalog, books.merchant, POLICIES)
    await books.aclose()
    await catalog.aclose()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server with one migrated database, `template`, to copy."""
    with TemporaryDirectory(prefix="aisle-pg-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        server.run("CREATE DATABASE template TEMPLATE template0")
        asyncio.run(migrate(server.url("template")))
        yield server
        server.stop()


def copied_home(home: Path, to: Path) -> Path:
    """Copy a home that no process uses.

    The engine lays out large files that are nearly all holes; `cp` keeps the holes, so a copy takes 3 MB.
    """
    subprocess.run(["cp", "-r", "--sparse=always", str(home), str(to)], check=True)
    return to


@pytest.fixture
def home(tmp_path: Path, stocked_home: Path) -> Path:
    """A copy of the stocked home that belongs to one test."""
    return copied_home(stocked_home, tmp_path / "home")


@pytest.fixture
async def catalog(home: Path, encoder: TextEncoder) -> AsyncGenerator[Catalog]:
    """The small shop's real index."""
    storage = await EmbeddedStorage.open(home / "index")
    catalog = Catalog(storage, encoder, await storage.current())
    yield catalog
    await catalog.aclose()


class Clock:
    """The server's time, moved by a test."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        """Return the time a test set."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until a test moves it."""
    return Clock()


@pytest.fixture
async def gate(home: Path, clock: Clock) -> AsyncGenerator[GateBooks]:
    """The small shop's real books, in the role of the trusted surface."""
    books = await open_books(book_settings(home), "gate", clock)
    yield books
    await books.aclose()


@pytest.fixture
async def books(home: Path, clock: Clock) -> AsyncGenerator[PlannerBooks]:
    """The same books in the planner's role, which can order nothing."""
    books = await open_books(book_settings(home), "planner", clock)
    yield books
    await books.aclose()


@pytest.fixture
async def principal(gate: GateBooks) -> Principal:
    """A guest with the sandbox address and card."""
    principal = Principal("guest:ada", "session-ada", frozenset({Scope.CHAT, Scope.APPROVE}))
    await gate.shoppers.ensure_guest(principal)
    return principal


@pytest.fixture
def context(principal: Principal, catalog: Catalog, books: PlannerBooks) -> ToolContext:
    """A conversation that has shown every crafted product."""
    shown = frozenset(entry.product.product_id for entry in crafted_entries())
    return ToolContext(principal, catalog, books, shown)


@pytest.fixture
async def ordered(context: ToolContext, gate: GateBooks) -> tuple[ToolContext, str]:
    """A shopper who approved a quote at the trusted surface, and the id of the order that came of it."""
    await context.books.carts.add(context.principal, "t-scarf-rust", 1)
    quote = await context.books.quotes.prepare(context.principal)
    card = await gate.gate.render(context.principal, quote.quote_id)
    outcome = await gate.gate.approve(context.principal, quote.quote_id, card.digest, card.challenge)
    await gate.worker.drive(outcome.intent_id)
    (order,) = await gate.orders.mine(context.principal)
    return context, order.order_id
