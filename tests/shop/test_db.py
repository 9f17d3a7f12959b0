"""Transactions promise the same on both databases, and errors say what they may."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from policies.errors import SettingsError, Unavailable
from shop.books import open_books


async def test_wrong_sql_and_broken_rules_are_bugs_and_surface_as_such(till):
    database = till.books.worker._context.database
    with pytest.raises(Exception, match=r"no such table|does not exist") as caught:
        async with database.reading() as connection:
            await connection.exec_driver_sql("SELECT * FROM nowhere")
    assert not isinstance(caught.value, Unavailable)
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.exec_driver_sql("UPDATE offers SET available = -1")
    assert (await till.rows("SELECT count(*) AS n FROM offers WHERE available < 0"))[0]["n"] == 0


async def test_an_error_in_the_middle_takes_the_whole_transaction_back(till):
    database = till.books.worker._context.database

    async def break_off() -> None:
        async with database.writing() as connection:
            await connection.exec_driver_sql("UPDATE offers SET price = 1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_off()
    assert (await till.rows("SELECT min(price) AS p FROM offers"))[0]["p"] == 7900


async def test_personal_values_stay_out_of_error_texts(till):
    database = till.books.worker._context.database
    with pytest.raises(IntegrityError) as caught:
        async with database.writing() as connection:
            await connection.execute(
                text(
                    "INSERT INTO addresses (subject, handle, label, region, content) VALUES (:s, 'h', 'l', 'DE', '{}')"
                ),
                {"s": "guest:secret-name"},
            )
    assert "secret-name" not in str(caught.value)
    assert "secret-name" not in str(caught.value.orig)


async def test_another_kind_of_database_is_refused_in_one_sentence(till):
    settings = till.settings
    with pytest.raises(SettingsError, match="PostgreSQL or SQLite"):
        await open_books(
            type(settings)("mysql+aiomysql://x/y", settings.payments_path, settings.policy, b"k" * 16), "gate"
        )
    with pytest.raises(SettingsError, match="16 bytes"):
        await open_books(
            type(settings)(settings.database_url, settings.payments_path, settings.policy, b"short"), "planner"
        )
