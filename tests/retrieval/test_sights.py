"""Another picture encoder takes over at once and whole: until it has looked at everything, the old one answers."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import AsyncQdrantClient

from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.demo.shop import generate
from retrieval.filters import All
from retrieval.index import PICTURE_SIZE, PLACES, SPARSE_NAMES, TEXT, Ask, Nearest, Row
from retrieval.lexicon import Lexicon
from retrieval.looking import Looking
from retrieval.picture import PictureCleaner
from retrieval.server import create_collection
from retrieval.sights import Sight
from retrieval.vision.choice import EyeChoice, open_eye
from retrieval.vision.compact import SHIPPED, read_maps, write_maps
from retrieval.vision.encoder import Seen
from retrieval.vision.whitening import Whitening
from tests.retrieval.test_seeing import copy_of, ids

ENTRIES = generate(60).entries[:3]


def weights(folder: Path, factor: float = 1) -> EyeChoice:
    """Write weights of a shop's own; another factor makes another encoder."""
    maps = read_maps(SHIPPED / "maps.npz")
    write_maps(folder / "maps.npz", {name: Whitening(one.mean * factor, one.weight) for name, one in maps.items()})
    return EyeChoice("", folder)


@asynccontextmanager
async def opened(settings: IndexSettings, wanted: EyeChoice) -> AsyncGenerator[tuple[Catalog, Looking]]:
    catalog, cleaner = await open_index(replace(settings, eye=wanted)), PictureCleaner()
    try:
        yield catalog, Looking(catalog, cleaner)
    finally:
        await cleaner.aclose()
        await catalog.aclose()


async def seen(catalog: Catalog, sight: Sight, limit: int = 100) -> None:
    """Have products looked at, all with the same outcome: where an encoder's own would only take time."""
    version, unseen = await catalog.not_looked_at(sight, limit)
    row = np.eye(1, sight.eye.dimension, dtype=np.float32)
    await catalog.set_pictures(version, sight, {one.product.product_id: Seen(row) for one in unseen})


async def stocked(settings: IndexSettings) -> None:
    """Build a shop that the shipped encoder has looked at."""
    async with opened(settings, EyeChoice()) as (catalog, _):
        await catalog.replace_all(ENTRIES)
        await seen(catalog, catalog.sight)


async def finds_all(catalog: Catalog) -> bool:
    found = [ids(await catalog.find_by_picture(copy_of(entry)))[:1] for entry in ENTRIES]
    return found == [[entry.product.product_id] for entry in ENTRIES]


async def test_the_old_encoder_answers_until_the_new_one_has_seen_all_also_after_a_restart(
    settings: IndexSettings, tmp_path: Path
) -> None:
    await stocked(settings)
    wanted = weights(tmp_path / "eye")
    new = open_eye(wanted).name
    async with opened(settings, wanted) as (catalog, looking):
        assert catalog.sight.eye.name == open_eye(EyeChoice()).name
        assert catalog.coming is not None
        await seen(catalog, catalog.coming, 2)
        assert await looking.told() == f"2 of 3 pictures looked at with {new}, which then takes over"
        assert not await catalog.take_over()
        assert catalog.sight.eye.name == open_eye(EyeChoice()).name
    weights(tmp_path / "eye", 1.01)  # replaced while it is looking
    async with opened(settings, EyeChoice("", settings.eyes / new)) as (catalog, looking):
        assert await looking.told() == f"2 of 3 pictures looked at with {new}, which then takes over"
        assert catalog.coming is not None
        await seen(catalog, catalog.coming)
        assert await catalog.take_over()
        assert (catalog.sight.eye.name, catalog.coming) == (new, None)
        assert await looking.told() == "ready"
        assert await catalog.looked_at() == (3, 3)
        assert not any((await catalog._shelf.reader.index.facet(PLACES[0].looked)).values())
    async with opened(settings, EyeChoice("", settings.eyes / new)) as (catalog, looking):
        assert (catalog.sight.eye.name, await looking.told()) == (new, "ready")


async def test_searches_meet_one_encoder_or_the_other_whole(settings: IndexSettings, tmp_path: Path) -> None:
    async with opened(settings, EyeChoice()) as (catalog, looking):
        await catalog.replace_all(ENTRIES)
        await looking.catch_up(asyncio.Event())
        await catalog.look_with(EyeChoice("", tmp_path / "eye"), settings.eyes)
        new = open_eye(weights(tmp_path / "eye")).name
        work = asyncio.create_task(looking.catch_up(asyncio.Event()))
        while not work.done():
            assert await finds_all(catalog)
        await work
        assert (catalog.sight.eye.name, catalog.coming) == (new, None)
        assert await finds_all(catalog)
        await catalog.upsert(generate(60).entries[3:4])
        await looking.catch_up(asyncio.Event())
        assert await catalog.looked_at() == (4, 4)


async def test_a_wish_taken_back_leaves_the_old_and_another_wish_forgets_what_was_seen(
    settings: IndexSettings, tmp_path: Path
) -> None:
    await stocked(settings)
    async with opened(settings, weights(tmp_path / "first")) as (catalog, looking):
        assert catalog.coming is not None
        await seen(catalog, catalog.coming, 4)
        given_up = catalog.coming
        await catalog.look_with(EyeChoice(), settings.eyes)
        assert (catalog.coming, await looking.told()) == (None, "ready")
        await seen(catalog, given_up)
        await catalog.look_with(weights(tmp_path / "second", 1.01), settings.eyes)
        assert catalog.coming is not None
        assert await catalog._shelf.reader.index.count(All()) == 3
        assert not any((await catalog._shelf.reader.index.facet(catalog.coming.place.looked)).values())
        assert {folder.name for folder in settings.eyes.iterdir()} == {catalog.coming.eye.name}


