"""Keypoints in a search by picture: they decide among what looks alike, and know a thing whose colours are far."""

import numpy as np

from retrieval.catalog import Catalog
from retrieval.looking_worker import pictures
from retrieval.query import Liking
from retrieval.vision.encoder import Rows, Seen
from retrieval.vision.keypoints import keypoints
from tests.retrieval.test_seeing import ENTRIES, copy_of, ids

PRODUCTS = sorted(entry.product.product_id for entry in ENTRIES[:3])


async def stocked(catalog: Catalog, row: Rows, points: list[str]) -> None:
    """Three products whose pictures have one vector, and these keypoints."""
    await catalog.replace_all(ENTRIES[:3])
    version, _ = await catalog.not_looked_at(catalog.sight, 1)
    seen = {product: Seen(row, ("",), (told,)) for product, told in zip(PRODUCTS, points, strict=True)}
    await catalog.set_pictures(version, catalog.sight, seen)


def points_of(*places: int) -> list[str]:
    return [keypoints(pictures(ENTRIES[at].product)[0]).packed() for at in places]


async def test_of_what_looks_alike_the_one_whose_keypoints_agree_comes_first(empty_catalog: Catalog) -> None:
    photo = copy_of(ENTRIES[9])
    await stocked(empty_catalog, await empty_catalog.sight.eye.encode([photo.jpeg]), points_of(12, 15, 9))
    assert ids(await empty_catalog.find_by_picture(photo)) == [PRODUCTS[2], *PRODUCTS[:2]]
    swayed = await empty_catalog.find_by_picture(photo, beside=Liking(liked=(PRODUCTS[0],)))
    assert ids(swayed) == PRODUCTS  # Alike, and no longer that very thing.


async def test_a_thing_whose_keypoints_agree_looks_like_the_photo_however_far_its_colours_are(
    empty_catalog: Catalog,
) -> None:
    photo = copy_of(ENTRIES[9])
    far = np.eye(1, empty_catalog.sight.eye.dimension, dtype=np.float32)
    await stocked(empty_catalog, far, points_of(12, 15, 18))
    assert not (await empty_catalog.find_by_picture(photo)).alike
    await stocked(empty_catalog, far, points_of(12, 9, 18))
    found = await empty_catalog.find_by_picture(photo)
    assert found.alike
    assert not found.same
    assert ids(found)[0] == PRODUCTS[1]
