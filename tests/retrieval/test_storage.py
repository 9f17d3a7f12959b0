"""A crash at any moment of an import leaves the old catalogue whole; kill -9 on a real process shows it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from policies.errors import SettingsError
from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.encode import TextEncoder
from retrieval.product import CatalogueEntry
from retrieval.query import Filters
from retrieval.storage import EmbeddedStorage

IMPORTER = """
import asyncio, sys
from pathlib import Path
from retrieval.catalog import IndexSettings, open_index
from retrieval.product import CatalogueEntry, Offer, Product

def entries():
    for n in range(100_000):
        product = Product(product_id=f"n{n}", title=f"New vase {n}", product_type="vase")
        yield CatalogueEntry(product=product, offers=(Offer(variant_id=f"v{n}", product_id=f"n{n}", price=1, stock=1),))

async def main():
    catalog = await open_index(IndexSettings(path=Path(sys.argv[1]), cache_dir=Path(sys.argv[2])))
    print("open", flush=True)
    await catalog.replace_all(entries(), lambda done: print(done, flush=True))

asyncio.run(main())
"""


def start_import(settings: IndexSettings) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", IMPORTER, str(settings.path), str(settings.cache_dir)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


async def test_kill_9_during_a_replacement_leaves_the_old_catalogue(
    settings: IndexSettings, shelf: list[CatalogueEntry]
) -> None:
    first = await open_index(settings)
    version = await first.replace_all(shelf)
    await first.aclose()
    with start_import(settings) as importer:
        assert importer.stdout is not None
        assert [importer.stdout.readline().strip() for _ in range(3)] == ["open", "128", "256"]
        with pytest.raises(SettingsError, match="Another Aisle server is using"):
            await open_index(settings)
        importer.send_signal(signal.SIGKILL)
    assert importer.returncode == -signal.SIGKILL
    assert len(list(settings.path.glob("v-*"))) == 2
    again = await open_index(settings)
    assert (await again.vocabulary()).version == version
    assert await again.count() == len(shelf)
    assert (await again.search("walnut desk", Filters())).hits[0].product.product_id == "d1"
    assert len(list(settings.path.glob("v-*"))) == 1
    await again.aclose()


async def test_leftovers_of_any_step_are_removed_when_the_index_opens(
    settings: IndexSettings, shelf: list[CatalogueEntry]
) -> None:
    first = await open_index(settings)
    await first.replace_all(shelf)
    await first.aclose()
    (settings.path / "v-halfway" / "shard").mkdir(parents=True)
    (settings.path / "CURRENT.part").write_text("v-half")
    again = await open_index(settings)
    assert await again.count() == len(shelf)
    await again.aclose()
    assert sorted(p.name for p in settings.path.iterdir() if not p.name.startswith("v-")) == ["CURRENT", "lock"]


async def test_writes_survive_a_process_that_never_closes(settings: IndexSettings, shelf: list[CatalogueEntry]) -> None:
    code = IMPORTER.replace("await catalog.replace_all(entries(), lambda done: print(done, flush=True))", UPSERT)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", code, str(settings.path), str(settings.cache_dir)]
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    assert await process.wait() == -signal.SIGKILL
    catalog = await open_index(settings)
    assert await catalog.count() == 20
    await catalog.aclose()


UPSERT = """
    import itertools, os, signal
    await catalog.upsert(list(itertools.islice(entries(), 20)))
    os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_an_index_of_another_layout_is_refused_with_what_to_do(settings: IndexSettings) -> None:
    first = await open_index(settings)
    await first.aclose()
    [meta] = settings.path.glob("v-*/meta.json")
    meta.write_text(json.dumps({"layout": 0, "version": "old"}))
    with pytest.raises(SettingsError, match=r"another version of Aisle.*import the catalogue again"):
        await open_index(settings)
    meta.unlink()
    with pytest.raises(SettingsError, match="cannot be read"):
        await open_index(settings)


async def test_a_folder_that_cannot_be_written_is_named(settings: IndexSettings) -> None:
    settings.path.write_text("a file stands here")
    with pytest.raises(SettingsError, match="cannot be written"):
        await open_index(settings)


async def test_an_import_without_room_on_the_disk_is_refused_and_the_old_catalogue_stays(
    settings: IndexSettings, encoder_of_session: TextEncoder, shelf: list[CatalogueEntry]
) -> None:
    first = await open_index(settings)
    await first.replace_all(shelf)
    await first.aclose()
    storage = await EmbeddedStorage.open(settings.path, room=10**18)
    catalog = Catalog(storage, encoder_of_session, await storage.current())
    with pytest.raises(SettingsError, match=r"MB free and a new catalogue needs"):
        await catalog.replace_all(shelf[:1])
    assert await catalog.count() == len(shelf)
    await catalog.aclose()
