"""Queries as shoppers write them: codes, misspelt, joined and split words, families of one thing in many colours."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.product import CatalogueEntry
from retrieval.query import Filters, SearchResult
from tools.carried import is_carried

MakeEntry = Callable[..., CatalogueEntry]
_COLOURS = ("black", "white", "red", "green", "navy", "pink", "grey", "brown", "beige", "yellow")


def ids(result: SearchResult) -> list[str]:
    return [hit.product.product_id for hit in result.hits]


@pytest.fixture(scope="module")
async def hardware(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> AsyncIterator[Catalog]:
    catalog = await open_index(IndexSettings(tmp_path_factory.mktemp("hardware") / "index", encoder_cache))
    titles = {
        "toner": "Xerox 006R90321 toner cartridge",
        "toner2": "Xerox 006R90322 toner cartridge",
        "tn": "Brother TN-2110 toner, black",
        "anchor": "Zinc self-drilling drywall anchors, 50 pack",
        "screws": "Zinc wood screws, 50 pack",
        "pipe34": "3/4 in. x 10 ft. copper pipe",
        "pipe12": "1/2 in. x 10 ft. copper pipe",
        "post": "4 in. x 4 in. x 8 ft. cedar post",
        "watch": "Denver smartwatch",
        "deck": "Deckover wood coating, 1 gal.",
        "lamp": "Emergency light",
        "conduit": "Conduit connector",
        "tray": "Paint roller and tray",
        **{f"drop-{colour}": f"Canvas drop cloth {colour}" for colour in _COLOURS},
        "plastic": "Plastic drop cloth",
        "paper": "Paper drop cloth",
    }
    await catalog.replace_all([build(i, title) for i, title in titles.items()])
    yield catalog
    await catalog.aclose()


def build(product_id: str, title: str) -> CatalogueEntry:
    return CatalogueEntry.model_validate(
        {
            "product": {"product_id": product_id, "title": title, "product_type": ""},
            "offers": [{"variant_id": product_id, "product_id": product_id, "price": 999, "stock": 1}],
        }
    )


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("006R90321", "toner"),
        ("006r90322 toner", "toner2"),
        ("tn2110", "tn"),
        ("brother tn 2110", "tn"),
        ("3/4 inch copper pipe", "pipe34"),
        ('1/2" copper pipe', "pipe12"),
        ("4x4 post", "post"),
        ("smart watch", "watch"),
        ("deck over", "deck"),
        ("zinc self drill anchors", "anchor"),
        ("paintroller", "tray"),
    ],
)
async def test_what_is_written_otherwise_comes_first(hardware: Catalog, asked: str, first: str) -> None:
    assert ids(await hardware.search(asked, Filters(), limit=3))[0] == first


@pytest.mark.parametrize(
    ("asked", "first", "corrected"),
    [
        ("emergensy light", "lamp", ("emergensy", "emergency")),
        ("conduit conector", "conduit", ("conector", "connector")),
    ],
)
async def test_a_misspelt_word_is_read_as_the_shops_own(
    hardware: Catalog, asked: str, first: str, corrected: tuple[str, str]
) -> None:
    result = await hardware.search(asked, Filters(), limit=3)
    assert ids(result)[0] == first
    assert result.corrected == (corrected,)
    assert result.unknown_words == ()


async def test_a_word_of_its_own_is_never_corrected(hardware: Catalog) -> None:
    result = await hardware.search("battery port", Filters(), limit=3)
    assert result.corrected == ()
    assert result.unknown_words == ("battery", "port")


async def test_a_family_in_ten_colours_leaves_room_for_others(hardware: Catalog) -> None:
    found = ids(await hardware.search("drop cloth", Filters(), limit=6))
    assert {"plastic", "paper"} <= set(found)
    assert len(ids(await hardware.search("drop cloth", Filters(), limit=12))) == 12
    named = ids(await hardware.search("canvas drop cloth", Filters(), limit=2))
    assert all(one.startswith("drop-") for one in named)


@pytest.mark.parametrize("asked", ["netflix", "garmin", "copper screws lamp", "car tyres"])
async def test_what_no_page_says_is_not_carried(hardware: Catalog, asked: str) -> None:
    assert not is_carried(asked, await hardware.search(asked, Filters()))


@pytest.mark.parametrize("asked", ["copper pipe", "emergensy light", "smart watch", "tn2110", "smartwatch by denver"])
async def test_what_a_page_says_is_carried(hardware: Catalog, asked: str) -> None:
    assert is_carried(asked, await hardware.search(asked, Filters()))
