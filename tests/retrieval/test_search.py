from collections.abc import Callable

from retrieval.catalog import Catalog
from retrieval.product import CatalogueEntry
from retrieval.query import Filters, SearchResult

MakeEntry = Callable[..., CatalogueEntry]


def ids(result: SearchResult) -> list[str]:
    return [hit.product.product_id for hit in result.hits]


async def test_exact_words_come_first(shelf_catalog: Catalog) -> None:
    result = await shelf_catalog.search("walnut desk", Filters())
    assert ids(result)[0] == "d1"
    assert result.lexical
    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)


async def test_meaning_is_found_without_a_shared_word(shelf_catalog: Catalog) -> None:
    result = await shelf_catalog.search("parka against the cold", Filters(), limit=1)
    assert not result.lexical
    assert ids(result) == ["k1"]


async def test_no_more_than_the_limit_and_each_product_once(
    shelf_catalog: Catalog, shelf: list[CatalogueEntry]
) -> None:
    assert len((await shelf_catalog.search("desk", Filters(), limit=2)).hits) == 2
    everything = ids(await shelf_catalog.search("desk", Filters(), limit=100))
    assert sorted(everything) == sorted(entry.product.product_id for entry in shelf)


async def test_the_same_question_has_the_same_answer(shelf_catalog: Catalog) -> None:
    for query in ("walnut desk", ""):
        assert await shelf_catalog.search(query, Filters()) == await shelf_catalog.search(query, Filters())


async def test_what_the_shop_does_not_carry_is_told_by_its_words(shelf_catalog: Catalog) -> None:
    result = await shelf_catalog.search("car tyres", Filters())
    assert result.hits
    assert not result.lexical
    assert result.unknown_words == ("car", "tyres")
    assert result.named_words == ()
    assert result.type_cosine < 0.6
    # "screens" and "drawers" stand in the desks' descriptions, but are not for sale.
    mentioned = await shelf_catalog.search("two screens", Filters())
    assert mentioned.lexical
    assert mentioned.unknown_words == mentioned.named_words == ()


async def test_what_the_shop_carries_is_told_by_name_or_by_meaning(shelf_catalog: Catalog) -> None:
    named = await shelf_catalog.search("a nice walnut desk", Filters())
    assert named.named_words == ("walnut", "desk")
    assert (named.nearest_type, named.unknown_words) == ("desk", ())
    assert named.best_cosine > 0.5
    meant = await shelf_catalog.search("blouse", Filters())
    assert meant.named_words == ()
    assert meant.nearest_type == "shirt"
    assert meant.type_cosine > 0.6


async def test_a_type_that_is_meant_comes_before_words_that_are_only_mentioned(
    empty_catalog: Catalog, make_entry: MakeEntry
) -> None:
    await empty_catalog.replace_all(
        [
            make_entry("rug", "rug", "Jute flatweave"),
            make_entry("shoe", "loafers", "Suede loafers", description="Soft as a carpet."),
            make_entry("lamp", "lamp", "Brass lamp"),
        ]
    )
    result = await empty_catalog.search("carpet", Filters(), limit=1)
    assert [hit.product.product_id for hit in result.hits] == ["rug"]


async def test_words_of_asking_are_not_words_of_the_thing(shelf_catalog: Catalog) -> None:
    result = await shelf_catalog.search("something nice please", Filters())
    assert ids(result) == ids(await shelf_catalog.search("", Filters()))
    assert result.unknown_words == ()


async def test_a_query_of_ten_thousand_characters_and_odd_signs_is_answered(shelf_catalog: Catalog) -> None:
    assert (await shelf_catalog.search("walnut desk " * 900, Filters())).hits
    assert (await shelf_catalog.search("🪑 \x00 ﷽ ' OR 1=1 --", Filters())).hits is not None


async def test_browsing_shows_well_reviewed_products_of_different_types(shelf_catalog: Catalog) -> None:
    result = await shelf_catalog.search("", Filters(), limit=5)
    assert ids(result)[0] == "c2"  # nine reviews of five stars
    assert len({hit.product.product_type for hit in result.hits}) == 5
    assert "d2" not in ids(result)  # three stars
    assert result.total == 11


