"""Keypoints: a photo agrees with the very thing it shows, whatever was done to it, and with little else."""

import io
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from evals.distortions import photographed
from retrieval.demo.drawing.draw import draw_product
from retrieval.demo.shop import generate
from retrieval.vision.keypoints import Keypoints, agreement, keypoints, unpacked

PRODUCTS = [entry.product for entry in generate(12, seed=31).entries]
DRAWN = [draw_product(product, None, 0, 256) for product in PRODUCTS]


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("RGB")


def test_most_photos_agree_more_with_their_own_thing_than_with_any_other() -> None:
    rng, shown = random.Random(5), [keypoints(picture) for picture in DRAWN]
    own = 0
    for at, product in enumerate(PRODUCTS):
        photo = keypoints(photographed(opened(draw_product(product, None, 0, 480)), rng))
        agreed = [agreement(photo, [one]) for one in shown]
        own += agreed[at] > max(agreed[:at] + agreed[at + 1 :])
    assert own >= 0.6 * len(PRODUCTS)


def scribbled() -> Image.Image:
    """A picture that is nowhere like its mirror."""
    rng, picture = random.Random(3), Image.new("RGB", (256, 256), "white")
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = rng.randrange(10, 200), rng.randrange(10, 200)
        wide, tall = rng.randrange(8, 50), rng.randrange(8, 50)
        draw.rectangle((x, y, x + wide, y + tall), fill=(rng.randrange(256), rng.randrange(256), rng.randrange(256)))
    return picture


def test_a_picture_agrees_with_itself_turned_and_made_smaller_but_not_with_its_mirror() -> None:
    picture = scribbled()
    whole = keypoints(jpeg(picture))
    turned = keypoints(jpeg(picture.rotate(12, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))))
    smaller = keypoints(jpeg(picture.resize((150, 150))))
    mirrored = keypoints(jpeg(ImageOps.mirror(picture)))
    assert agreement(whole, [whole]) > 0.9
    assert agreement(turned, [whole]) > 0.3
    assert agreement(smaller, [whole]) > 0.3
    assert agreement(mirrored, [whole]) < 0.05


def test_the_picture_that_agrees_most_counts_and_none_is_no_agreement() -> None:
    first, second = (keypoints(picture) for picture in DRAWN[:2])
    assert agreement(first, [second, first]) == agreement(first, [first])
    assert agreement(first, []) == 0


@pytest.mark.parametrize("size", [(320, 320), (8, 8), (900, 3), (1, 1)])
def test_a_plain_picture_agrees_with_nothing(size: tuple[int, int]) -> None:
    plain = keypoints(jpeg(Image.new("RGB", size, (90, 120, 60))))
    assert agreement(plain, [keypoints(DRAWN[0]), plain]) == 0
    assert agreement(keypoints(DRAWN[0]), [plain]) == 0


def test_keypoints_outlive_packing() -> None:
    for picture in DRAWN[:8]:
        found = keypoints(picture)
        again = unpacked(found.packed())
        np.testing.assert_array_equal(again.at, found.at)
        np.testing.assert_array_equal(again.signs, found.signs)


@given(st.integers(0, 2**32 - 1), st.integers(0, 30), st.integers(0, 30))
def test_agreement_is_a_share_of_whatever_keypoints(seed: int, mine: int, theirs: int) -> None:
    rng = np.random.default_rng(seed)

    def some(count: int) -> Keypoints:
        at = rng.integers(0, 320, (count, 2)).astype(np.float32)
        return Keypoints(at, rng.integers(0, 2**63, (count, 2), dtype=np.uint64))

    first, second = some(mine), some(theirs)
    assert 0 <= agreement(first, [second]) <= 1
    assert agreement(first, [second]) == agreement(first, [second])
