"""Public catalogues go through the real import, a part of each; what of them was left out is known by line."""

import gzip
import itertools
import json
import os
from pathlib import Path

import pytest

from retrieval.catalog import Catalog
from retrieval.feeds.jsonl import read_feed
from retrieval.feeds.options import FeedOptions, read_options
from retrieval.feeds.staging import stage
from retrieval.product import CatalogueEntry
from retrieval.query import Filters
from shop.books import GateBooks
from shop.clock import utc_now
from tools.stocking import stock_shop

MAPS = Path(__file__).parents[1] / "retrieval" / "feeds" / "maps"
ROWS = 60
# File, mapping, rows in and left out of the first sixty, and words that find something of it.
SETS = (
    ("eshop/catalog.json", None, 60, 0, "hiking boots"),
    ("aws_retail_demo/products.jsonl", "aws.toml", 60, 0, "beige backpack"),
    ("magento_luma/products.jsonl", "luma.toml", 774, 0, "hoodie"),
    ("icecat_chorus/products_0.jsonl.gz", "icecat.toml", 60, 0, "toner cartridge"),
)


@pytest.mark.parametrize(("name", "mapping", "rows", "left_out", "words"), SETS, ids=lambda value: str(value)[:24])
async def test_a_public_catalogue_is_imported_and_found(
    name: str,
    mapping: str | None,
    rows: int,
    left_out: int,
    words: str,
    tmp_path: Path,
    catalog: Catalog,
    gate: GateBooks,
) -> None:
    given = os.environ.get("AISLE_DATA_DIR")
    data = Path(given) / name if given else None
    if data is None or not data.exists():
        assert os.environ.get("AISLE_REQUIRE_DATA") != "1", f"{name} is missing"
        return
    feed = tmp_path / "feed"
    feed.write_text(first_rows(data))
    options = read_options(MAPS / mapping) if mapping else FeedOptions()

    staged = stage(feed, options, tmp_path / "staged", utc_now())
    read = (row for row in read_feed(staged.entries, lambda p: pytest.fail(str(p))) if isinstance(row, CatalogueEntry))
    stocked = await stock_shop(read, catalog, gate.merchant)

    assert (staged.rows, staged.left_out, stocked.products) == (rows, left_out, ROWS)
    hits = (await catalog.search(words, Filters())).hits
    assert hits
    offers = await gate.offers.of_products([hit.product.product_id for hit in hits])
    assert all(offer.price > 0 for some in offers.values() for offer in some)


def first_rows(path: Path) -> str:
    if path.name == "catalog.json":
        return json.dumps(json.loads(path.read_text())[:ROWS])
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        return "".join(itertools.islice(lines, ROWS))
