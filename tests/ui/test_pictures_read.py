"""Reading text in the catalogue's pictures is bounded, kept as it goes, and gone on with after a run was cut off."""

from pathlib import Path

from retrieval.written import listed_pictures
from tests.retrieval.conftest import build_entry
from tests.unsuitable import unsuitable_jpeg
from ui.commands.pictures_read import told_by_pictures


async def test_each_picture_is_read_once_and_what_was_read_is_told_again(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.jpg").write_bytes(name.encode() * 9)
    entries = [
        build_entry(name, "lamp", f"{name} lamp", brand=brand, image_url=(tmp_path / f"{name}.jpg").as_uri())
        for name, brand in zip("abc", ("Fen", "Knorr", "Northway"), strict=True)
    ]
    kept = tmp_path / "read.jsonl"
    [first, *_] = listed_pictures(entries)
    kept.write_text(f'{{"picture": "{first.content}", "lines": ["KNORR"], "indecent": 0.1}}\n{{"picture": "cut o')

    one_more = await told_by_pictures(entries, kept, 1)
    again = await told_by_pictures(entries, kept, 0)

    assert one_more == again
    assert [(finding.product_ids, finding.kind) for finding in again] == [(["a"], "counterfeit")]
    assert "it is listed under Fen" in again[0].says
    await told_by_pictures(entries, kept, 9)
    assert sum('"lines": [],' in line for line in kept.read_text().splitlines()) == 2


async def test_a_picture_that_may_be_indecent_is_told_to_the_merchant_and_stays(tmp_path: Path) -> None:
    (tmp_path / "odd.jpg").write_bytes(unsuitable_jpeg())
    entries = [build_entry("odd", "lamp", "Odd lamp", brand="Fen", image_url=(tmp_path / "odd.jpg").as_uri())]
    (finding,) = await told_by_pictures(entries, tmp_path / "read.jsonl", 5)
    assert (finding.kind, finding.product_ids) == ("unsuitable", ["odd"])
    assert finding.says.startswith("needs review: ")
    assert await told_by_pictures(entries, tmp_path / "read.jsonl", 0) == [finding]
