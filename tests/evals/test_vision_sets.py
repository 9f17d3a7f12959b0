"""Folders of labelled pictures are read whatever their columns are called, and each picture is looked for."""

import csv
import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from evals.vision_found import measure
from evals.vision_sets import read_pictures
from policies.errors import SettingsError
from retrieval.vision.classical import ClassicalEncoder

RED, BLUE, GREEN = (190, 40, 40), (40, 60, 180), (40, 140, 70)


def picture(path: Path, tint: tuple[int, int, int], *, moved: int = 0) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = Image.new("RGB", (96, 96), (240, 240, 238))
    ImageDraw.Draw(drawn).ellipse((20 + moved, 30, 70 + moved, 80), fill=tint)
    drawn.save(path)
    return path.name


def table(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


async def test_other_views_find_their_product_and_figures_carry_their_interval(tmp_path: Path) -> None:
    tints = {"R1": RED, "B1": BLUE, "G1": GREEN}
    gallery = [
        {"image": picture(tmp_path / "images" / f"{sku}.png", tint), "sku": sku, "category": "Men/Tees"}
        for sku, tint in tints.items()
    ]
    queries = [
        {"image": picture(tmp_path / "images" / f"{sku}b.png", tint, moved=6), "sku": sku}
        for sku, tint in tints.items()
    ]
    (tmp_path / "visual_retrieval.json").write_text(json.dumps({"gallery": gallery, "queries": queries}))
    read = read_pictures(tmp_path)
    assert read.task == "product"
    assert {shot.kind for shot in read.gallery} == {"Tees"}
    told: list[int] = []
    systems = await measure(read, {"classical": ClassicalEncoder()}, 11, told.append)
    figures = systems["classical"]
    assert figures["recall@1"] == figures["recall@1_low"] == figures["recall@1_high"] == 1
    assert (figures["queries"], figures["gallery"]) == (3, 3)
    assert figures["encode_ms"] > 0
    assert told[-1] == 6


@pytest.mark.parametrize(("image", "part", "label"), [("image", "split", "label"), ("file", "subset", "category")])
def test_classes_are_learnt_from_every_row_but_those_of_the_test(
    tmp_path: Path, image: str, part: str, label: str
) -> None:
    rows = [
        {label: kind, part: split, image: picture(tmp_path / f"{kind}-{split}.png", RED)}
        for kind in ("hat", "shoes")
        for split in ("train", "val", "test")
    ]
    table(tmp_path / "labels.csv", rows)
    read = read_pictures(tmp_path)
    assert read.task == "class"
    assert [shot.shows for shot in read.queries] == ["hat", "shoes"]
    assert len(read.gallery) == 4


def test_where_some_rows_are_iconic_photos_are_looked_for_among_them(tmp_path: Path) -> None:
    parts = [("iconic", RED), ("train", BLUE), ("test", GREEN)]
    rows = [
        {"path": picture(tmp_path / f"{split}.png", tint), "split": split, "item": "Apple", "coarse": "Fruit"}
        for split, tint in parts
    ]
    table(tmp_path / "labels.csv", rows)
    read = read_pictures(tmp_path)
    assert read.task == "item"
    assert [shot.path.name for shot in read.gallery] == ["iconic.png"]
    assert [(shot.path.name, shot.shows) for shot in read.queries] == [("test.png", "Apple")]


def test_photos_on_shelves_are_looked_for_among_the_classes_iconic_pictures(tmp_path: Path) -> None:
    picture(tmp_path / "iconic" / "a.jpg", RED)
    picture(tmp_path / "test" / "a1.jpg", RED, moved=4)
    columns = ("Class Name (str)", "Class ID (int)", "Coarse Class Name (str)", "Iconic Image Path (str)")
    table(tmp_path / "classes.csv", [dict(zip(columns, ("Granny-Smith", "4", "Apple", "/iconic/a.jpg"), strict=True))])
    (tmp_path / "test.txt").write_text("test/a1.jpg, 4, 0\n")
    read = read_pictures(tmp_path)
    assert read.task == "item"
    assert [shot.shows for shot in (*read.gallery, *read.queries)] == ["Granny-Smith", "Granny-Smith"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("other.txt", "", "holds no pictures that can be looked for"),
        ("visual_retrieval.json", "{}", "cannot be read"),
        ("visual_retrieval.json", '{"gallery": [{"image": "a.png", "sku": "1"}], "queries": []}', "0 pictures"),
        ("labels.csv", "image,split,label\na.png,train,hat\nb.png,test,hat\n", "is missing"),
    ],
)
def test_a_folder_that_cannot_be_measured_says_why(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError, match=said):
        read_pictures(tmp_path)
