"""Learns the whitenings of the compact encoder from pictures of things, each snapped several times; no PyTorch."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from policies.errors import Refused, Unavailable
from retrieval.looking_worker import VIEWS, pictures
from retrieval.photos import Photo, has_photo, own_photo
from retrieval.picture import PictureCleaner
from retrieval.product import Product
from retrieval.train.vision_snaps import snapped
from retrieval.vision import colour
from retrieval.vision.posing import opened, small
from retrieval.vision.thing import of_thing
from retrieval.vision.weighing import Floats, joined
from retrieval.vision.whitening import JOINED, SIZES, Whitenings, learnt

_SNAPS = 3  # of each picture, beside itself
_MISSED = 5  # pictures in a row whose server does not answer

Things = Sequence[Sequence[bytes]]  # pictures of each thing


@dataclass(frozen=True, slots=True)
class Sightings:
    """What is seen of things, each snapped several times.

    Args:
        rows: (n, inner) by map, as `learnt` takes them.
        which: (n,) the thing that each shows.
    """

    rows: Mapping[str, Floats]
    which: NDArray[np.int64]

    def maps(self, without: Sequence[int] = ()) -> Whitenings:
        """Learn which differences between pictures of one thing say nothing, leaving out some things."""
        kept = ~np.isin(self.which, without)
        return {name: learnt(rows[kept], self.which[kept], SIZES[name]) for name, rows in self.rows.items()}


def sightings(things: Things, seed: int, told: Callable[[int], None]) -> Sightings:
    """Look at pictures of things and at snaps of them.

    Args:
        things: Pictures of each; several of one thing teach more than snaps alone.
        seed: Of the snaps.
        told: Told how many things were looked at.
    """
    rng = random.Random(seed)
    rows: dict[str, list[Floats]] = {name: [] for name in JOINED}
    which: list[int] = []
    for at, shots in enumerate(things):
        for picture in (sight for one in shots for sight in _sights(opened(one), rng)):
            parts, _ = of_thing(colour.lab(np.asarray(small(picture))))
            for name, weights in JOINED.items():
                rows[name].append(joined(parts, weights))
            which.append(at)
        told(at + 1)
    return Sightings({name: np.stack(seen) for name, seen in rows.items()}, np.array(which, dtype=np.int64))


async def pictures_of(
    products: Sequence[Product],
    cleaner: PictureCleaner,
    most: int,
    told: Callable[[int], None],
    photo: Photo = own_photo,
) -> list[list[bytes]]:
    """Return the pictures of up to `most` things: drawings of one colour belong together, any other is alone.

    Args:
        products: The shop's.
        cleaner: Makes pictures of a feed safe.
        most: How many things.
        told: Told how many there are so far.
        photo: Reads pictures of a feed; one that cannot be read, or does not come now, is left out.

    Raises:
        Unavailable: Several in a row do not come; their server is away.
    """
    things: list[list[bytes]] = []
    missed = 0
    for product in random.Random(most).sample(list(products), len(products)):
        drawn = await asyncio.to_thread(pictures, product)
        things += [drawn[at : at + VIEWS] for at in range(0, len(drawn), VIEWS)][:1]
        if not drawn and product.image_url and has_photo(product.image_url):
            try:
                data, missed = await photo(product.image_url), 0
            except Unavailable:
                data, missed = None, missed + 1
                if missed == _MISSED:
                    raise
            with suppress(Refused):
                things += [[(await cleaner.clean(data)).jpeg]] if data is not None else []
        told(len(things))
        if len(things) >= most:
            break
    return things


def _sights(picture: Image.Image, rng: random.Random) -> list[Image.Image]:
    return [picture, *(snapped(picture, rng) for _ in range(_SNAPS))]
