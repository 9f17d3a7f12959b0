"""Scenes: two drawn products on one ground, each to be found in the picture and searched for on its own."""

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from PIL import Image, ImageFilter

from retrieval.catalog import Catalog
from retrieval.demo.drawing.draw import DRAWINGS, cut_out
from retrieval.picture import CleanedPicture
from retrieval.product import Product
from retrieval.region import Region, cut, with_surroundings
from retrieval.regions import propose

_SIZES = ((900, 675), (1024, 768), (800, 800), (700, 930), (960, 540))  # pixels
_DRAWN = 480  # pixels of the square a product is drawn in
_QUALITY = (60, 90)
_WALLS = ((214, 205, 190), (120, 92, 66), (70, 74, 80), (232, 232, 230), (150, 165, 150), (176, 186, 196))
_FLOORS = ((196, 168, 134), (150, 120, 92), (205, 203, 198), (98, 84, 74))
_FOUND = 0.5  # overlap over union from which a proposal is the thing
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture of two products, and where each of them is in it."""

    picture: CleanedPicture
    products: tuple[Product, Product]
    places: tuple[Region, Region]


@dataclass(frozen=True, slots=True)
class SceneSeen:
    """What came of one scene.

    Args:
        found: Both things were proposed, each as a region of its own.
        kinds: And searching each of these regions put a product of its kind first.
        products: And the very product first.
        proposed: How many regions were proposed.
    """

    found: bool
    kinds: bool
    products: bool
    proposed: int


def compose(products: tuple[Product, Product], rng: random.Random) -> Scene:
    """Return two products side by side or one above the other, of other sizes, on a ground of another colour.

    Args:
        products: Of the drawn demo shop.
        rng: Decides everything; the same state gives the same scene.
    """
    size = rng.choice(_SIZES)
    scene = _ground(size, rng)
    halves = _halves(size, rng)
    places: list[Region] = []
    for product, half in zip(products, halves, strict=True):
        thing = _sized(cut_out(product, _colour(product, rng), _DRAWN), half, rng)
        x = rng.randint(half[0], half[2] - thing.width)
        y = rng.randint(half[1], half[3] - thing.height)
        _shadow(scene, thing, (x, y))
        scene.paste(thing, (x, y), thing)
        places.append(Region(x / size[0], y / size[1], thing.width / size[0], thing.height / size[1]))
    out = io.BytesIO()
    scene.save(out, "JPEG", quality=rng.randint(*_QUALITY))
    picture = CleanedPicture(out.getvalue(), *size, sha256(out.getvalue()).hexdigest())
    return Scene(picture, products, (places[0], places[1]))


async def measure(
    catalog: Catalog, products: Sequence[Product], scenes: int, seed: int, progress: Callable[[int], None]
) -> dict[str, float | int]:
    """Look for both things of each scene.

    Args:
        catalog: That holds these products, their pictures looked at.
        products: Of the drawn demo shop.
        scenes: How many to compose.
        seed: The same seed composes the same scenes.
        progress: Told how many are done.

    Returns:
        Shares of scenes in [0, 1] in which both were met, and the mean number of regions proposed.
    """
    rng = random.Random(seed)
    drawn = [product for product in products if product.product_type in DRAWINGS]
    seen: list[SceneSeen] = []
    while len(seen) < scenes:
        first, second = rng.sample(drawn, 2)
        if first.product_type != second.product_type:
            seen.append(await look(catalog, compose((first, second), rng)))
            progress(len(seen))
    return {
        "scenes": len(seen),
        "both_found": _mean([one.found for one in seen]),
        "both_kinds_first": _mean([one.kinds for one in seen]),
        "both_products_first": _mean([one.products for one in seen]),
        "regions_mean": _mean([one.proposed for one in seen]),
    }


async def look(catalog: Catalog, scene: Scene) -> SceneSeen:
    """Propose the regions of a scene and search for each of its things by its own."""
    regions = await propose(scene.picture.jpeg)
    chosen = [max(regions, key=lambda region: overlap(region, place), default=None) for place in scene.places]
    pairs = list(zip(chosen, scene.places, scene.products, strict=True))
    found = all(region is not None and overlap(region, place) >= _FOUND for region, place, _ in pairs)
    if not found or chosen[0] == chosen[1]:
        return SceneSeen(False, False, False, len(regions))
    kinds, exactly = True, True
    for region, _, product in pairs:
        assert region is not None  # Found above.
        result = await catalog.find_by_picture(await cut(scene.picture, with_surroundings(region)), limit=1)
        kinds &= result.hits[0].product.product_type == product.product_type
        exactly &= result.hits[0].product.product_id == product.product_id
    return SceneSeen(True, kinds, exactly, len(regions))


def overlap(one: Region, other: Region) -> float:
    """Return how much of two regions' union they share, in [0, 1]."""
    wide = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    tall = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    shared = max(0.0, wide) * max(0.0, tall)
    return shared / (one.width * one.height + other.width * other.height - shared)


def _halves(size: tuple[int, int], rng: random.Random) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
    """Return the two places, in pixels, left and right of or above and below a gap; which is whose is chance."""
    width, height = size
    edge = round(0.04 * min(size))
    if width > height or (width == height and rng.random() < 0.5):
        middle = round(width * rng.uniform(0.42, 0.58))
        halves = (
            (edge, edge, middle - edge, height - edge),
            (middle + edge, edge, width - edge, height - edge),
        )
    else:
        middle = round(height * rng.uniform(0.42, 0.58))
        halves = (
            (edge, edge, width - edge, middle - edge),
            (edge, middle + edge, width - edge, height - edge),
        )
    return halves if rng.random() < 0.5 else (halves[1], halves[0])


def _ground(size: tuple[int, int], rng: random.Random) -> Image.Image:
    """Return a wall lit from one side, half of the time with a floor before it."""
    scene = _lit(size, rng.choice(_WALLS), rng)
    if rng.random() < 0.5:
        top = round(size[1] * rng.uniform(0.55, 0.8))
        scene.paste(_lit((size[0], size[1] - top), rng.choice(_FLOORS), rng), (0, top))
    return scene


def _lit(size: tuple[int, int], tint: tuple[int, int, int], rng: random.Random) -> Image.Image:
    fall = rng.uniform(0.78, 0.95)
    dark = Image.new("RGB", size, (int(tint[0] * fall), int(tint[1] * fall), int(tint[2] * fall)))
    shade = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize(size)
    return Image.composite(dark, Image.new("RGB", size, tint), shade)


def _sized(thing: Image.Image, half: tuple[int, int, int, int], rng: random.Random) -> Image.Image:
    """Return the thing as large as its place allows, or smaller."""
    room = min((half[2] - half[0]) / thing.width, (half[3] - half[1]) / thing.height)
    ratio = room * rng.uniform(0.6, 1.0)
    return thing.resize((max(1, int(thing.width * ratio)), max(1, int(thing.height * ratio))), Image.Resampling.LANCZOS)


def _shadow(scene: Image.Image, thing: Image.Image, at: tuple[int, int]) -> None:
    """Lay a soft shadow to the right of and below where the thing will be."""
    step = max(2, thing.width // 40)
    veil = Image.new("L", scene.size)
    veil.paste(thing.getchannel("A"), (at[0] + step, at[1] + step))
    veil = veil.filter(ImageFilter.GaussianBlur(2 * step))
    scene.paste((48, 40, 38), mask=veil.point([round(value * 0.3) for value in range(256)]))


def _colour(product: Product, rng: random.Random) -> str | None:
    return rng.choice(product.colours) if product.colours else None


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), _DIGITS)
