"""Copies are planted as another seller may show them, one way after another, the same for the same seed."""

import random
from pathlib import Path

from evals.alike import plant
from retrieval.demo import generate


def test_copies_are_listings_of_their_own_that_show_an_edited_picture(tmp_path: Path) -> None:
    products = [entry.product for entry in generate(products=30, seed=7).entries]
    planted = plant(products, 6, tmp_path, random.Random(4))
    ways = {entry.product.product_id.partition(".")[2] for entry in planted}
    assert ways == {"smaller", "cropped", "lit", "mirrored", "margin", "photographed"}
    assert {entry.product.brand for entry in planted} == {"Else"}
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(first) == 6
    assert all(content.startswith(b"\xff\xd8\xff") for content in first.values())
    plant(products, 6, tmp_path, random.Random(4))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
