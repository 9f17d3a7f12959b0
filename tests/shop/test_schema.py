"""Migrations build what the code expects, upgrade an old home with its rows, and refuse one from the future."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from policies.errors import SettingsError
from policies.limits import load_policy
from policies.principal import Principal
from shop.books import BookSettings, migrate, open_books, revision_of
from shop.schema import _script
from shop.talk_tables import metadata
from tests.places import Place, PostgresPlace, SqlitePlace

ANNA = Principal("guest:anna", "ses_anna")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield SqlitePlace(tmp_path)
        return
    server = request.getfixturevalue("server")
    place = PostgresPlace(tmp_path, server, server.database())
    yield place
    place.close()


def settings_of(place: Place) -> BookSettings:
    return BookSettings(place.url, place.home / "payments.sqlite", load_policy(), b"k" * 32)


async def test_the_migrations_build_exactly_the_tables_the_code_uses(place):
    await migrate(place.url)
    engine = place.engine()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


async def test_the_constraints_are_in_the_database_too(place):
    await migrate(place.url)
    sql = place.rules()
    names = [str(c.name) for table in metadata.tables.values() for c in table.constraints if c.name]
    assert len(names) > 10
    assert [name for name in names if name not in sql] == []
    for name, column in (("quotes_one_active", "cart_id"), ("turns_one_running", "session_id")):
        (rule,) = [line for line in sql.splitlines() if f" {name} " in line]
        assert "UNIQUE" in rule
        assert column in rule
        assert "WHERE" in rule


async def test_the_schema_can_be_asked_without_changing_it(place):
    assert await revision_of(place.url) is None
    await migrate(place.url, "0002")
    assert await revision_of(place.url) == "0002"
    with pytest.raises(SettingsError, match="PostgreSQL or SQLite"):
        await revision_of("mysql://root:secret@db/shop")


async def test_migrating_twice_changes_nothing(place):
    first = await migrate(place.url)
    assert await migrate(place.url) == first


async def test_an_old_home_is_upgraded_with_its_rows(place):
    assert await migrate(place.url, "0001") == "0001"
    then = {"at": "2026-01-01T00:00:00.000000Z"}
    offer = "('fen-oak', 'fen', 'Fen desk', '{}', 64000, NULL, 'USD', 5, 5, 0, 0, true, NULL)"
    place.rows(f"INSERT INTO offers VALUES {offer}", {})
    place.rows("INSERT INTO shoppers VALUES ('guest:anna', 'en', NULL, 'standard', NULL, :at)", then)
    place.rows("INSERT INTO carts VALUES ('cart_1', 'guest:anna', 7, NULL, :at)", then)
    place.rows("INSERT INTO cart_lines VALUES ('cart_1', 'line_1', 0, 'fen-oak', 2)", {})
    assert await migrate(place.url) == _script().get_current_head()
    settings = settings_of(place)
    books = await open_books(settings, "gate")
    cart = await books.carts.view(ANNA)
    assert (cart.version, cart.subtotal, cart.lines[0].line_id) == (7, 128000, "line_1")
    await books.aclose()


async def test_an_old_conversation_is_upgraded_and_goes_on_with_pictures(place):
    assert await migrate(place.url, "0003") == "0003"
    then = {"at": "2026-01-01T00:00:00.000000Z"}
    place.rows("INSERT INTO sessions VALUES ('ses_anna', 'guest:anna', '', :at, :at, :at, 0)", then)
    place.rows("INSERT INTO turns VALUES ('turn_1', 'ses_anna', 'c1', 1, 'a desk', 'done', :at, :at)", then)
    await migrate(place.url)
    settings = settings_of(place)
    books = await open_books(settings, "planner")
    await books.conversations.begin_turn("ses_anna", "c2", "like this", ["img_1", "img_2"])
    told = [(turn.text, turn.image_ids) for turn in await books.conversations.transcript("ses_anna")]
    assert told == [("a desk", ()), ("like this", ("img_1", "img_2"))]
    await books.aclose()


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
async def test_books_that_were_not_upgraded_are_not_opened(place, revision):
    await migrate(place.url, revision)
    settings = settings_of(place)
    with pytest.raises(SettingsError, match="aisle migrate"):
        await open_books(settings, "planner")


async def test_a_schema_from_the_future_is_refused_and_left_alone(place):
    await migrate(place.url)
    place.rows("UPDATE alembic_version SET version_num = '9999'", {})
    settings = settings_of(place)
    with pytest.raises(SettingsError, match="newer version"):
        await migrate(place.url)
    with pytest.raises(SettingsError, match="newer version"):
        await open_books(settings, "gate")
    assert place.rows("SELECT version_num FROM alembic_version", {}) == [{"version_num": "9999"}]
