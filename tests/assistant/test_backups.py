"""A backup of a home in use opens again, and a restore leaves a whole home or none."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from assistant.archive import add_file
from assistant.backups import back_up, restore
from assistant.settings import Settings
from assistant.wiring import App, open_app
from policies.errors import SettingsError
from policies.principal import Principal, Scope
from retrieval.query import Filters
from tests.conftest import copied_home

ANNA = Principal("guest:anna", "ses_anna", frozenset({Scope.CHAT, Scope.APPROVE}))


@pytest.fixture
def shop(tmp_path: Path, stocked_home: Path, encoder_cache: Path) -> Settings:
    home = copied_home(stocked_home, tmp_path / "shop")
    shutil.copytree(encoder_cache, home / "models")
    (home / "pseudonym.key").write_text((b"k" * 32).hex())
    return Settings(home=home)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[App]:
    async with open_app(settings) as app:
        yield app


def elsewhere(settings: Settings, name: str = "again") -> Settings:
    return settings.model_copy(update={"home": settings.home_path.parent / name})


async def buy(app: App, who: Principal = ANNA) -> str:
    books = app.books
    await books.shoppers.ensure_guest(who)
    await books.carts.add(who, "t-scarf-rust", 1)
    quote = await books.quotes.prepare(who)
    card = await books.gate.render(who, quote.quote_id)
    outcome = await books.gate.approve(who, quote.quote_id, card.digest, card.challenge)
    await books.worker.drive(outcome.intent_id)
    (order,) = await books.orders.mine(who)
    return order.order_id


def on_disk(path: Path) -> int:
    return sum(each.stat().st_blocks * 512 for each in path.rglob("*") if each.is_file())


async def test_a_shop_in_use_is_copied_and_opens_again_with_all_it_had(shop: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    async with opened(shop) as app:
        order_id = await buy(app)
        (shop.home_path / "uploads" / "x").mkdir(parents=True)
        (shop.home_path / "uploads" / "x" / "img_1.jpg").write_bytes(b"a shopper's own picture")

        copied = await back_up(shop, file, app.catalog)

        # The shop goes on, and the copy does not know of it.
        await app.books.carts.add(ANNA, "t-scarf-rust", 1)
    assert copied.size == file.stat().st_size < 30_000_000
    assert file.stat().st_mode & 0o777 == 0o600
    there = elsewhere(shop)

    restored = await restore(there, file)

    assert restored.files == copied.files
    assert not (there.home_path / "uploads").exists()
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []
    async with opened(there) as app:
        assert [order.order_id for order in await app.books.orders.mine(ANNA)] == [order_id]
        assert (await app.books.carts.view(ANNA)).lines == ()
        assert (await app.books.audit.verify()).ok
        found = await app.catalog.search("walnut desk", Filters())
        assert found.hits
        assert await app.catalog.count() > 60


async def test_holes_stay_holes_in_the_file_and_in_the_home(shop: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    await back_up(shop, file)
    there = elsewhere(shop)
    await restore(there, file)

    apparent = sum(path.stat().st_size for path in (there.home_path / "index").rglob("*") if path.is_file())
    assert on_disk(there.home_path / "index") < apparent / 3
    unpacked = tmp_path / "by-tar"
    unpacked.mkdir()
    await asyncio.to_thread(subprocess.run, ["tar", "xzf", str(file), "-C", str(unpacked)], check=True)
    for path in (unpacked / "index").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (shop.home_path / path.relative_to(unpacked)).read_bytes()


@pytest.mark.parametrize("parts", [[], [(0, b"all")], [(1 << 20, b"end")], [(0, b"a"), (3 << 20, b"b")]])
def test_any_pattern_of_holes_is_kept(parts: list[tuple[int, bytes]], tmp_path: Path) -> None:
    path = tmp_path / "holes"
    with path.open("wb") as file:
        for offset, data in parts:
            file.seek(offset)
            file.write(data)
        file.truncate(5 << 20 if len(parts) > 1 else file.tell())
    with tarfile.open(tmp_path / "t.tar", "w", format=tarfile.PAX_FORMAT) as tar:
        add_file(tar, path, "deep/holes")
        add_file(tar, path, "again")
    with tarfile.open(tmp_path / "t.tar") as tar:
        tar.extractall(tmp_path / "out", filter="data")
    assert (tmp_path / "out/deep/holes").read_bytes() == path.read_bytes()
    assert (tmp_path / "out/again").read_bytes() == path.read_bytes()
    assert (tmp_path / "t.tar").stat().st_size < 100_000


async def test_a_restore_brings_no_erased_shopper_back(shop: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    async with opened(shop) as app:
        order_id = await buy(app)
        await back_up(shop, file, app.catalog)
        await app.privacy.erase(ANNA.subject)
    shop.home_path.rename(tmp_path / "broken")

    restored = await restore(shop, file)

    assert restored.erased_again == 1
    held = b"".join(path.read_bytes() for path in shop.home_path.glob("*.sqlite*"))
    assert ANNA.subject.encode() not in held
    async with opened(shop) as app:
        assert await app.books.orders.mine(ANNA) == []
        assert (await app.books.fulfilment.read(order_id)).ship_to == "deleted"
        assert await app.books.privacy.erased(ANNA.subject)
        assert (await app.books.audit.verify()).ok


async def test_the_list_of_erasures_holds_pseudonyms_alone(shop: Settings) -> None:
    async with opened(shop) as app:
        await buy(app)
        await app.privacy.erase(ANNA.subject)
    listed = shop.journal_path.read_text()
    assert shop.journal_path.parent == shop.home_path.parent
    assert listed.count("\n") == 1
    assert "anna" not in listed
    async with opened(shop):
        assert shop.journal_path.read_text() == listed
    shop.journal_path.unlink()
    async with opened(shop):
        assert shop.journal_path.read_text().count("pseudonym") == 1


async def test_a_home_that_holds_anything_is_left_alone(shop: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    await back_up(shop, file)
    before = sorted(path.name for path in shop.home_path.iterdir())
    with pytest.raises(SettingsError, match="is not empty"):
        await restore(shop, file)
    assert sorted(path.name for path in shop.home_path.iterdir()) == before
    empty = elsewhere(shop)
    empty.home_path.mkdir()
    await restore(empty, file)
    assert (empty.home_path / "books.sqlite").exists()


async def test_a_damaged_backup_makes_no_home(shop: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    await back_up(shop, file)
    data = file.read_bytes()
    there = elsewhere(shop)
    flipped = bytes([*data[: len(data) // 2], data[len(data) // 2] ^ 0xFF, *data[len(data) // 2 + 1 :]])
    for damaged in (data[: len(data) // 2], data[:-40], flipped, b"not a backup", b""):
        file.write_bytes(damaged)
        with pytest.raises(SettingsError, match=r"can't be read as a backup|is damaged"):
            await restore(there, file)
        assert not there.home_path.exists()
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []


async def test_a_backup_whose_audit_log_was_changed_makes_no_home(shop: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    async with opened(shop) as app:
        await buy(app)
    with closing(sqlite3.connect(shop.home_path / "books.sqlite")) as books, books:
        books.execute("UPDATE audit SET facts = '{}' WHERE seq = 2")
    await back_up(shop, file)
    with pytest.raises(SettingsError, match="audit log is not whole: row 2"):
        await restore(elsewhere(shop), file)
    assert not elsewhere(shop).home_path.exists()


async def test_a_backup_of_a_newer_version_is_refused(shop: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    with closing(sqlite3.connect(shop.home_path / "books.sqlite")) as books, books:
        books.execute("UPDATE alembic_version SET version_num = '9999'")
    await back_up(shop, file)
    with pytest.raises(SettingsError, match="install the newer version"):
        await restore(elsewhere(shop), file)
    assert not elsewhere(shop).home_path.exists()


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "index/../../evil", "other"])
async def test_a_file_with_strange_names_is_no_backup(shop: Settings, tmp_path: Path, name: str) -> None:
    file = tmp_path / "evil.tar.gz"
    (tmp_path / "payload").write_text("evil")
    with tarfile.open(file, "w:gz") as tar:
        add_file(tar, tmp_path / "payload", name)
    with pytest.raises(SettingsError, match="is no backup of Aisle"):
        await restore(elsewhere(shop), file)
    assert not (tmp_path / "evil").exists()


def killed_restore(file: Path, home: Path, sign: str) -> None:
    """Restore in a process of its own, which is killed as soon as `sign` is seen where it works, or runs to its end."""
    environment = {"PATH": os.environ["PATH"], "AISLE_HOME": str(home)}
    command = [sys.executable, "-m", "ui.cli", "restore", str(file)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not (home.with_name(f".{home.name}.restoring") / sign).exists():
            pass
        process.send_signal(signal.SIGKILL)


async def test_a_restore_that_is_killed_leaves_no_home_or_a_whole_one(shop: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    async with opened(shop) as app:
        await buy(app)
        await back_up(shop, file, app.catalog)
    there = elsewhere(shop)
    # At the beginning, while it unpacks, when all is unpacked; the last one is let through.
    for sign in ("restore.lock", "books.sqlite", "index/policies.json"):
        await asyncio.to_thread(killed_restore, file, there.home_path, sign)
        assert not there.home_path.exists()
    await asyncio.to_thread(killed_restore, file, there.home_path, "never seen")
    async with opened(there) as app:
        assert (await app.books.audit.verify()).ok
        assert len(await app.books.orders.mine(ANNA)) == 1
    assert not there.home_path.with_name(f".{there.home_path.name}.restoring").exists()
