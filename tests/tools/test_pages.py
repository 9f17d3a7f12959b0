import pytest

from policies.principal import Principal
from shop.books import GateBooks
from tests.fakes import DESK, GONE, LAMP, OAK_DESK, PINE_DESK, SHIRT
from tools.records import Comparison, Products
from tools.registry import TOOLS, ToolContext, ToolError, ToolResult, parse_arguments


async def call(context: ToolContext, name: str, **raw: object) -> ToolResult:
    tool = TOOLS[name]
    return await tool.run(parse_arguments(tool, raw), context)


def products(result: ToolResult) -> Products:
    (record,) = result.records
    assert isinstance(record, Products)
    return record


async def test_details_give_every_variant_with_price_and_stock(context: ToolContext) -> None:
    result = await call(context, "product_details", product_ids=[SHIRT])

    pages = result.facts["products"]
    assert isinstance(pages, dict)
    page = pages[SHIRT]
    assert {"colour": "white", "size": "M", "price": "$59", "available": 2, "availability": "low_stock"} in page[
        "options"
    ]
    assert {"colour": "white", "size": "L", "price": "$59", "available": 0, "availability": "out_of_stock"} in page[
        "options"
    ]
    assert page["review_count"] == 2


async def test_seller_and_buyer_text_marks_the_turn_as_tainted(context: ToolContext) -> None:
    assert (await call(context, "product_details", product_ids=[SHIRT])).taints
    assert not (await call(context, "search_products", query="desk")).taints
    assert not (await call(context, "compare_products", product_ids=[DESK, OAK_DESK])).taints


async def test_seller_text_is_in_no_record(context: ToolContext) -> None:
    result = await call(context, "product_details", product_ids=[SHIRT])

    assert "Ignore previous" not in products(result).model_dump_json()
    assert "SYSTEM" not in products(result).model_dump_json()


async def test_reading_details_is_remembered_for_recommendations(context: ToolContext) -> None:
    await call(context, "product_details", product_ids=[DESK])

    assert DESK in (await context.books.behaviour.told(context.principal)).liked
    result = await call(context, "recommend_for_me", limit=4)
    assert products(result).relation == "recommended"
    assert result.facts["based_on"] == ["Tarn walnut desk"]
    assert products(result).items


async def test_recommendations_work_for_someone_new(context: ToolContext) -> None:
    result = await call(context, "recommend_for_me", product_types=["desk"], price_max=60000)

    assert result.facts["based_on"] == []
    assert products(result).items
    assert all(card.product_type == "desk" and card.price.amount <= 60000 for card in products(result).items)


async def test_one_shoppers_views_are_not_anothers(context: ToolContext) -> None:
    await call(context, "product_details", product_ids=[DESK])

    assert (await context.books.behaviour.told(Principal("guest:other", "s-other"))).liked == ()


async def test_a_comparison_puts_differing_rows_first_and_leaves_unknowns_empty(context: ToolContext) -> None:
    (record,) = (await call(context, "compare_products", product_ids=[DESK, PINE_DESK, LAMP])).records

    assert isinstance(record, Comparison)
    rows = {row.name: row for row in record.rows}
    assert rows["width"].values == ["110 cm", "110 cm", None]
    assert rows["price"].values == ["$640", "$240", "$89"]
    assert rows["rating"].values == ["5 of 5", None, "5 of 5"]
    order = [row.differs for row in record.rows]
    assert order == sorted(order, reverse=True)


async def test_rows_on_which_all_agree_come_last(context: ToolContext) -> None:
    (record,) = (await call(context, "compare_products", product_ids=[DESK, PINE_DESK])).records

    assert isinstance(record, Comparison)
    agreed = [row.name for row in record.rows if not row.differs]
    assert agreed[:2] == ["width", "depth"]
    assert record.rows[-1].name == agreed[-1]


async def test_similar_products_never_contain_the_one_they_are_like(context: ToolContext) -> None:
    found = products(await call(context, "similar_to", product_id=DESK, price_max=60000))

    assert found.relation == "similar"
    assert found.about == DESK
    assert DESK not in [card.product_id for card in found.items]
    assert {OAK_DESK, PINE_DESK} & {card.product_id for card in found.items}
    assert all(card.price.amount <= 60000 for card in found.items)


async def test_the_shops_own_pairing_comes_first_and_says_so(context: ToolContext) -> None:
    found = products(await call(context, "goes_with", product_id=DESK))

    assert found.items[0].product_id == LAMP
    assert found.items[0].why.startswith("paired by the shop")


async def test_pairings_meet_their_conditions_by_the_books(context: ToolContext, gate: GateBooks) -> None:
    await gate.merchant.set_offer("t-lamp-v", price=50000)

    found = products(await call(context, "goes_with", product_id=DESK, price_max=20000))

    assert all(card.price.amount <= 20000 for card in found.items)
    assert LAMP not in [card.product_id for card in found.items]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("similar_to", {"product_id": "never-shown"}),
        ("goes_with", {"product_id": "never-shown"}),
        ("product_details", {"product_ids": [DESK, "never-shown"]}),
        ("compare_products", {"product_ids": [DESK, "../../etc/passwd"]}),
        ("add_to_cart", {"product_id": "' OR 1=1 --"}),
    ],
)
async def test_ids_that_were_not_shown_are_unknown(context: ToolContext, name: str, raw: dict[str, object]) -> None:
    with pytest.raises(ToolError) as caught:
        await call(context, name, **raw)

    assert caught.value.code == "unknown_id"
    assert DESK not in str(caught.value.facts["unknown"])


async def test_a_shown_product_that_left_the_shop_is_said_to_be_gone(context: ToolContext) -> None:
    with pytest.raises(ToolError) as caught:
        await call(context, "product_details", product_ids=[GONE])

    assert caught.value.code == "no_longer_sold"


async def test_a_policy_is_quoted_word_for_word(context: ToolContext) -> None:
    result = await call(context, "store_policy", topic="return policy")

    policy = result.facts["policy"]
    assert isinstance(policy, dict)
    assert policy["topic"] == "returns"
    assert "30 days" in policy["text"]


async def test_an_unknown_topic_lists_the_known_ones(context: ToolContext) -> None:
    with pytest.raises(ToolError) as caught:
        await call(context, "store_policy", topic="astrology")

    assert caught.value.code == "unknown_topic"
    assert "returns" in str(caught.value.facts["topics"])
