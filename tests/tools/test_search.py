from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.query import Filters
from shop.books import GateBooks
from tests.fakes import DESK, GONE, OAK_DESK, PINE_DESK, SHIRT
from tools.matching import matching
from tools.records import Item, Products
from tools.registry import TOOLS, ToolContext, ToolResult, parse_arguments
from tools.search import SearchProducts

OAK_UNDER_400 = {"product_types": ["desk"], "brands": ["tarnwork"], "materials": ["oak"], "price_max": 40000}


def products(result: ToolResult) -> Products:
    (record,) = result.records
    assert isinstance(record, Products)
    return record


async def search(context: ToolContext, **raw: object) -> ToolResult:
    tool = TOOLS["search_products"]
    return await tool.run(parse_arguments(tool, raw), context)


async def test_a_search_shows_what_meets_every_condition(context: ToolContext) -> None:
    found = products(await search(context, query="desk", product_types=["desk"], brands=["tarnwork"], price_max=60000))

    assert [card.product_id for card in found.items if card.product_id.startswith("t-")]
    assert {card.product_id for card in found.items} <= {OAK_DESK, PINE_DESK}
    assert found.filters == {"product_types": ["desk"], "brands": ["tarnwork"], "price_max": 60000}


async def test_a_product_without_an_offer_in_the_books_is_never_shown(context: ToolContext) -> None:
    found = products(await search(context, query="tarn ghost desk", product_types=["desk"], limit=12))

    assert GONE not in [card.product_id for card in found.items]


async def test_a_price_that_rose_since_the_index_was_told_drops_the_product(
    context: ToolContext, gate: GateBooks
) -> None:
    await gate.merchant.set_offer("t-desk-pine-v", price=90000)

    found = products(await search(context, query="desk", brands=["tarnwork"], product_types=["desk"], price_max=60000))

    assert [card.product_id for card in found.items] == [OAK_DESK]


async def test_what_is_shown_has_the_price_and_stock_of_the_books(context: ToolContext, gate: GateBooks) -> None:
    await gate.merchant.set_offer("t-desk-pine-v", price=23100, stock=2)

    found = products(await search(context, query="pine desk", brands=["tarnwork"], product_types=["desk"]))

    (card,) = [card for card in found.items if card.product_id == PINE_DESK]
    assert card.price.amount == 23100
    assert card.availability == "low_stock"


async def test_a_dropped_product_is_replaced_by_the_next(context: ToolContext, gate: GateBooks) -> None:
    first = products(await search(context, query="desk", limit=3)).items
    gone = await gate.offers.of_products([first[0].product_id])
    for offer in gone[first[0].product_id]:
        await gate.merchant.set_offer(offer.variant_id, sellable=False)

    second = products(await search(context, query="desk", limit=3)).items

    assert len(second) == 3
    assert first[0].product_id not in [card.product_id for card in second]


async def test_a_search_says_which_condition_left_nothing_and_what_is_nearest(context: ToolContext) -> None:
    result = await search(
        context, query="desk", product_types=["desk"], brands=["tarnwork"], materials=["oak"], price_max=40000
    )

    found = products(result)
    assert found.items == []
    blocking = {blocked.name: blocked for blocked in found.blocked_by}
    assert [card.product_id for card in blocking["price_max"].nearest] == [OAK_DESK]
    assert [card.product_id for card in blocking["materials"].nearest] == [PINE_DESK]


async def test_another_kind_of_thing_is_no_help_where_another_condition_blocks_as_well(context: ToolContext) -> None:
    found = products(await search(context, query="desk", product_types=["desk"], materials=["velvet"]))
    kinds = {card.product_type for blocked in found.blocked_by for card in blocked.nearest}

    assert [blocked.name for blocked in found.blocked_by] == ["materials"]
    assert kinds == {"desk"}


async def test_the_nearest_products_are_re_read_too(context: ToolContext, gate: GateBooks) -> None:
    await gate.merchant.set_offer("t-desk-oak-v", price=99900)

    found = products(
        await search(
            context, query="desk", product_types=["desk"], brands=["tarnwork"], materials=["oak"], price_max=40000
        )
    )

    prices = {card.product_id: card.price.amount for blocked in found.blocked_by for card in blocked.nearest}
    assert prices[OAK_DESK] == 99900


async def test_what_the_shop_does_not_sell_is_said_and_nothing_shown(context: ToolContext) -> None:
    result = await search(context, query="car tyres")

    assert result.facts["carried"] is False
    assert products(result).items == []


async def test_what_the_shop_sells_is_carried_even_when_conditions_leave_nothing(context: ToolContext) -> None:
    result = await search(context, query="desk", product_types=["desk"], price_max=100)

    assert result.facts["carried"] is True
    assert products(result).items == []


