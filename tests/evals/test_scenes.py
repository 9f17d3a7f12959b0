"""Composed pictures are the same for the same seed, and say where their two products are."""

import random

from evals.scenes import compose, overlap
from retrieval.demo import generate
from retrieval.region import Region


def test_a_scene_is_the_same_for_the_same_seed_and_its_things_stand_apart() -> None:
    one, other = (entry.product for entry in generate(60).entries[:2])
    scene = compose((one, other), random.Random(3))
    assert scene.picture == compose((one, other), random.Random(3)).picture
    assert overlap(*scene.places) == 0
    assert all(place.left >= 0 and place.left + place.width <= 1 for place in scene.places)


def test_overlap_is_the_share_of_the_union() -> None:
    assert overlap(Region(0, 0, 1, 1), Region(0, 0, 0.5, 1)) == 0.5
    assert overlap(Region(0, 0, 0.2, 0.2), Region(0.5, 0.5, 0.2, 0.2)) == 0
