"""find_by_picture over the real index and books: current offers, conditions that bind, honest when nothing is alike."""

import asyncio
import io
import random
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evals.scenes import compose
from policies.principal import Principal
from retrieval.demo import generate
from retrieval.demo.drawing.draw import draw_product
from retrieval.looking import Looking
from retrieval.picture import CleanedPicture, PictureCleaner
from retrieval.product import Product
from retrieval.query import Filters
from shop.views import StockedOffer
from tools.present import Showing
from tools.records import Products, Things
from tools.registry import TOOLS, ToolContext, ToolError, ToolResult, parse_arguments
from tools.sight import whys
from tools.uploads import Uploads


def product() -> Product:
    """A product of the small shop with several colours."""
    return next(e.product for e in generate(products=60, seed=7).entries if len(e.product.colours) > 1)


def jpeg(picture: Image.Image) -> CleanedPicture:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=80)
    return CleanedPicture(out.getvalue(), *picture.size, sha256(out.getvalue()).hexdigest())


@pytest.fixture
async def looked(context: ToolContext, tmp_path: Path) -> ToolContext:
    """A conversation that can hold pictures, in a shop whose pictures were looked at."""
    cleaner = PictureCleaner()
    await Looking(context.catalog, cleaner).catch_up(asyncio.Event())
    await cleaner.aclose()
    return replace(context, uploads=Uploads(tmp_path / "uploads"))


async def sent(context: ToolContext, picture: Image.Image | None = None) -> str:
    assert context.uploads is not None
    shown = picture or Image.open(io.BytesIO(draw_product(product(), None, 0, 320))).rotate(7)
    return await context.uploads.keep(context.principal, jpeg(shown))


async def look(context: ToolContext, **arguments: object) -> ToolResult:
    tool = TOOLS["find_by_picture"]
    return await tool.run(parse_arguments(tool, arguments), context)


def shown(result: ToolResult) -> Products:
    (record,) = result.records
    assert isinstance(record, Products)
    return record


async def test_a_picture_finds_its_product_at_the_books_price(looked: ToolContext) -> None:
    result = await look(looked, image_id=await sent(looked))
    record = shown(result)
    assert record.items[0].product_id == product().product_id
    assert record.relation == "picture"
    offers = (await looked.books.offers.of_products([product().product_id]))[product().product_id]
    assert record.items[0].price.amount in {offer.price for offer in offers}
    assert result.facts == {"asked": {}, "alike": True, "same": True, "all_looked_at": True}
    assert not result.taints


async def test_like_this_but_in_another_colour_and_under_a_price(looked: ToolContext) -> None:
    colour = product().colours[-1]
    record = shown(await look(looked, image_id=await sent(looked), colours=[colour], price_max=200_000))
    assert record.items
    assert all(colour in item.colours and item.price.amount <= 200_000 for item in record.items)
    assert record.filters == {"colours": [colour], "price_max": 200_000}
    none = shown(await look(looked, image_id=await sent(looked), price_max=1))
    assert none.items == []
    assert [blocked.name for blocked in none.blocked_by] == ["price_max"]


async def test_shown_things_are_examples_for_and_against_a_picture_and_unknown_ones_are_refused(
    looked: ToolContext,
) -> None:
    image_id, kind = await sent(looked), [product().product_type]
    first, second, *_ = shown(await look(looked, image_id=image_id, product_types=kind)).items
    with pytest.raises(ToolError, match="was not shown"):
        await look(looked, image_id=image_id, less_like=[second.product_id])
    here = replace(looked, shown=frozenset((first.product_id, second.product_id)))
    swayed = shown(await look(here, image_id=image_id, product_types=kind, less_like=[second.product_id]))
    assert swayed.items[0].product_id == first.product_id
    assert second.product_id not in {item.product_id for item in swayed.items}
    tool = TOOLS["similar_to"]
    wish = {"product_id": first.product_id, "less_like": [second.product_id]}
    result = await tool.run(parse_arguments(tool, wish), here)
    assert not {first.product_id, second.product_id} & {item.product_id for item in shown(result).items}
    assert result.facts["less_like"] == [second.title]


