"""A home of an older version is searched after an upgrade as if its feed had been imported anew."""

import json

from retrieval.catalog import IndexSettings, open_index
from retrieval.product import CatalogueEntry
from retrieval.query import Filters
from retrieval.storage import LAYOUT


async def test_an_index_of_an_older_layout_is_brought_up_without_a_feed(
    settings: IndexSettings, shelf: list[CatalogueEntry]
) -> None:
    async def found() -> object:
        return [await catalog.search(words, Filters(in_stock=True), limit=3) for words in ("walnut desk", "shirt")]

    catalog = await open_index(settings)
    await catalog.replace_all(shelf)
    before, version = await found(), (await catalog.vocabulary()).version
    await catalog.aclose()
    [meta] = settings.path.glob("v-*/meta.json")
    meta.write_text(json.dumps(json.loads(meta.read_text()) | {"layout": 3}))
    catalog = await open_index(settings)
    assert await found() == before
    assert (await catalog.vocabulary()).version == version
    await catalog.aclose()
    [edition] = settings.path.glob("v-*")
    assert json.loads((edition / "meta.json").read_text())["layout"] == LAYOUT
