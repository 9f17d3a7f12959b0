"""Migrations build what the code expects, upgrade an old home with its rows, and refuse one from the future."""

import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from policies.errors import SettingsError
from policies.limits import load_policy
from policies.principal import Principal
from shop.books import BookSettings, migrate, open_books
from shop.talk_tables import metadata

ANNA = Principal("guest:anna", "ses_anna")


def url_of(home) -> str:
    return f"sqlite+aiosqlite:///{home / 'books.sqlite'}"


async def test_the_migrations_build_exactly_the_tables_the_code_uses(tmp_path):
    await migrate(url_of(tmp_path))
    engine = create_engine(f"sqlite:///{tmp_path / 'books.sqlite'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


async def test_the_constraints_are_in_the_database_too(tmp_path):
    await migrate(url_of(tmp_path))
    made = sqlite3.connect(tmp_path / "books.sqlite")
    sql = " ".join(row[0] or "" for row in made.execute("SELECT sql FROM sqlite_master"))
    made.close()
    names = [str(c.name) for table in metadata.tables.values() for c in table.constraints if c.name]
    assert len(names) > 10
    assert [name for name in names if name not in sql] == []
    assert "quotes_one_active" in sql


async def test_migrating_twice_changes_nothing(tmp_path):
    first = await migrate(url_of(tmp_path))
    assert await migrate(url_of(tmp_path)) == first


async def test_an_old_home_is_upgraded_with_its_rows(tmp_path):
    assert await migrate(url_of(tmp_path), "0001") == "0001"
    old = sqlite3.connect(tmp_path / "books.sqlite")
    old.execute(
        "INSERT INTO offers VALUES ('fen-oak', 'fen', 'Fen desk', '{}', 64000, NULL, 'USD', 5, 5, 0, 0, 1, NULL)"
    )
    old.execute(
        "INSERT INTO shoppers VALUES ('guest:anna', 'en', NULL, 'standard', NULL, '2026-01-01T00:00:00.000000Z')"
    )
    old.execute("INSERT INTO carts VALUES ('cart_1', 'guest:anna', 7, NULL, '2026-01-01T00:00:00.000000Z')")
    old.execute("INSERT INTO cart_lines VALUES ('cart_1', 'line_1', 0, 'fen-oak', 2)")
    old.commit()
    old.close()
    assert await migrate(url_of(tmp_path)) == "0006"
    settings = BookSettings(url_of(tmp_path), tmp_path / "payments.sqlite", load_policy(), b"k" * 32)
    books = await open_books(settings, "gate")
    cart = await books.carts.view(ANNA)
    assert (cart.version, cart.subtotal, cart.lines[0].line_id) == (7, 128000, "line_1")
    await books.aclose()


async def test_an_old_conversation_is_upgraded_and_goes_on_with_pictures(tmp_path):
    assert await migrate(url_of(tmp_path), "0003") == "0003"
    then = "2026-01-01T00:00:00.000000Z"
    old = sqlite3.connect(tmp_path / "books.sqlite")
    old.execute("INSERT INTO sessions VALUES ('ses_anna', 'guest:anna', '', ?, ?, ?, 0)", (then, then, then))
    old.execute("INSERT INTO turns VALUES ('turn_1', 'ses_anna', 'c1', 1, 'a desk', 'done', ?, ?)", (then, then))
    old.commit()
    old.close()
    await migrate(url_of(tmp_path))
    settings = BookSettings(url_of(tmp_path), tmp_path / "payments.sqlite", load_policy(), b"k" * 32)
    books = await open_books(settings, "planner")
    await books.conversations.begin_turn("ses_anna", "c2", "like this", ["img_1", "img_2"])
    told = [(turn.text, turn.image_ids) for turn in await books.conversations.transcript("ses_anna")]
    assert told == [("a desk", ()), ("like this", ("img_1", "img_2"))]
    await books.aclose()


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
async def test_books_that_were_not_upgraded_are_not_opened(tmp_path, revision):
    await migrate(url_of(tmp_path), revision)
    settings = BookSettings(url_of(tmp_path), tmp_path / "payments.sqlite", load_policy(), b"k" * 32)
    with pytest.raises(SettingsError, match="aisle migrate"):
        await open_books(settings, "planner")


async def test_a_schema_from_the_future_is_refused_and_left_alone(tmp_path):
    await migrate(url_of(tmp_path))
    file = sqlite3.connect(tmp_path / "books.sqlite")
    file.execute("UPDATE alembic_version SET version_num = '9999'")
    file.commit()
    settings = BookSettings(url_of(tmp_path), tmp_path / "payments.sqlite", load_policy(), b"k" * 32)
    with pytest.raises(SettingsError, match="newer version"):
        await migrate(url_of(tmp_path))
    with pytest.raises(SettingsError, match="newer version"):
        await open_books(settings, "gate")
    assert file.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    file.close()
