"""Two to four shown products side by side, differing rows first; what a page does not say stays empty."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from policies.reach import Reach
from retrieval.query import Filters
from tools.arguments import Arguments, ProductId
from tools.present import items
from tools.reasons import reasons
from tools.records import Comparison, ComparisonRow, Item
from tools.showing import read_shown
from tools.tool import Tool, ToolContext, ToolResult

_OWN_ROWS = frozenset({"price", "rating", "materials", "colours", "sizes", "availability"})
_AVAILABILITY = {"in_stock": "in stock", "low_stock": "only a few left", "out_of_stock": "out of stock"}


def _distinct(product_ids: list[str]) -> list[str]:
    """Demand that at least two different products are named."""
    if len(set(product_ids)) < 2:
        raise ValueError("name at least two different products")
    return product_ids


class CompareProducts(Arguments):
    """Which products, in the order of the columns."""

    product_ids: Annotated[list[ProductId], AfterValidator(_distinct)] = Field(min_length=2, max_length=4)


async def compare_products(args: CompareProducts, context: ToolContext) -> ToolResult:
    """Return a comparison of shown products by facts and by the books' current prices and stock."""
    showings = await read_shown(args.product_ids, context)
    cards = items(showings, reasons(showings, Filters()))
    rows = comparison_rows(cards)
    record = Comparison(items=cards, rows=rows)
    await context.books.behaviour.viewed(context.principal, [card.product_id for card in cards])
    return ToolResult(records=(record,), facts={"differing": [row.name for row in rows if row.differs]})


def comparison_rows(cards: Sequence[Item]) -> list[ComparisonRow]:
    """Return the rows of a comparison: those that differ first, each group in a fixed order; empty rows left out."""
    attributes = dict.fromkeys(name for card in cards for name in card.attributes if name not in _OWN_ROWS)
    columns: list[tuple[str, list[str | None]]] = [
        ("price", [_price(card) for card in cards]),
        ("rating", [None if card.rating is None else f"{card.rating:g} of 5" for card in cards]),
        *((name, [card.attributes.get(name) for card in cards]) for name in attributes),
        ("materials", [_listed(card.materials) for card in cards]),
        ("colours", [_listed(card.colours) for card in cards]),
        ("sizes", [_listed(card.sizes) for card in cards]),
        ("availability", [_AVAILABILITY[card.availability] for card in cards]),
    ]
    rows = [
        ComparisonRow(name=name, values=values, differs=len(set(values)) > 1)
        for name, values in columns
        if any(value is not None for value in values)
    ]
    return sorted(rows, key=lambda row: not row.differs)


def _price(card: Item) -> str:
    return f"{card.price} to {card.price_to}" if card.price_to else str(card.price)


def _listed(values: Sequence[str]) -> str | None:
    return ", ".join(values) or None


COMPARE_PRODUCTS = Tool(
    name="compare_products",
    reach=Reach.READ,
    arguments=CompareProducts,
    run=compare_products,
    description="Compare shown items; say what decides. Empty is unknown.",
    status="Comparing them",
)
