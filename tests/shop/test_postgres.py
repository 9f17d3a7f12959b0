"""A PostgreSQL server that is lost, locked, read-only or unreachable says so; the planner's role can't buy."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from policies.errors import SettingsError, Unavailable
from shop.books import migrate, open_books
from shop.db import keep_others_out
from shop.roles import MAY_WRITE, PLANNER, SEALED, WRITES
from shop.store import parsed
from shop.talk_tables import metadata
from tests.places import PostgresPlace, Server
from tests.shop.conftest import ANNA, Till, settings_of

LOGIN = "aisle_test_planner"
END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = :name"


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Iterator[PostgresPlace]:
    place = PostgresPlace(tmp_path, server, server.database("template"))
    yield place
    place.close()


@pytest.fixture
def planner_url(server: Server, place: PostgresPlace) -> Iterator[str]:
    """The database for a user of the planner's own, as an operator would make one."""
    server.run(f"CREATE ROLE {LOGIN} LOGIN IN ROLE {PLANNER}")
    yield server.url(place.name, LOGIN)
    server.run(f"DROP ROLE {LOGIN}")


@pytest.fixture
async def planner(planner_url: str, till: Till) -> AsyncIterator[psycopg.AsyncConnection]:
    connection = await psycopg.AsyncConnection.connect(planner_url, autocommit=True)
    yield connection
    await connection.close()