async def test_of_weights_replaced_while_a_shop_is_open_the_newest_win_and_without_any_the_shipped_are_back(
    settings: IndexSettings, tmp_path: Path
) -> None:
    await stocked(settings)
    wanted = EyeChoice("", tmp_path / "eye")
    async with opened(settings, wanted) as (catalog, _):
        await catalog.look_anew()
        assert catalog.coming is None
        names = [catalog.sight.eye.name]
        for factor in (1, 1.01):
            names.append(open_eye(weights(wanted.own, factor)).name)
            await catalog.look_anew()
            assert open_eye(catalog.sight.choice).name == names[0]
            assert catalog.coming is not None
            assert catalog.coming.eye.name == names[-1]
            await seen(catalog, catalog.coming, 2)
        assert [folder.name for folder in settings.eyes.iterdir()] == names[-1:]
        assert (await catalog.stats())["to_be_compared_by"] == names[-1]
        await seen(catalog, catalog.coming)
        assert await catalog.take_over()
        shutil.rmtree(wanted.own)
        await catalog.look_anew()
        assert catalog.coming is not None
        assert catalog.coming.eye.name == names[0]
        assert open_eye(catalog.sight.choice).name == names[-1]
        await seen(catalog, catalog.coming)
        assert await catalog.take_over()
        assert (await catalog.stats())["pictures_compared_by"] == names[0]


async def test_damaged_weights_leave_the_old_in_use_are_told_of_once_and_can_be_mended(
    settings: IndexSettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await stocked(settings)
    good = weights(tmp_path / "good", 1.01)
    wanted = weights(tmp_path / "eye")
    spoils = [("maps.npz", (good.own / "maps.npz").read_bytes()[:-9]), ("maps.npz", b""), ("looks.onnx", b"\x08")]
    async with opened(settings, wanted) as (catalog, _):
        assert catalog.coming is not None
        await seen(catalog, catalog.coming)
        assert await catalog.take_over()
        used = catalog.sight
        for name, spoilt in spoils:
            (wanted.own / name).write_bytes(spoilt)
            await catalog.look_anew()
            assert (catalog.sight, catalog.coming) == (used, None)
        assert [str(wanted.own) in record.message for record in caplog.records] == [True]
    async with opened(settings, wanted) as (catalog, looking):
        assert (catalog.sight.eye.name, await looking.told()) == (used.eye.name, "ready")
        (wanted.own / "looks.onnx").unlink()
        shutil.copyfile(good.own / "maps.npz", wanted.own / "maps.npz")
        await catalog.look_anew()
        assert catalog.coming is not None
        assert catalog.coming.eye.name == open_eye(good).name
    assert len(caplog.records) == 2


async def test_a_new_catalogue_is_looked_at_by_the_wanted_one_alone(settings: IndexSettings, tmp_path: Path) -> None:
    await stocked(settings)
    wanted = weights(tmp_path / "eye")
    async with opened(settings, wanted) as (catalog, _):
        await catalog.replace_all(ENTRIES[:2])
        assert (catalog.coming, catalog.sight.eye.name) == (None, open_eye(wanted).name)
        assert await catalog.looked_at() == (0, 2)
    async with opened(settings, EyeChoice()) as (catalog, _):
        assert (catalog.coming, catalog.sight.eye.name) == (None, open_eye(EyeChoice()).name)


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect", "ignore:Local mode performs exact")
@pytest.mark.parametrize("engine", ["embedded", "server"])
async def test_what_two_encoders_saw_lies_apart_and_one_can_be_forgotten(engine: str, settings: IndexSettings) -> None:
    rows = np.eye(2, PICTURE_SIZE, dtype=np.float32)
    async with opened(settings, EyeChoice()) as (catalog, _):
        await catalog.replace_all(ENTRIES[:2])
        index = catalog._shelf.reader.index
        client = AsyncQdrantClient(location=":memory:")
        if engine == "server":
            words = {name: Lexicon().present(["a desk"]) for name in SPARSE_NAMES}
            text = {TEXT: np.ones(384, dtype=np.float32)}
            index = await create_collection(client, "pictures")
            await index.upsert([Row({"id": entry.product.product_id}, words, text) for entry in ENTRIES[:2]])
        first, second = (entry.product.product_id for entry in ENTRIES[:2])
        await index.make_room(PLACES[1])
        await index.set_pictures({first: rows[:1]}, "old")
        await index.set_pictures({second: rows[:1]}, "new", PLACES[1])

        async def found(place: int) -> list[str]:
            [answer] = await index.query([Ask(Nearest(rows[:1], PLACES[place].vectors), All(), 5)])
            return [one.product_id for one in answer]

        assert (await found(0), await found(1)) == ([first], [second])
        await index.forget_pictures(PLACES[0])
        assert (await found(0), await found(1)) == ([], [second])
        assert await index.facet(PLACES[1].looked) == {"new": 1}
        await index.set_pictures({second: rows[:0]}, "new", PLACES[1])  # its picture is gone
        assert await found(1) == []
        await client.close()
