"""A file that is full, read-only, locked, damaged or gone says so; nothing is lost and nothing half done."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from policies.errors import Unavailable
from shop.books import open_books
from shop.db import Database, DatabaseSettings
from tests.places import SqlitePlace


@pytest.fixture
def place(tmp_path: Path) -> SqlitePlace:
    return SqlitePlace(tmp_path)


async def done(till, call) -> bool:
    """Make one call on a store that may be full: it happens whole, or it is refused and nothing changed."""
    before = await till.everything()
    try:
        await call
    except Unavailable as error:
        refused = str(error)
    else:
        return True
    assert "full" in refused
    assert await till.everything() == before
    return False


async def filled(till, reopen):
    """Return the same shop on a disk that is full to the last kilobytes."""
    (size,) = await till.rows("PRAGMA page_count")
    full = await reopen(max_pages=size["page_count"] + 2)
    create = full.books.conversations.create_session
    for length in (8_000, 2_000, 400, 80):
        while await done(till, create("guest:filler", "x" * length, till.clock.now)):
            continue
    return full


async def test_on_a_full_disk_every_change_is_refused_whole_and_reading_goes_on(till, reopen, anna, bela):
    await till.buy(bela, "harbour")
    full = await filled(till, reopen)
    results = []
    for _ in range(12):
        results.append(await done(till, full.books.carts.add(anna, "harbour")))
        if (await full.books.carts.view(anna)).lines:
            results.append(await done(till, full.books.quotes.prepare(anna)))
    assert False in results
    assert len(await full.books.orders.mine(bela)) == 1
    assert (await full.books.audit.verify()).ok
    room = await reopen()
    assert (await room.buy(anna)).state == "captured"
    assert (await room.books.audit.verify()).ok


async def test_a_press_on_a_full_disk_reserves_nothing_and_counts_once_there_is_room(till, reopen, anna):
    cards = []
    for number in range(9):
        who = replace(anna, subject=f"guest:{number}", session_id=f"ses_{number}")
        await till.books.shoppers.ensure_guest(who)
        cards.append((who, await till.card(who, "harbour")))
    full = await filled(till, reopen)
    pressed = [await done(till, full.press(card, who)) for who, card in cards]
    assert False in pressed
    assert (await till.rows("SELECT sum(reserved) AS n FROM offers"))[0]["n"] == sum(pressed)
    outcomes = [await till.press(card, who) for who, card in cards * 2]
    assert len({outcome.intent_id for outcome in outcomes}) == len(cards)
    assert (await till.rows("SELECT sum(reserved) AS n FROM offers"))[0]["n"] == len(cards)
    assert (await till.books.audit.verify()).ok


async def test_a_file_that_cannot_be_written_refuses_and_can_still_be_read(till, anna):
    await till.books.carts.add(anna, "harbour")
    database = till.books.worker._context.database

    async def write() -> None:
        async with database.writing() as connection:
            await connection.exec_driver_sql("PRAGMA query_only = ON")
            try:
                await connection.exec_driver_sql("UPDATE offers SET price = 1")
            finally:
                await connection.exec_driver_sql("PRAGMA query_only = OFF")

    with pytest.raises(Unavailable, match="readonly"):
        await write()
    assert (await till.books.carts.view(anna)).subtotal == 7900


async def test_a_write_lock_held_by_another_process_refuses_after_the_wait(till, reopen, anna):
    shop = await reopen(busy_timeout_ms=20)
    other = sqlite3.connect(till.home / "books.sqlite", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked"):
            await shop.books.carts.add(anna, "harbour")
        assert (await shop.books.carts.view(anna)).lines == ()
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert len((await shop.books.carts.add(anna, "harbour")).lines) == 1


async def test_a_damaged_file_refuses(till, reopen, tmp_path):
    await till.books.aclose()
    path = tmp_path / "books.sqlite"
    (tmp_path / "books.sqlite-wal").unlink(missing_ok=True)
    with path.open("r+b") as file:
        file.write(b"not a database at all" * 10)
    with pytest.raises(Unavailable, match=r"not a database|malformed"):
        await open_books(till.settings, "gate", till.clock)


async def test_a_home_that_is_gone_refuses(tmp_path, till, anna):
    settings = till.settings
    missing = tmp_path / "gone" / "books.sqlite"
    with pytest.raises(Unavailable, match="unable to open"):
        await open_books(
            type(settings)(f"sqlite:///{missing}", missing, settings.policy, settings.pseudonym_key), "gate"
        )
    assert not missing.parent.exists()


async def test_commits_are_durable_and_foreign_keys_hold(till):
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    async with till.books.worker._context.database.reading() as connection:
        for name, value in wanted.items():
            assert (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() == value


async def test_a_write_that_is_given_up_while_it_waits_leaves_its_connection_usable(tmp_path):
    database = Database(DatabaseSettings(f"sqlite:///{tmp_path / 'books.sqlite'}"), asyncio.Lock())
    async with database.writing() as connection:
        await connection.execute(text("CREATE TABLE things (name TEXT)"))
    with closing(sqlite3.connect(tmp_path / "books.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(write(database, "late"))
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
        waiting.cancel()
        other.execute("COMMIT")
        with pytest.raises(asyncio.CancelledError):
            await waiting
    for number in range(20):
        await write(database, f"thing {number}")
    async with database.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM things"))).scalar_one() == 20
    await database.aclose()


async def write(database, name):
    async with database.writing() as connection:
        await connection.execute(text("INSERT INTO things VALUES (:name)"), {"name": name})