@pytest.mark.parametrize("table", [name for name in SEALED if name != "alembic_version"])
async def test_g01_the_planners_role_cannot_write_a_sealed_table(till, planner, table):
    await till.buy()
    before = await till.everything()
    names = [column.name for column in metadata.tables[table].columns]
    for statement in (
        f"INSERT INTO {table} SELECT * FROM {table}",
        f"UPDATE {table} SET {names[0]} = {names[0]}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"ALTER TABLE {table} ADD COLUMN mine text",
        f"DROP TABLE {table}",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await planner.execute(statement.encode())
    assert await till.everything() == before


@pytest.mark.parametrize("action", ["quote.confirmed", "quote.rendered", "order.placed", "intent.captured"])
async def test_g01_the_planners_role_can_neither_forge_nor_change_the_audit_log(till, planner, action):
    await till.quote()
    columns = "entity, entity_id, facts, policy_digest, previous, hash"
    forged = f"INSERT INTO audit SELECT 99, at, subject, '{action}', {columns} FROM audit"
    for statement in (forged, "UPDATE audit SET subject = ''", "DELETE FROM audit", "TRUNCATE audit"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await planner.execute(statement.encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        await planner.execute("UPDATE quotes SET state = 'confirmed'")
    assert (await till.books.audit.verify()).ok


async def test_a_planner_with_a_user_of_its_own_does_all_its_work(till, planner_url, anna):
    books = await open_books(replace(till.settings, planner_url=planner_url), "planner", till.clock)
    await books.carts.add(anna, "harbour")
    await books.carts.undo(anna)
    await books.carts.add(anna, "fen-oak")
    first = await books.quotes.prepare(anna, delivery="express")
    second = await books.quotes.prepare(anna)
    await books.behaviour.viewed(anna, ["fen"])
    session_id = await books.conversations.create_session(anna.subject, "", till.clock.now)
    turn = await books.conversations.begin_turn(session_id, "c1", "hello")
    await books.conversations.append_event(session_id, turn.turn_id, "done", {})
    await books.conversations.finish_turn(turn.turn_id, "done")
    await books.aclose()
    assert (await till.books.quotes.get(anna, first.quote_id)).state == "superseded"
    card = await till.books.gate.render(anna, second.quote_id)
    assert (await till.press(card)).state == "confirmed"
    assert (await till.books.audit.verify()).ok


async def test_without_a_user_of_its_own_the_planners_connections_put_the_role_on(till):
    async with till.books.for_planner().carts._context.database.reading() as connection:
        assert (await connection.execute(text("SELECT current_user"))).scalar_one() == PLANNER


async def test_a_planner_who_could_write_what_buys_is_not_served(till, place, planner_url):
    place.rows(f"GRANT INSERT ON intents TO {PLANNER}", {})
    with pytest.raises(SettingsError, match="may write intents"):
        await open_books(replace(till.settings, planner_url=planner_url), "planner")
    await migrate(place.url)
    await (await open_books(till.settings, "planner")).aclose()


async def test_a_user_who_may_not_make_the_role_is_told_what_to_run(server, tmp_path):
    server.run(f"ALTER ROLE {PLANNER} RENAME TO set_aside")
    server.run("CREATE ROLE aisle_test_owner LOGIN")
    name = server.database()
    server.run(f"ALTER DATABASE {name} OWNER TO aisle_test_owner")
    try:
        with pytest.raises(SettingsError, match=f"CREATE ROLE {PLANNER} NOLOGIN"):
            await migrate(server.url(name, "aisle_test_owner"))
        server.run("ALTER ROLE aisle_test_owner CREATEROLE")
        assert await migrate(server.url(name, "aisle_test_owner"))
        books = await open_books(
            settings_of(_Owned(tmp_path, server.url(name, "aisle_test_owner"))),  # pyright: ignore[reportArgumentType]
            "gate",
        )
        await books.shoppers.ensure_guest(ANNA)
        await books.for_planner().shoppers.profile(ANNA)
        await books.aclose()
    finally:
        server.run(f"DROP DATABASE {name} WITH (FORCE)")
        server.run("DROP ROLE aisle_test_owner")
        server.run(f"DROP ROLE IF EXISTS {PLANNER}")
        server.run(f"ALTER ROLE set_aside RENAME TO {PLANNER}")


class _Owned:
    """A database of another user."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.url = url


async def test_both_databases_seal_the_same_tables():
    assert set(SEALED) <= {*metadata.tables, "alembic_version"}
    assert set(MAY_WRITE) <= {*metadata.tables, "alembic_version"}
    assert all(MAY_WRITE[name] == frozenset() for name in SEALED)
    assert all(rights < WRITES for rights in MAY_WRITE.values())


async def test_a_server_that_is_lost_in_the_middle_leaves_nothing_half_done(till, anna):
    card = await till.card()
    before = await till.everything()
    database = till.books.worker._context.database

    async def lose() -> None:
        async with database.writing(anna.subject) as connection:
            await connection.execute(text("UPDATE offers SET price = 1"))
            till.place.rows(END_OTHERS, {"name": till.place.name})
            await connection.execute(text("UPDATE offers SET price = 2"))

    with pytest.raises(Unavailable):
        await lose()
    assert await till.everything() == before
    assert (await till.press(card)).state == "confirmed"


async def test_a_server_that_was_restarted_is_used_again_after_one_refusal(till, anna):
    await till.books.carts.add(anna, "harbour")
    till.place.rows(END_OTHERS, {"name": till.place.name})
    with pytest.raises(Unavailable):
        await till.books.carts.view(anna)
    assert len((await till.books.carts.view(anna)).lines) == 1


async def test_a_server_that_only_reads_refuses_writes(till):
    database = till.books.worker._context.database

    async def write() -> None:
        async with database.writing() as connection:
            await connection.execute(text("SET TRANSACTION READ ONLY"))
            await connection.execute(text("UPDATE offers SET price = 1"))

    with pytest.raises(Unavailable, match="read-only"):
        await write()
    assert (await till.rows("SELECT min(price) AS p FROM offers"))[0]["p"] == 7900


async def test_one_shoppers_write_keeps_out_that_shopper_alone(till, reopen, anna, bela):
    shop = await reopen(busy_timeout_ms=50)
    async with till.books.worker._context.database.writing(anna.subject) as connection:
        with pytest.raises(Unavailable, match="lock timeout"):
            await shop.books.carts.add(anna, "harbour")
        assert len((await shop.books.carts.add(bela, "harbour")).lines) == 1
        await keep_others_out(connection, "something")
        with pytest.raises(Unavailable, match="lock timeout"):
            await shop.books.merchant.retire([])
    assert await shop.books.merchant.retire(["fen-oak"]) == 4


async def test_a_statement_that_takes_too_long_is_given_up(till):
    database = till.books.worker._context.database

    async def dawdle() -> None:
        async with database.reading() as connection:
            await connection.execute(text("SET LOCAL statement_timeout = 20"))
            await connection.execute(text("SELECT pg_sleep(10)"))

    with pytest.raises(Unavailable, match="statement timeout"):
        await dawdle()


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:9/none", "postgresql://nobody@/none?host=/nowhere"])
async def test_a_server_that_is_not_there_refuses(till, url):
    with pytest.raises(Unavailable):
        await open_books(replace(till.settings, database_url=url), "gate")
    with pytest.raises(Unavailable):
        await migrate(url)


async def test_a_password_is_in_no_message(till):
    url = "postgresql://nobody:hunter2@127.0.0.1:9/none"
    with pytest.raises(Unavailable) as caught:
        await migrate(url)
    assert "hunter2" not in str(caught.value)
    with pytest.raises(SettingsError) as wrong:
        parsed("hunter2")
    assert "hunter2" not in str(wrong.value)


async def test_an_id_with_a_null_character_is_unknown(till, anna):
    assert await till.books.quotes.get(anna, "quote_\x00") is None
    assert await till.books.orders.get(anna, "\x00") is None


@pytest.mark.parametrize("url", ["postgresql://a@b/c", "postgres://a@b/c", "postgresql+psycopg://a@b/c"])
async def test_any_spelling_of_a_postgresql_url_means_our_driver(url):
    assert parsed(url).drivername == "postgresql+psycopg"