async def test_nothing_is_shown_for_a_picture_like_nothing_unless_words_say_what_it_is(looked: ToolContext) -> None:
    noise = Image.fromarray(np.random.default_rng(2).integers(0, 255, (200, 200, 3), dtype=np.uint8))
    image_id = await sent(looked, noise)
    result = await look(looked, image_id=image_id)
    assert shown(result).items == []
    assert result.facts["alike"] is False
    named = shown(await look(looked, image_id=image_id, product_types=[product().product_type]))
    assert {item.product_type for item in named.items} == {product().product_type}


async def test_each_thing_of_a_picture_is_found_and_one_can_be_meant_by_place_or_kind(looked: ToolContext) -> None:
    kinds = {e.product.product_type: e.product for e in generate(products=60, seed=7).entries}
    scene = compose((kinds["armchair"], kinds["lamp"]), random.Random(8))
    left, right = sorted(zip(scene.places, scene.products, strict=True), key=lambda pair: pair[0].left)
    image_id = await sent(looked, Image.open(io.BytesIO(scene.picture.jpeg)))
    result = await look(looked, image_id=image_id)
    things, record = result.records
    assert isinstance(things, Things)
    assert isinstance(record, Products)
    assert [thing.kind for thing in things.things] == [left[1].product_type, right[1].product_type]
    told = result.facts["things"]
    assert isinstance(told, list)
    assert {each["first"] for each in told} <= {item.product_id for item in record.items}
    for arguments in ({"region": -1}, {"product_types": [right[1].product_type]}):
        alone = shown(await look(looked, image_id=image_id, **arguments))
        assert alone.items[0].product_type == right[1].product_type
    one_of_each = await look(looked, image_id=image_id, together=1_000_000)
    chosen = one_of_each.records[-1]
    assert isinstance(chosen, Products)
    assert {item.product_type for item in chosen.items} == {left[1].product_type, right[1].product_type}
    assert sum(item.price.amount for item in chosen.items) <= 1_000_000
    assert (await look(looked, image_id=image_id, together=1)).facts["alike"] is False
    with pytest.raises(ToolError) as caught:
        await look(looked, image_id=image_id, region=5)
    assert caught.value.code == "no_such_thing"


def test_what_tells_a_product_from_the_most_alike_is_said_in_plain_words() -> None:
    oak = product().model_copy(update={"materials": ("oak",), "colours": ("natural",), "attributes": {}, "reviews": ()})
    walnut, brown = oak.model_copy(update={"materials": ("walnut",)}), oak.model_copy(update={"colours": ("brown",)})
    offer = StockedOffer(
        variant_id="v", product_id=oak.product_id, product_title=oak.title, options={}, price=10_000, list_price=None,
        currency="USD", available=9, on_hand=9, sellable=True, image_url=None, seller="",
    )  # fmt: skip
    row = [Showing(each, (offer,), (offer,)) for each in (oak, walnut, brown)]
    assert whys(row, Filters()) == ["", "same kind, walnut instead of oak", "same kind, brown instead of natural"]


async def test_another_conversations_picture_is_unknown(looked: ToolContext) -> None:
    image_id = await sent(looked)
    stranger = replace(looked, principal=Principal("guest:bob", "session-bob"))
    for context, wanted in ((stranger, image_id), (looked, "img_nothing"), (replace(looked, uploads=None), image_id)):
        with pytest.raises(ToolError) as caught:
            await look(context, image_id=wanted)
        assert caught.value.code == "unknown_picture"


async def test_pictures_not_yet_looked_at_are_told(context: ToolContext, tmp_path: Path) -> None:
    early = replace(context, uploads=Uploads(tmp_path / "uploads"))
    result = await look(early, image_id=await sent(early))
    assert shown(result).items == []
    assert result.facts["all_looked_at"] is False
