"""Learns the whitenings of the compact encoder from pictures of things, each snapped several times; no PyTorch."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from PIL import Image

from policies.errors import Refused, Unavailable
from retrieval.looking_worker import VIEWS, pictures
from retrieval.photos import Photo, has_photo, own_photo
from retrieval.picture import PictureCleaner
from retrieval.product import Product
from retrieval.train.vision_snaps import snapped
from retrieval.vision import colour
from retrieval.vision.compact import CompactEncoder
from retrieval.vision.posing import encoded, opened, small
from retrieval.vision.thing import of_thing
from retrieval.vision.weighing import Floats, joined
from retrieval.vision.whitening import JOINED, SIZES, Whitenings, learnt

_SNAPS = 3  # of each picture, beside itself
_LEAST = 40  # things; fewer teach nothing that holds
_HELD_OUT = 4  # of so many things one is kept back
_MISSED = 5  # pictures in a row whose server does not answer

Things = Sequence[Sequence[bytes]]  # pictures of each thing


@dataclass(frozen=True, slots=True)
class Adapted:
    """What a shop's own pictures taught.

    Args:
        maps: The whitenings.
        before: Share of held-out things that a snap of them found first, by the encoder as it is.
        after: The same with these maps.
        held_out: How many things were held out.
    """

    maps: Whitenings
    before: float
    after: float
    held_out: int

    @property
    def better(self) -> bool:
        """Whether the maps find more, so that they are worth looking at all pictures again."""
        return self.after > self.before


def learn_maps(things: Things, seed: int, told: Callable[[int], None]) -> Whitenings:
    """Learn which differences between pictures of one thing say nothing.

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
    return {name: learnt(np.stack(seen), np.array(which), SIZES[name]) for name, seen in rows.items()}


async def adapt(eye: CompactEncoder, things: Things, seed: int, told: Callable[[int], None]) -> Adapted | None:
    """Learn from three quarters of a shop's things, and look for snaps of the others before and after.

    Args:
        eye: The encoder as it is.
        things: Pictures of each of the shop's things.
        seed: Decides what is held out, and every snap.
        told: Told how many things were looked at.

    Returns:
        None where there are too few things to learn from.
    """
    if len(things) < _LEAST:
        return None
    held_out = set(random.Random(seed).sample(range(len(things)), len(things) // _HELD_OUT))
    maps = learn_maps([shots for at, shots in enumerate(things) if at not in held_out], seed, told)
    before = await _found(eye, things, sorted(held_out), seed + 1)
    after = await _found(eye.with_maps(maps), things, sorted(held_out), seed + 1)
    return Adapted(maps, before, after, len(held_out))


async def _found(eye: CompactEncoder, things: Things, asked: Sequence[int], seed: int) -> float:
    """Return the share of these things of which a snap finds the thing itself first among all."""
    rng = random.Random(seed)
    shop = [shot for shots in things for shot in shots]
    of = np.array([at for at, shots in enumerate(things) for _ in shots])
    rows = await eye.encode(shop)
    right = 0
    for at in asked:
        snap = snapped(opened(rng.choice(things[at])), rng)
        likeness = (await eye.encode_query(encoded(snap))).looks.likeness(rows)
        right += int(of[likeness.argmax()]) == at
    return right / len(asked)


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
