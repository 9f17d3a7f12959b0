"""Several things in one picture are proposed, each found by its own part, and told apart by place and kind."""

import io
import random
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from evals.scenes import Scene, compose, look, overlap
from retrieval.catalog import Catalog
from retrieval.demo import generate
from retrieval.picture import CleanedPicture
from retrieval.region import Region, with_surroundings
from retrieval.regions import MOST, propose
from retrieval.things import Thing, at_place, things_in
from tests.retrieval.conftest import looked_at

KINDS = ("armchair", "lamp", "tote", "dress", "rug", "watch", "vase", "desk")
BY_KIND = {entry.product.product_type: entry for entry in generate(60).entries}
ENTRIES = [BY_KIND[kind] for kind in KINDS if kind in BY_KIND]
PRODUCTS = [entry.product for entry in ENTRIES]


def scenes(count: int, seed: int = 4) -> list[Scene]:
    rng = random.Random(seed)
    made: list[Scene] = []
    while len(made) < count:
        one, other = rng.sample(PRODUCTS, 2)
        if one.product_type != other.product_type:
            made.append(compose((one, other), rng))
    return made


def flat(*boxes: tuple[int, int, int, int]) -> CleanedPicture:
    picture = Image.new("RGB", (400, 300), (225, 220, 210))
    for box in boxes:
        picture.paste((150, 30, 40), box)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return CleanedPicture(out.getvalue(), 400, 300, sha256(out.getvalue()).hexdigest())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Iterator[Catalog]:
    """A few products, each of another kind, all looked at; for tests that only read."""

    yield from looked_at(ENTRIES, tmp_path_factory.mktemp("apart"), encoder_cache)


async def test_two_things_are_proposed_from_left_to_right() -> None:
    left, right = await propose(flat((250, 60, 350, 240), (40, 80, 140, 200)).jpeg)
    assert overlap(left, Region(0.1, 80 / 300, 0.25, 0.4)) > 0.8
    assert overlap(right, Region(0.625, 0.2, 0.25, 0.6)) > 0.8


async def test_nothing_is_proposed_where_nothing_stands_out() -> None:
    assert await propose(flat().jpeg) == ()


async def test_there_are_never_more_than_can_be_chosen_from() -> None:
    boxes = [(20 + 95 * (n % 4), 20 + 90 * (n // 4), 70 + 95 * (n % 4), 70 + 90 * (n // 4)) for n in range(12)]
    assert len(await propose(flat(*boxes).jpeg)) == MOST


def test_what_lies_around_a_region_stays_within_the_picture() -> None:
    wider = with_surroundings(Region(0, 0.9, 1, 0.1))
    assert (wider.left, wider.top, wider.width) == (0, pytest.approx(0.882), 1)
    assert wider.top + wider.height == pytest.approx(1)


async def test_both_things_of_a_scene_are_found_apart(shop: Catalog) -> None:
    seen = [await look(shop, scene) for scene in scenes(6)]
    assert sum(one.kinds for one in seen) >= 5


async def test_things_are_told_by_kind_and_place_and_one_thing_is_no_several(shop: Catalog) -> None:
    met = 0
    for scene in scenes(3, seed=6):
        things = await things_in(shop, scene.picture)
        places = sorted(zip(scene.places, scene.products, strict=True), key=lambda pair: pair[0].left)
        met += [thing.kind for thing in things] == [product.product_type for _, product in places]
        assert [thing.number for thing in things] == list(range(1, len(things) + 1))
    assert met >= 2
    assert await things_in(shop, flat((100, 60, 300, 240))) == ()


def test_a_place_is_counted_from_either_side() -> None:
    whole = flat()
    things = [Thing(n, Region(0, 0, 1, 1), whole, kind, 0.9) for n, kind in enumerate(("lamp", "sofa", "rug"), 1)]
    assert [at_place(things, place) for place in (1, -1, 0, 3)] == [things[0], things[2], things[1], things[2]]
    assert at_place(things, 4) is None