async def test_price_order_goes_by_the_offers_that_meet_the_filters(shelf_catalog: Catalog) -> None:
    desks = Filters(product_types=("desk",))
    assert ids(await shelf_catalog.search("", desks, sort="price_low")) == ["d2", "d1", "d3"]
    assert ids(await shelf_catalog.search("", desks, sort="price_high")) == ["d3", "d1", "d2"]
    in_stock = Filters(product_types=("desk",), in_stock=True)
    assert ids(await shelf_catalog.search("", in_stock, sort="price_low")) == ["d1", "d3"]
    shirts = Filters(product_types=("shirt",), sizes=("m",), in_stock=True)
    assert ids(await shelf_catalog.search("", shirts, sort="price_high")) == ["s1", "s2"]


async def test_price_order_keeps_to_what_the_words_ask_for(shelf_catalog: Catalog) -> None:
    assert ids(await shelf_catalog.search("cheapest walnut", Filters(), sort="price_low")) == ["c1", "d1"]
    desks = Filters(product_types=("desk",))
    assert ids(await shelf_catalog.search("desks", desks, sort="price_low")) == ["d2", "d1", "d3"]
    assert ids(await shelf_catalog.search("walnut desk", desks, sort="price_low")) == ["d1"]


async def test_rating_order_puts_more_reviews_first_among_equals(empty_catalog: Catalog, make_entry: MakeEntry) -> None:
    stars = {"few": (5,), "many": (5, 5, 5), "good": (4, 4), "none": ()}
    await empty_catalog.replace_all([make_entry(i, "vase", "Vase", ratings=r) for i, r in stars.items()])
    assert ids(await empty_catalog.search("", Filters(), sort="rating")) == ["many", "few", "good", "none"]


async def test_when_filters_leave_nothing_each_that_alone_is_the_cause_is_named(shelf_catalog: Catalog) -> None:
    result = await shelf_catalog.search("desk", Filters(product_types=("desk",), materials=("oak",), price_max=20_000))
    assert result.hits == ()
    assert [(b.name, b.value, b.count) for b in result.blocked_by] == [
        ("product_types", "desk", 1),
        ("price_max", "20000", 1),
    ]
    assert [[hit.product.product_id for hit in b.nearest] for b in result.blocked_by] == [["c2"], ["d2"]]


async def test_a_price_bound_in_the_way_names_the_nearest_by_price(shelf_catalog: Catalog) -> None:
    result = await shelf_catalog.search("", Filters(product_types=("desk",), price_max=20_000))
    assert [(b.name, b.count) for b in result.blocked_by] == [("product_types", 8), ("price_max", 3)]
    assert [hit.product.product_id for hit in result.blocked_by[1].nearest] == ["d2", "d1", "d3"]
    above = await shelf_catalog.search("", Filters(product_types=("desk",), price_min=90_000))
    assert [hit.product.product_id for hit in above.blocked_by[0].nearest] == ["d3", "d1", "d2"]


async def test_colour_size_and_stock_are_one_variants(shelf_catalog: Catalog) -> None:
    white_medium = Filters(product_types=("shirt",), colours=("white",), sizes=("m",))
    assert ids(await shelf_catalog.search("shirt", white_medium)) == ["s1"]
    in_stock = Filters(product_types=("shirt",), colours=("white",), sizes=("m",), in_stock=True)
    result = await shelf_catalog.search("shirt", in_stock)
    assert result.hits == ()
    assert [b.name for b in result.blocked_by] == ["colours", "sizes", "in_stock"]


async def test_filters_do_not_mind_case_and_spaces(shelf_catalog: Catalog) -> None:
    assert ids(
        await shelf_catalog.search("", Filters(brands=(" ALDER ",), materials=("Walnut",)), sort="price_low")
    ) == [
        "c1",
        "d1",
    ]
