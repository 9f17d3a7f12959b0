"""What was worked out once is not worked out again, and never told after it stopped being true."""

import io

from PIL import Image

from retrieval.catalog import Catalog
from retrieval.picture import PictureCleaner
from retrieval.product import Offer
from retrieval.query import Filters

DESK = Filters(product_types=("desk",))


async def test_the_same_search_is_made_once_until_prices_or_products_change(catalog: Catalog) -> None:
    tally = catalog.remembered.tallies["search_results"]
    first = await catalog.search("walnut", DESK)

    assert await catalog.search("walnut", DESK) is first
    assert await catalog.search("walnut", DESK, limit=2) is not first
    assert (tally.hits, tally.misses) == (1, 2)

    dear = Offer(variant_id="d1-v", product_id="d1", price=99_900_00, stock=3)
    await catalog.update_offers({"d1": [dear]})
    cheap = Filters(product_types=("desk",), price_max=70_000)
    assert "d1" not in [hit.product.product_id for hit in (await catalog.search("walnut", cheap)).hits]
    assert await catalog.search("walnut", DESK) is not first

    again = await catalog.search("walnut", DESK)
    await catalog.remove(lambda product_id: product_id == "d1")
    assert "d1" in [hit.product.product_id for hit in again.hits]
    assert "d1" not in [hit.product.product_id for hit in (await catalog.search("walnut", DESK)).hits]


async def test_a_query_is_encoded_once(catalog: Catalog) -> None:
    tally = catalog.remembered.tallies["query_vectors"]
    vector = await catalog.encoder.encode_query("a lamp by the window")
    before = tally.hits

    assert await catalog.encoder.encode_query("a lamp by the window") is vector
    assert tally.hits == before + 1


async def test_a_picture_is_looked_at_once_for_each_shopper(catalog: Catalog) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (64, 64), (120, 82, 52)).save(drawn, "PNG")
    cleaner = PictureCleaner()
    picture = await cleaner.clean(drawn.getvalue())
    await cleaner.aclose()
    tally = catalog.remembered.tallies["pictures"]

    first = await catalog.find_by_picture(picture, whose="ada")
    assert await catalog.find_by_picture(picture, filters=Filters(colours=("green",)), whose="ada") != first
    assert (tally.hits, tally.misses) == (1, 1)
    assert await catalog.find_by_picture(picture, whose="bob") == first
    assert (tally.hits, tally.misses) == (1, 2)
