"""Pictures used twice, and shown things as examples for and against: both measured on the drawn demo shop.

Run as `python -m evals.alike --products 400 --copies 60 --pairs 200`; prints one JSON object.
"""

import argparse
import asyncio
import io
import json
import random
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageEnhance

from evals.distortions import photographed
from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.demo import generate
from retrieval.demo.drawing.draw import draw_product
from retrieval.doubles import doubles
from retrieval.looking import Looking
from retrieval.picture import PictureCleaner
from retrieval.product import CatalogueEntry, Product
from retrieval.query import Filters, Liking
from retrieval.vision.encoder import Rows

_SIDE = 400  # pixels of a drawing before it is copied
_TOP = 6
_CUT = 0.06  # share of a side that a copy may lose
_LIGHT = (0.8, 1.2)
_QUALITY = (45, 70, 85)
_DIGITS = 3


def copied(picture: Image.Image, how: str, rng: random.Random) -> bytes:
    """Return a drawing as another listing may show it.

    Args:
        picture: RGB.
        how: "smaller", "cropped", "lit", "mirrored", "margin" or "photographed".
        rng: Decides the rest.
    """
    if how == "photographed":
        return photographed(picture, rng)
    width, height = picture.size
    if how == "smaller":
        picture = picture.resize((width * 5 // 8, height * 5 // 8))
    elif how == "cropped":
        cut = [rng.uniform(0, _CUT) for _ in range(4)]
        box = (width * cut[0], height * cut[1], width * (1 - cut[2]), height * (1 - cut[3]))
        picture = picture.crop((round(box[0]), round(box[1]), round(box[2]), round(box[3])))
    elif how == "lit":
        picture = ImageEnhance.Brightness(picture).enhance(rng.uniform(*_LIGHT))
    elif how == "mirrored":
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    else:
        wider = Image.new("RGB", (width * 9 // 8, height * 9 // 8), "white")
        wider.paste(picture, (width // 16, height // 16))
        picture = wider
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=rng.choice(_QUALITY))
    return out.getvalue()


_WAYS = ("smaller", "cropped", "lit", "mirrored", "margin", "photographed")


def plant(products: Sequence[Product], copies: int, folder: Path, rng: random.Random) -> list[CatalogueEntry]:
    """Return listings of another seller whose pictures are copies of these products', one way after another."""
    planted: list[CatalogueEntry] = []
    for at, product in enumerate(rng.sample(list(products), copies)):
        how = _WAYS[at % len(_WAYS)]
        colour = rng.choice(product.colours) if product.colours else None
        drawn = Image.open(io.BytesIO(draw_product(product, colour, at % 2, _SIDE))).convert("RGB")
        path = folder / f"{product.product_id}.{how}.jpg"
        path.write_bytes(copied(drawn, how, rng))
        taken = {"product_id": f"{product.product_id}.{how}", "brand": "Else", "image_url": path.as_uri()}
        planted.append(CatalogueEntry(product=product.model_copy(update=taken), offers=()))
    return planted


@asynccontextmanager
async def shop_with_copies(products: int, copies: int, seed: int) -> AsyncGenerator[tuple[Catalog, list[Product]]]:
    """Open the drawn demo shop with copies planted, every picture looked at."""
    with TemporaryDirectory() as kept:
        folder = Path(kept)
        entries = list(generate(products=products, seed=seed).entries)
        own = [entry.product for entry in entries]
        entries += plant(own, copies, folder, random.Random(seed))
        catalog = await open_index(IndexSettings(folder / "index", folder / "models"))
        cleaner = PictureCleaner()
        try:
            await catalog.replace_all(entries)
            await Looking(catalog, cleaner).catch_up(asyncio.Event())
            yield catalog, own
        finally:
            await cleaner.aclose()
            await catalog.aclose()


async def found_copies(catalog: Catalog, copies: int) -> dict[str, float | int]:
    """Return how many planted copies the report names, in all and by the way they were made, and its false pairs."""
    named: dict[str, int] = defaultdict(int)
    false = 0
    for pair in await doubles(catalog):
        original, copy = sorted(pair.product_ids, key=len)
        if copy.startswith(f"{original}."):
            named[copy.partition(".")[2]] += 1
        else:
            false += 1
    total = sum(named.values())
    each = copies // len(_WAYS)
    edited = total - named["photographed"]
    figures: dict[str, float | int] = {"copies": copies, "pairs_false": false}
    figures["precision"] = _rounded(total / (total + false)) if total + false else 0.0
    figures["recall_edited"] = _rounded(edited / (each * (len(_WAYS) - 1)))
    return figures | {f"recall_{way}": _rounded(named[way] / each) for way in _WAYS}


async def swayed(
    catalog: Catalog, products: Sequence[Product], pairs: int, rng: random.Random
) -> dict[str, float | int]:
    """Return what "more like A, less like C" does to the first six beside "more like A", A and C being of one kind.

    Likeness is that of the nearest of two products' pictures. Traits are materials, styles and colours that only one of
    the two has.
    """
    rows = await _rows(catalog, [product.product_id for product in await catalog.products()])
    told: dict[str, list[float]] = defaultdict(list)
    for liked, unlike in _pairs(products, pairs, rng):
        both = liked.product_id, unlike.product_id
        kind = Filters(product_types=(liked.product_type,), not_ids=both)
        plain = await catalog.more_like(Liking(both[:1]), kind, limit=_TOP)
        against = await catalog.more_like(Liking(both[:1], both[1:]), kind, limit=_TOP)
        before, after = ([hit.product for hit in found.hits] for found in (plain, against))
        if not before or not after:
            continue
        a, c = (_likeness(rows, each) for each in both)
        told["moved"].append({p.product_id for p in before} != {p.product_id for p in after})
        told["farther_from_unlike"].append(c(after) < c(before))
        told["margin_wider"].append(a(after) - c(after) > a(before) - c(before))
        told["likeness_to_liked_change"].append(a(after) - a(before))
        told["likeness_to_unlike_change"].append(c(after) - c(before))
        told["traits_of_unlike_before"].append(_traits(before, unlike, liked))
        told["traits_of_unlike_after"].append(_traits(after, unlike, liked))
        told["traits_of_liked_before"].append(_traits(before, liked, unlike))
        told["traits_of_liked_after"].append(_traits(after, liked, unlike))
    return {"pairs": len(told["moved"])} | {name: _rounded(float(np.mean(each))) for name, each in told.items()}


def _pairs(products: Sequence[Product], pairs: int, rng: random.Random) -> list[tuple[Product, Product]]:
    by_kind: dict[str, list[Product]] = defaultdict(list)
    for product in products:
        by_kind[product.product_type].append(product)
    able = [product for product in products if len(by_kind[product.product_type]) > _TOP + 2]
    chosen = rng.sample(able, min(pairs, len(able)))
    return [(one, rng.choice([other for other in by_kind[one.product_type] if other is not one])) for one in chosen]


async def _rows(catalog: Catalog, product_ids: Sequence[str]) -> dict[str, Rows]:
    async with catalog.reading() as shelf:
        place = shelf.sight.place
        found = await shelf.reader.index.retrieve(product_ids, seen=place)
    return {one.product_id: one.vectors[place.vectors] for one in found if one.vectors}


def _likeness(rows: Mapping[str, Rows], product_id: str) -> Callable[[Sequence[Product]], float]:
    def mean(shown: Sequence[Product]) -> float:
        return float(np.mean([(rows[each.product_id] @ rows[product_id].T).max() for each in shown]))

    return mean


def _traits(shown: Sequence[Product], of: Product, beside: Product) -> float:
    """Return the share of what `of` has and `beside` has not that the shown ones have, 0 where that is nothing."""
    own = _words(of) - _words(beside)
    return float(np.mean([len(_words(each) & own) / len(own) for each in shown])) if own else 0.0


def _words(product: Product) -> set[str]:
    return {*product.materials, *product.styles, *product.colours}


def _rounded(value: float) -> float:
    return round(value, _DIGITS)


async def measure(products: int, copies: int, pairs: int, seed: int) -> dict[str, dict[str, float | int]]:
    """Return the figures of both, on one shop."""
    async with shop_with_copies(products, copies, seed) as (catalog, own):
        found = await found_copies(catalog, copies)
        return {"copies": found, "examples": await swayed(catalog, own, pairs, random.Random(seed))}


def main() -> None:
    """Measure and print one JSON object."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name, default in (("products", 400), ("copies", 60), ("pairs", 200), ("seed", 11)):
        asked.add_argument(f"--{name}", type=int, default=default)
    given = asked.parse_args()
    systems = asyncio.run(measure(given.products, given.copies, given.pairs, given.seed))
    print(json.dumps({"systems": systems}))  # noqa: T201


if __name__ == "__main__":
    main()