async def test_cheapest_first_is_by_the_books(context: ToolContext, gate: GateBooks) -> None:
    await gate.merchant.set_offer("t-desk-pine-v", price=60000)

    found = products(await search(context, query="desk", product_types=["desk"], brands=["tarnwork"], sort="price_low"))

    assert [card.product_id for card in found.items] == [OAK_DESK, PINE_DESK, DESK]


async def test_shown_items_can_be_left_out(context: ToolContext) -> None:
    first = products(await search(context, query="desk", limit=3)).items
    ids = [card.product_id for card in first]

    second = products(await search(context, query="desk", limit=3, not_ids=ids)).items

    assert second
    assert not set(ids) & {card.product_id for card in second}


async def test_the_reason_names_what_was_asked_for(context: ToolContext) -> None:
    found = products(await search(context, query="shirt", brands=["quillon"], colours=["navy"], sizes=["m"]))

    (card,) = found.items
    assert card.product_id == SHIRT
    assert card.variant_id == "t-shirt-navy-M"
    assert card.why.startswith("navy, M")


_words = {
    "product_types": ["desk", "lamp", "shirt", "dress", "rug", "sofa"],
    "colours": ["walnut", "white", "navy", "black", "oak", "grey", "sand"],
    "sizes": ["m", "s", "70 x 300 cm"],
    "not_colours": ["white", "black"],
}
_searches = st.fixed_dictionaries(
    {"query": st.sampled_from(["desk", "something for summer", "warm lamp", "", "linen shirt"])},
    optional={
        **{name: st.lists(st.sampled_from(values), max_size=3) for name, values in _words.items()},
        "price_max": st.integers(1000, 200000),
        "in_stock": st.booleans(),
        "sort": st.sampled_from(["relevance", "price_low", "price_high", "rating"]),
        "limit": st.integers(1, 12),
    },
)
_shocks = st.lists(st.tuples(st.integers(0, 10**6), st.integers(100, 150000), st.integers(0, 5)), max_size=8)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=_searches, shocks=_shocks)
async def test_every_item_shown_meets_the_conditions_on_one_variant_by_the_books(
    context: ToolContext, gate: GateBooks, raw: dict[str, object], shocks: list[tuple[int, int, int]]
) -> None:
    tool = TOOLS["search_products"]
    args = parse_arguments(tool, raw)
    assert isinstance(args, SearchProducts)
    seen = products(await search(context, limit=12))
    variants = [
        o for offers in (await gate.offers.of_products([c.product_id for c in seen.items])).values() for o in offers
    ]
    for at, price, stock in shocks:
        await gate.merchant.set_offer(variants[at % len(variants)].variant_id, price=price, stock=stock)

    found = products(await tool.run(args, context))

    await _meets(context, found.items, args.filters())
    assert len(found.items) <= args.limit


async def _meets(context: ToolContext, cards: list[Item], filters: Filters) -> None:
    ids = [card.product_id for card in cards]
    known, offers = await context.catalog.get(ids), await context.books.offers.of_products(ids)
    for card in cards:
        good = matching(known[card.product_id], offers[card.product_id], filters)
        stocked = [offer for offer in good if offer.available > 0]
        assert card.price.amount == min(offer.price for offer in stocked or good)
        assert (card.availability == "out_of_stock") == (not stocked)
        assert not filters.product_types or card.product_type in filters.product_types


async def test_a_search_is_the_same_for_every_shopper(context: ToolContext, catalog: Catalog) -> None:
    other = ToolContext(Principal("guest:other", "s-other"), catalog, context.books, frozenset())

    assert await search(context, query="desk") == await search(other, query="desk")


async def test_a_kind_by_another_name_is_looked_for_by_its_meaning(context: ToolContext) -> None:
    result = await search(context, product_types=["couches"], limit=3)

    assert result.facts["carried"] is True
    assert {card.product_type for card in products(result).items} & {"sofa", "armchair"}


async def test_a_kind_the_shop_does_not_have_is_not_carried_whatever_else_is_asked(context: ToolContext) -> None:
    result = await search(context, product_types=["car tyre"], colours=["black"], price_max=20000)

    assert result.facts["carried"] is False
    assert products(result).items == []


async def test_everything_shown_before_is_said_to_be_all(context: ToolContext) -> None:
    kept = {"product_types": ["desk"], "brands": ["tarnwork"]}
    ids = [card.product_id for card in products(await search(context, **kept)).items]

    result = await search(context, **kept, not_ids=ids)

    assert result.facts["all_shown"] is True
    assert products(result).items == []
    assert "not_ids" not in [blocked.name for blocked in products(result).blocked_by]
