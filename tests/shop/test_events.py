"""What shoppers did with products: appended where it happens, the conversation's alone unless more was allowed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from shop.change_terms import ChangeWanted
from shop.events import Event, Told, for_somebody
from shop.retention import Periods
from tests.shop.conftest import Till

PERIODS = Periods(*(timedelta(days=days) for days in (30, 30, 30, 3650)))


async def kinds(till: Till) -> list[tuple[str, str]]:
    return [(row["kind"], row["product_id"]) for row in await till.rows("SELECT * FROM behaviour ORDER BY event_id")]


async def learned(till: Till) -> list[tuple[str, str]]:
    return [(row.kind, row.product_id) async for page in till.books.behaviour.pages() for row in page]


async def test_the_latest_word_on_a_product_counts_and_only_the_shoppers_own(till, anna, bela):
    mine = till.books.behaviour
    await mine.viewed(anna, ["reed", "fen"])
    await mine.viewed(bela, ["ember"])
    await till.books.carts.add(anna, "harbour")
    await mine.record(anna, [Event("dismiss", "fen", "chat"), Event("view", "reed", "chat")])
    await mine.viewed(anna, [])
    assert await mine.told(anna) == Told(("reed", "harbour"), ("fen",))
    assert await mine.told(bela) == Told(("ember",))


async def test_what_is_done_with_goods_is_recorded_where_it_happens(till, anna):
    outcome = await till.buy(anna)
    await till.books.carts.add(anna, "harbour")
    cart = await till.books.carts.add(anna, "reed-250")
    session = await till.books.conversations.create_session(anna.subject, "", till.clock.now, anna.session_id)
    shown = {"items": [{"product_id": "ember"}, {"product_id": "reed"}], "relation": "search"}
    turn = await till.books.conversations.begin_turn(session, "c1", "hello")
    await till.books.conversations.append_events(session, turn.turn_id, [("products", shown)])
    await till.books.carts.undo(anna, expected_version=cart.version)
    order = outcome.order.order_id
    await till.books.fulfilment.ship(order)
    await till.books.fulfilment.deliver(order)
    quote = await till.books.changes.prepare(anna, order, ChangeWanted("return"))
    card = await till.books.gate.changes.render(anna, quote.quote_id)
    await till.books.gate.changes.approve(anna, quote.quote_id, card.digest, card.challenge)
    await till.books.fulfilment.receive(order)
    await till.books.worker.changes.drive()

    told = [("add", "fen"), ("buy", "fen"), ("add", "harbour"), ("add", "reed"), ("show", "ember"), ("show", "reed")]
    assert await kinds(till) == [*told, ("return", "fen")]
    places = await till.rows("SELECT place, slate FROM behaviour WHERE kind = 'show' ORDER BY event_id")
    assert places == [{"place": 1, "slate": turn.turn_id}, {"place": 2, "slate": turn.turn_id}]
    assert await till.books.behaviour.owned(anna) == ["fen"]
    assert (await till.books.behaviour.told(anna)).dismissed == ("fen",)


async def test_without_leave_events_are_the_conversations_and_nothing_is_learned(till, anna):
    await till.books.behaviour.viewed(anna, ["fen"])
    elsewhere = replace(anna, session_id="ses_other")
    assert (await till.books.behaviour.told(anna)).liked == ("fen",)
    assert (await till.books.behaviour.told(elsewhere)).liked == ()
    assert await learned(till) == []

    await till.books.learning.allow(anna)
    await till.books.behaviour.viewed(anna, ["reed"])
    assert (await till.books.behaviour.told(elsewhere)).liked == ("reed",)
    assert await learned(till) == [("view", "reed")]
    assert anna.subject not in str(await till.rows("SELECT * FROM behaviour"))


async def test_leave_taken_back_leaves_nothing_to_learn_from(till, anna, bela):
    for who in (anna, bela):
        await till.books.learning.allow(who)
        await till.books.behaviour.viewed(who, ["fen"])
    await till.books.learning.take_back(anna)

    assert not await till.books.behaviour.allowed(anna)
    assert await learned(till) == [("view", "fen")]
    assert (await till.books.behaviour.told(anna)).liked == ()


async def test_what_was_not_allowed_goes_within_a_day_and_what_was_within_its_period(till, anna, bela):
    await till.books.learning.allow(bela)
    await till.books.behaviour.viewed(anna, ["fen"])
    await till.books.behaviour.viewed(bela, ["reed"])
    till.clock.move(25 * 3600)
    await till.books.retention.purge(PERIODS)
    assert await kinds(till) == [("view", "reed")]
    till.clock.move(366 * 86400)
    await till.books.retention.purge(PERIODS)
    assert await kinds(till) == []


async def test_nobody_fills_the_books_with_events(till, anna):
    assert await till.books.behaviour.record(anna, [Event("view", f"p{n}", "page") for n in range(4_999)])
    # Nobody's answer fails of it: the tool that showed the goods goes on.
    await till.books.behaviour.viewed(anna, ["fen", "reed"])
    assert len(await kinds(till)) == 4_999
    await till.books.behaviour.viewed(anna, ["fen"])
    assert not await till.books.behaviour.record(anna, [Event("view", "reed", "page")])


async def test_a_planner_appends_and_changes_nothing(till, anna):
    desk = till.books.for_planner()
    await desk.behaviour.viewed(anna, ["fen"])
    for statement in ("UPDATE behaviour SET kind = 'buy'", "DELETE FROM behaviour", "DELETE FROM learning_allowed"):
        with pytest.raises(DBAPIError):
            async with desk.behaviour._context.database.writing() as connection:
                await connection.exec_driver_sql(statement)
    assert await kinds(till) == [("view", "fen")]


async def test_what_a_shop_brings_along_is_kept_once(till):
    at = datetime(2026, 1, 5, tzinfo=UTC)
    rows = [("7", at, Event("buy", "fen", "import")), ("7", at + timedelta(days=1), Event("buy", "reed", "import"))]
    assert await till.books.learning.bring(rows) == 2
    assert await till.books.learning.bring(rows) == 0
    assert await learned(till) == [("buy", "fen"), ("buy", "reed")]


async def test_what_is_done_for_somebody_else_is_not_kept_and_what_follows_is(till, anna):
    with for_somebody():
        await till.books.behaviour.viewed(anna, ["reed"])
        await till.books.carts.add(anna, "harbour")
    await till.books.behaviour.viewed(anna, ["fen"])
    assert await kinds(till) == [("view", "fen")]
