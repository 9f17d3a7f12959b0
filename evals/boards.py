"""Whether sets put together for fifty themes keep their sum, are in stock, repeat nothing and have kinds enough."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from policies.errors import Refused
from policies.limits import load_policy
from policies.principal import Principal, Scope
from retrieval.catalog import IndexSettings, open_index
from retrieval.demo import generate
from shop.books import BookSettings, migrate, open_books
from tools.composing import LEAST_KINDS
from tools.curate import Brief, curate
from tools.records import Board, Item
from tools.stocking import stock_shop
from tools.tool import ToolContext, ToolError

# Words of the shopper and the sum in whole units of the currency.
THEMES: tuple[tuple[str, int], ...] = (
    ("complete the room", 900), ("a reading corner", 600), ("an outfit for a summer wedding", 400),
    ("a cosy corner for winter evenings", 450), ("a japandi living room", 2500), ("a rustic dining room", 2200),
    ("a mid-century living room with walnut", 3000), ("a small home office", 1200), ("a minimal work space", 800),
    ("a bohemian bedroom", 1500), ("a calm bedroom in beige", 1100), ("a guest room", 900), ("a nursery", 500),
    ("a children's room with colour", 450), ("a hallway with a runner", 500), ("a narrow entrance", 350),
    ("a bathroom in bamboo", 300), ("a kitchen corner", 400), ("a breakfast nook", 1300), ("my first flat", 3500),
    ("a studio flat", 2400), ("a balcony for summer", 350), ("a terrace to sit on", 500), ("an industrial loft", 2600),
    ("a coastal living room", 2000), ("an art deco lounge", 2800), ("a scandinavian bedroom", 1300),
    ("a quiet window seat", 380), ("an office at home in oak", 1600), ("a living room on a small budget", 650),
    ("an outfit for work", 350), ("an outfit for an interview", 450), ("an evening outfit in black", 420),
    ("what to wear to a party", 300), ("a casual weekend outfit", 260), ("a winter outfit", 500),
    ("an outfit for rainy autumn days", 420), ("a beach outfit", 220), ("a holiday look in linen", 320),
    ("a sporty outfit", 280), ("clothes for hiking", 330), ("a summer picnic outfit", 240),
    ("an outfit for the city", 310), ("a romantic look for a date", 390), ("a bohemian festival outfit", 280),
    ("a classic business outfit", 520), ("an outfit for a wedding in green", 460), ("a travel outfit", 300),
    ("a whole look in navy", 340), ("a garden party outfit", 360),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """One theme and what is wrong with its set; nothing wrong is an empty tuple."""

    theme: str
    pieces: int
    kinds: int
    total: int
    wrong: tuple[str, ...]


@asynccontextmanager
async def demo_shop(home: Path) -> AsyncGenerator[ToolContext]:
    """Stock the demo shop in an empty folder and give what a guest's tools see of it."""
    settings = BookSettings(f"sqlite:///{home / 'books.sqlite'}", home / "payments.sqlite", load_policy(), b"e" * 32)
    await migrate(settings.database_url)
    catalog = await open_index(IndexSettings(path=home / "index", cache_dir=home / "models"))
    books = await open_books(settings, "gate")
    try:
        demo = generate()
        await stock_shop(demo.entries, catalog, books.merchant, demo.policies)
        guest = Principal("guest:themes", "themes", frozenset({Scope.CHAT}))
        await books.shoppers.ensure_guest(guest)
        yield ToolContext(guest, catalog, books.for_planner(), frozenset())
    finally:
        await books.aclose()
        await catalog.aclose()


async def judge_themes(context: ToolContext, themes: Sequence[tuple[str, int]] = THEMES) -> list[Judged]:
    """Put together a set for each theme and judge it by the books."""
    return [await _judged(words, whole * 100, context) for words, whole in themes]


def measures(judged: Sequence[Judged]) -> Mapping[str, float]:
    """Return the shares of themes without each fault, in [0, 1], and the mean number of pieces."""
    faults = ("proposed", "budget", "stock", "duplicates", "kinds", "why")
    shares = {fault: sum(fault not in each.wrong for each in judged) / len(judged) for fault in faults}
    return {**shares, "pieces": sum(each.pieces for each in judged) / len(judged), "themes": len(judged)}


async def _judged(words: str, total: int, context: ToolContext) -> Judged:
    try:
        result = await curate(Brief(words, total), context)
    except (ToolError, Refused) as error:
        return Judged(words, 0, 0, 0, ("proposed", error.code))
    (board,) = [record for record in result.records if isinstance(record, Board)]
    offers = await context.books.offers.of_products([item.product_id for item in board.items])
    cost = sum((item.price_to or item.price).amount for item in board.items)
    stocked = all(any(offer.buyable and offer.price == item.price.amount for offer in offers[item.product_id])
                  for item in board.items)  # fmt: skip
    kinds = len({item.product_type for item in board.items})
    wrong = {
        "budget": cost > total or board.total is None or board.total.amount != cost,
        "stock": not stocked,
        "duplicates": _repeats(board.items),
        "kinds": kinds < LEAST_KINDS,  # Every theme here is a room or an outfit.
        "why": not all(item.why for item in board.items),
    }
    return Judged(words, len(board.items), kinds, cost, tuple(name for name, is_so in wrong.items() if is_so))


def _repeats(items: Sequence[Item]) -> bool:
    """Say whether two pieces are one product, of one kind, or called the same."""
    ids, titles = {item.product_id for item in items}, {item.title.casefold() for item in items}
    kinds = {item.product_type for item in items}
    return min(len(ids), len(titles), len(kinds)) < len(items)
