from retrieval.catalog import Catalog
from retrieval.query import Filters, Liking, SearchResult


def ids(result: SearchResult) -> list[str]:
    return [hit.product.product_id for hit in result.hits]


async def test_similar_products_are_of_the_same_type_first_and_never_the_product_itself(shelf_catalog: Catalog) -> None:
    found = ids(await shelf_catalog.similar_to("d1", Filters(), limit=20))
    assert set(found[:2]) == {"d2", "d3"}
    assert "d1" not in found
    assert len(found) == 10


async def test_similar_products_meet_the_filters(shelf_catalog: Catalog) -> None:
    assert ids(await shelf_catalog.similar_to("d1", Filters(product_types=("desk",), price_max=30_000))) == ["d2"]
    result = await shelf_catalog.similar_to("d1", Filters(product_types=("desk",), price_max=10))
    assert result.hits == ()
    assert [(b.name, b.count) for b in result.blocked_by] == [("price_max", 2)]


async def test_the_merchants_links_come_first_and_in_the_merchants_order(shelf_catalog: Catalog) -> None:
    found = ids(await shelf_catalog.goes_with("d1", Filters()))
    assert found[:2] == ["l1", "c1"]
    assert set(found[2:]) == {"l2", "c2"}


async def test_a_product_without_links_gets_what_goes_with_its_type(shelf_catalog: Catalog) -> None:
    found = await shelf_catalog.goes_with("d3", Filters())
    assert {hit.product.product_type for hit in found.hits} == {"lamp", "chair"}
    assert ids(await shelf_catalog.goes_with("s1", Filters())) == []


async def test_what_goes_with_it_meets_the_filters(shelf_catalog: Catalog) -> None:
    assert set(ids(await shelf_catalog.goes_with("d1", Filters(product_types=("chair",))))) == {"c1", "c2"}
    result = await shelf_catalog.goes_with("d1", Filters(product_types=("chair",), materials=("paper",)))
    assert result.hits == ()
    assert [b.name for b in result.blocked_by] == ["product_types", "materials"]


async def test_recommendations_follow_what_was_liked_and_leave_it_out(shelf_catalog: Catalog) -> None:
    found = ids(await shelf_catalog.recommend(Liking(["s1"]), Filters(), limit=3))
    assert "s2" in found
    assert "s1" not in found
    types = {
        hit.product.product_type
        for hit in (await shelf_catalog.recommend(Liking(["d1", "s1"]), Filters(), limit=5)).hits
    }
    assert len(types) >= 3


async def test_without_known_likes_recommendations_are_well_reviewed_and_diverse(shelf_catalog: Catalog) -> None:
    nothing_liked = await shelf_catalog.recommend(Liking(), Filters(), limit=4)
    assert ids(nothing_liked)[0] == "c2"
    assert len({hit.product.product_type for hit in nothing_liked.hits}) == 4
    assert nothing_liked == await shelf_catalog.recommend(Liking(), Filters(), limit=4)
    assert ids(await shelf_catalog.recommend(Liking(["gone"]), Filters(), limit=4)) == ids(nothing_liked)


async def test_an_unknown_product_is_like_nothing(shelf_catalog: Catalog) -> None:
    assert ids(await shelf_catalog.similar_to("gone", Filters())) == []
    assert ids(await shelf_catalog.goes_with("gone", Filters())) == []


async def test_examples_for_and_against_are_left_out_and_what_is_nearer_to_those_against_comes_last(
    shelf_catalog: Catalog,
) -> None:
    found = ids(await shelf_catalog.more_like(Liking(["d1"], ["d3"]), Filters(), limit=20))
    assert found[0] == "d2"
    assert not {"d1", "d3"} & set(found)
    near = Filters(product_types=("coat", "shirt"))
    assert ids(await shelf_catalog.more_like(Liking(["s1"], ["k1"]), near, limit=3))[-1] == "k2"
    none = await shelf_catalog.more_like(Liking(["d1"], ["d3"]), Filters(product_types=("desk",), price_max=10))
    assert [blocked.name for blocked in none.blocked_by] == ["price_max"]
    assert ids(await shelf_catalog.more_like(Liking(["gone"], ["d1"]), Filters())) == []
