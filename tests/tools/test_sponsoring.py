"""Paid places reach a search's row alone: labelled and logged there, and out of comparisons, advice and sets."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from policies.limits import load_policy
from policies.sponsored import Campaign, Sponsoring
from shop.books import PlannerBooks, open_books
from tests.conftest import book_settings
from tools.curate import Brief, curate
from tools.records import Board, Comparison, Products
from tools.registry import TOOLS, ToolContext, parse_arguments


async def found(context: ToolContext, **arguments: object) -> Products:
    tool = TOOLS["search_products"]
    (record,) = (await tool.run(parse_arguments(tool, arguments), context)).records
    assert isinstance(record, Products)
    return record


@pytest.fixture
async def selling(context: ToolContext, home: Path) -> AsyncGenerator[ToolContext]:
    """A shop that sells places: everything behind the first two lamps is paid for."""
    lamps = await found(context, query="lamp", product_types=["lamp"], limit=12)
    ids = tuple(item.product_id for item in lamps.items[2:])
    rules = Sponsoring(on=True, margin_bp=2_000, campaigns=(Campaign(advertiser="Northway", product_ids=ids),))
    policy = load_policy().model_copy(update={"sponsored": rules})
    books: PlannerBooks = await open_books(replace(book_settings(home), policy=policy), "planner")
    yield replace(context, books=books)
    await books.aclose()


async def test_a_paid_place_is_labelled_capped_last_and_logged(context: ToolContext, selling: ToolContext) -> None:
    plain = await found(context, query="lamp", product_types=["lamp"], limit=2)
    row = await found(selling, query="lamp", product_types=["lamp"], limit=2)

    assert [item.sponsored for item in plain.items] == ["", ""]
    assert [item.sponsored for item in row.items] == ["", "Northway"]
    assert row.items[0] == plain.items[0]
    assert row.items[1].why.startswith("Sponsored by Northway")
    (logged,) = await selling.books.sponsored.all()
    assert (logged["product_id"], logged["displaced"]) == (row.items[1].product_id, plain.items[1].product_id)
    assert logged["displaced_fit_bp"] - logged["fit_bp"] <= logged["margin_bp"] == 2_000


async def test_no_order_by_price_or_rating_is_for_sale(selling: ToolContext) -> None:
    for sort in ("price_low", "price_high", "rating"):
        row = await found(selling, query="lamp", product_types=["lamp"], limit=2, sort=sort)
        assert not any(item.sponsored for item in row.items)
    assert await selling.books.sponsored.all() == []


async def test_comparisons_and_sets_have_no_paid_places(selling: ToolContext) -> None:
    row = await found(selling, query="lamp", product_types=["lamp"], limit=3)
    shown = replace(selling, shown=frozenset(item.product_id for item in row.items))
    tool = TOOLS["compare_products"]
    ids = [item.product_id for item in row.items]
    (compared,) = (await tool.run(parse_arguments(tool, {"product_ids": ids}), shown)).records
    assert isinstance(compared, Comparison)
    assert not any(item.sponsored for item in compared.items)
    (board,) = (await curate(Brief("a reading corner", 90000), selling)).records
    assert isinstance(board, Board)
    assert not any(item.sponsored for item in board.items)
