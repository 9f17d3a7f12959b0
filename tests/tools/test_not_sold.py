"""Goods the policy sells to nobody are offered by no tool; goods for grown-ups say so."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from policies.limits import GoodsRules, load_policy
from policies.permits import BlockedGoods, RestrictedGoods
from shop.books import open_books
from tests.conftest import Clock, book_settings
from tests.fakes import LAMP, OAK_DESK, RUNNER, SCARF
from tools.records import Products
from tools.registry import TOOLS, ToolContext, ToolError, ToolResult, parse_arguments

WHY = "It is being checked."


def blocking(**goods: str) -> BlockedGoods:
    return BlockedGoods.model_validate({**goods, "why": {"en": WHY}})


@pytest.fixture
async def careful(context: ToolContext, home: Path, clock: Clock) -> AsyncGenerator[ToolContext]:
    """The same conversation in a shop that sells no desk and no brass lamp, and scarves to grown-ups only."""
    goods = GoodsRules(
        blocked=(blocking(word="desk"), blocking(product_id=LAMP), blocking(variant_id="t-runner-2")),
        restricted=(RestrictedGoods(product_id=SCARF, minimum_age=18),),
    )
    policy = load_policy().model_copy(update={"goods": goods})
    books = await open_books(replace(book_settings(home), policy=policy), "planner", clock)
    yield replace(context, books=books)
    await books.aclose()


async def call(context: ToolContext, name: str, **raw: object) -> ToolResult:
    return await TOOLS[name].run(parse_arguments(TOOLS[name], raw), context)


def shown(result: ToolResult) -> list[str]:
    (record,) = result.records
    assert isinstance(record, Products)
    return [card.product_id for card in record.items]


async def test_what_is_blocked_is_found_by_no_search_and_others_take_its_place(careful: ToolContext) -> None:
    open_shop = shown(await call(careful, "search_products", query="tarn", limit=6))
    assert open_shop
    titles = [(await careful.catalog.get([each]))[each].title.casefold() for each in open_shop]
    assert [title for title in titles if "desk" in title.split()] == []
    found = await call(careful, "search_products", query="something for the home", limit=12)
    assert len(shown(found)) == 12
    assert LAMP not in shown(found)


async def test_a_wish_for_blocked_goods_alone_is_told_why(careful: ToolContext) -> None:
    result = await call(careful, "search_products", query="desk", product_types=["desk"])
    assert shown(result) == []
    assert result.facts["carried"] is False
    assert str(result.facts["not_sold"]).endswith(f"is not sold here. {WHY}")


async def test_no_likeness_recommendation_or_page_offers_it(careful: ToolContext) -> None:
    for name, more in (("similar_to", {"product_id": RUNNER}), ("goes_with", {"product_id": RUNNER})):
        assert LAMP not in shown(await call(careful, name, **more))
    suggested = shown(await call(careful, "recommend_for_me", limit=6))
    assert suggested
    assert not {LAMP, OAK_DESK} & set(suggested)
    for name, more in (("product_details", {"product_ids": [OAK_DESK]}), ("add_to_cart", {"product_id": OAK_DESK})):
        with pytest.raises(ToolError) as caught:
            await call(careful, name, **more)
        assert (caught.value.code, WHY in str(caught.value)) == ("not_sold_here", True)
    assert (await careful.books.carts.view(careful.principal)).lines == ()


async def test_goods_for_grown_ups_say_so_where_they_are_shown(careful: ToolContext) -> None:
    result = await call(careful, "product_details", product_ids=[SCARF])
    (record,) = result.records
    assert isinstance(record, Products)
    assert record.items[0].why.startswith("only for 18 and over; you confirm that on the order card")
