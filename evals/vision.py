"""Vision: whether a bad photo of a product finds that product first, and what a picture is claimed to show."""

import asyncio
import io
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from PIL import Image

from evals.distortions import photographed
from evals.intervals import interval, mean_of
from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.demo import generate
from retrieval.demo.drawing.draw import draw_product
from retrieval.looking import Looking
from retrieval.picture import CleanedPicture, PictureCleaner
from retrieval.product import Product
from retrieval.query import Filters

_SIDE = 480  # pixels of a drawing before it is photographed
_VIEWS = (0, 1)  # plain, and in a setting
_DIGITS = 4
_TOLD_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class VisionPlan:
    """How many photos of which products; the same seed takes the same photos."""

    queries: int
    seed: int = 11


@dataclass(frozen=True, slots=True)
class Seen:
    """What one photo found; None where a question does not apply.

    Args:
        product: Its product came first.
        kind: A product of its kind came first.
        coloured: In another colour that its kind is sold in, kind and colour came first.
        claimed: The first was called the very thing.
        claimed_absent: With its own product left out, another was called the very thing.
    """

    product: bool
    kind: bool
    coloured: bool | None
    claimed: bool
    claimed_absent: bool


@asynccontextmanager
async def drawn_shop(
    folder: Path, products: int, told: Callable[[str], None]
) -> AsyncGenerator[tuple[Catalog, list[Product]]]:
    """Open the drawn demo shop in an empty folder, every picture looked at; minutes for a thousand products.

    Args:
        folder: Where the index is built.
        products: How many.
        told: Told in words how far the looking is.
    """
    entries = generate(products=products).entries
    catalog = await open_index(IndexSettings(folder / "index", folder / "models"))
    cleaner = PictureCleaner()
    try:
        await catalog.replace_all(entries)
        looking = Looking(catalog, cleaner)
        caught_up = asyncio.create_task(looking.catch_up(asyncio.Event()))
        while not caught_up.done():
            told(await looking.told())
            await asyncio.wait([caught_up], timeout=_TOLD_EVERY_S)
        await caught_up
        yield catalog, [entry.product for entry in entries]
    finally:
        await cleaner.aclose()
        await catalog.aclose()


async def measure(
    catalog: Catalog, products: Sequence[Product], plan: VisionPlan, progress: Callable[[int], None]
) -> dict[str, float | int]:
    """Photograph products and look for each photo.

    Args:
        catalog: That holds these products, their pictures looked at.
        products: Of the drawn demo shop.
        plan: How many photos.
        progress: Told how many are done.

    Returns:
        Shares in [0, 1]; `_low` and `_high` bound the 95 % bootstrap interval.
    """
    rng = random.Random(plan.seed)
    chosen = rng.sample(list(products), min(plan.queries, len(products)))
    colours = _colours_of_kinds(products)
    seen: list[Seen] = []
    for product in chosen:
        seen.append(await _look(catalog, product, colours[product.product_type], rng))
        progress(len(seen))
    return _figures(seen, plan.seed)


async def _look(catalog: Catalog, product: Product, colours: Sequence[str], rng: random.Random) -> Seen:
    worn = rng.choice(product.colours) if product.colours else None
    picture = photo_of(product, worn, rng)
    found = await catalog.find_by_picture(picture, limit=1)
    absent = await catalog.find_by_picture(picture, filters=Filters(not_ids=(product.product_id,)), limit=1)
    others = [colour for colour in colours if colour != worn]
    coloured = None
    if others:
        wanted = rng.choice(others)
        asked = await catalog.find_by_picture(picture, filters=Filters(colours=(wanted,)), limit=1)
        first = asked.hits[0].product
        coloured = first.product_type == product.product_type and wanted in first.colours
    first = found.hits[0].product
    return Seen(
        product=first.product_id == product.product_id,
        kind=first.product_type == product.product_type,
        coloured=coloured,
        claimed=found.same,
        claimed_absent=absent.same,
    )


def photo_of(product: Product, colour: str | None, rng: random.Random) -> CleanedPicture:
    """Return a shopper's bad photo of a drawn product."""
    drawn = Image.open(io.BytesIO(draw_product(product, colour, rng.choice(_VIEWS), _SIDE))).convert("RGB")
    jpeg = photographed(drawn, rng)
    with Image.open(io.BytesIO(jpeg)) as photo:
        width, height = photo.size
    return CleanedPicture(jpeg, width, height, sha256(jpeg).hexdigest())


def _colours_of_kinds(products: Sequence[Product]) -> dict[str, list[str]]:
    colours: dict[str, set[str]] = {}
    for product in products:
        colours.setdefault(product.product_type, set()).update(product.colours)
    return {kind: sorted(of_kind) for kind, of_kind in colours.items()}


def _figures(seen: Sequence[Seen], seed: int) -> dict[str, float | int]:
    coloured = [one.coloured for one in seen if one.coloured is not None]
    claims = [one for one in seen if one.claimed]
    return {
        "queries": len(seen),
        **interval("product_first", mean_of([one.product for one in seen]), len(seen), seed),
        **interval("type_first", mean_of([one.kind for one in seen]), len(seen), seed),
        **interval("other_colour_type_and_colour_first", mean_of(coloured), len(coloured), seed),
        "claimed_the_very_thing": _mean([one.claimed for one in seen]),
        "claims_wrong": _mean([not one.product for one in claims]),
        "claimed_when_absent": _mean([one.claimed_absent for one in seen]),
    }


def _mean(met: Sequence[bool]) -> float:
    return round(sum(met) / len(met), _DIGITS) if met else 0.0
