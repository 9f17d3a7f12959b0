"""Words are compared with pictures that the encoder has not learnt from, with intervals, and against chance."""

from pathlib import Path

from PIL import Image

from evals.vision_sets import PictureSet, Shot
from evals.vision_words import measure_words, of_products, of_set
from retrieval.demo import generate
from retrieval.encode import open_encoder
from retrieval.vision.compact import open_compact


async def test_kinds_are_read_and_products_found_by_words_far_above_chance(tmp_path: Path) -> None:
    products = [entry.product for entry in generate(products=30, seed=3).entries]
    drawn, photos = of_products(products, 16, seed=5)
    assert [one.kind for one in drawn] == [one.kind for one in photos]
    assert drawn[0].picture != photos[0].picture

    figures = await measure_words(drawn, open_compact(), await open_encoder(None, tmp_path), seed=5)

    assert figures["pictures"] == 16
    for name in ("kind_read@1", "kind_found@6", "product_found@10", "product_found_by_text@10"):
        assert 0 <= figures[f"{name}_low"] <= figures[name] <= figures[f"{name}_high"] <= 1
    assert figures["kind_read@1"] > 3 * figures["kind_read_chance"]
    assert figures["kind_told"] == 0  # eight examples are too few to trust any
    assert figures["product_found_chance"] == 10 / 16
    assert "kind_read_as_labelled@1" not in figures


def test_of_products_the_shops_own_pictures_are_read_and_of_classes_those_of_the_test(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (32, 32), (190, 40, 40)).save(path)
    shop, asked = Shot(path, "R1", "Tees"), Shot(path, "hat")
    assert [one.kind for one in of_set(PictureSet("product", [shop, Shot(path, "R2")], [asked]))] == ["Tees"]
    assert [one.kind for one in of_set(PictureSet("class", [shop], [asked]))] == ["hat"]
