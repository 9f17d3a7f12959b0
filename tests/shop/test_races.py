"""Several processes at the same rows at once: what one process cannot show, on both databases."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from policies.principal import Principal, Scope
from shop.clock import utc_now
from shop.views import Card
from tests.shop import fleet as fleets
from tests.shop.fleet import PROCESSES, Fleet


@pytest.fixture
async def fleet(till) -> AsyncIterator[Fleet]:
    till.clock.now = utc_now()
    fleet = await fleets.start(till)
    yield fleet
    await fleet.close()


async def shoppers(till, count: int) -> list[Principal]:
    people = [Principal(f"guest:{n}", f"ses_{n}", frozenset(Scope)) for n in range(count)]
    for who in people:
        await till.books.shoppers.ensure_guest(who)
    return people


def press(who: Principal, card: Card) -> list[Any]:
    return ["press", who.subject, who.session_id, card.quote_id, card.digest, card.challenge]


async def check(till, results: list[str]) -> None:
    """Nobody was kept waiting for ever, and the books agree with themselves."""
    assert [result for result in results if result.startswith("unavailable")] == []
    promised = "SELECT coalesce(sum(quantity), 0) AS n FROM reservations WHERE state = 'reserved'"
    (reserved,) = await till.rows("SELECT sum(reserved) AS n FROM offers")
    assert (await till.rows(promised))[0]["n"] == reserved["n"]
    bought = await till.rows(
        "SELECT i.amount, q.total, q.state FROM intents i JOIN quotes q ON q.quote_id = i.quote_id"
    )
    assert [row for row in bought if row["amount"] != row["total"] or row["state"] != "confirmed"] == []
    confirmed = await till.rows("SELECT count(*) AS n FROM quotes WHERE state = 'confirmed'")
    assert confirmed[0]["n"] == len(bought)
    report = await till.books.audit.verify()
    assert (report.problem, report.ok) == ("", True)


async def money(till) -> list[tuple[int, int]]:
    async with till.books._payments._database.reading() as connection:
        rows = await connection.exec_driver_sql("SELECT amount, captured FROM authorisations")
        return [(int(amount), int(captured)) for amount, captured in rows]


async def test_64_presses_of_four_processes_make_one_order_paid_once(till, fleet, anna):
    card = await till.card()
    results = await fleet.run(*[[press(anna, card)] * 16] * PROCESSES)
    assert len(results) == 64
    (intent_id,) = set(results)
    results = await fleet.run(*[[["drive", intent_id]] * 4] * PROCESSES)
    assert set(results) == {"done"}
    till.clock.move(120)
    await till.books.worker.drive()
    (intent,) = await till.rows("SELECT state, amount, captured FROM intents")
    assert intent == {"state": "captured", "amount": 76160, "captured": 76160}
    assert await money(till) == [(76160, 76160)]
    calls = await till.rows("SELECT kind, result FROM payment_calls ORDER BY kind")
    assert [(call["kind"], call["result"]) for call in calls] == [("authorise", "done"), ("capture", "done")]
    assert len(await till.rows("SELECT * FROM orders")) == 1
    await check(till, results)


async def test_a_press_and_changes_at_once_end_in_one_or_the_other(till, fleet):
    people = await shoppers(till, 8)
    results: list[str] = []
    pressed: dict[str, set[str]] = {}
    for number, who in enumerate(people):
        card = await till.card(who, "harbour", 1 + number % 2)
        others = (
            ["add", who.subject, who.session_id, "reed-300"],
            ["remove", who.subject],
            ["decline", who.subject, who.session_id, card.quote_id],
            ["price", "", "", "harbour", 7900 + number % 2],
        )
        other = list(others[number % 4])
        seen = await fleet.run(
            [press(who, card)], [other], [press(who, card), other], [["price", "", "", "fen-oak", 1]]
        )
        pressed[card.quote_id] = {result for result in (seen[0], seen[2]) if result.startswith("intent_")}
        results += seen
    assert all(len(ids) <= 1 for ids in pressed.values())
    intents = await till.rows("SELECT quote_id, intent_id FROM intents")
    assert {row["quote_id"]: {row["intent_id"]} for row in intents} == {q: ids for q, ids in pressed.items() if ids}
    await check(till, results)
    await till.books.recover()
    assert sorted(captured for _, captured in await money(till)) == sorted(
        row["captured"] for row in await till.rows("SELECT captured FROM intents")
    )


async def test_the_last_units_are_sold_once(till, fleet):
    people = await shoppers(till, 12)
    wanted = [["purchase", who.subject, who.session_id, "reed-250"] for who in people]
    results = await fleet.spread(wanted)
    outcome = Counter("bought" if result.startswith("intent_") else "refused" for result in results)
    assert outcome == {"bought": 3, "refused": 9}
    await check(till, results)


async def test_orders_at_once_pass_no_limit(till, fleet, anna):
    await till.buy(anna, "harbour")
    await till.rows("UPDATE intents SET amount = 330000, authorised = 330000, captured = 330000")
    results: list[str] = []
    spent = {"n": 0}
    for _ in range(6):
        results += await fleet.spread([["purchase", anna.subject, f"ses_{n}", "harbour"] for n in range(PROCESSES)])
        (spent,) = await till.rows("SELECT sum(amount) AS n FROM intents WHERE subject = 'guest:anna'")
        assert spent["n"] <= 400_000
    assert spent["n"] > 330_000
    assert "over_limit" in results
    assert [result for result in results if result.startswith("unavailable")] == []


async def test_what_is_made_on_first_use_is_made_once(till, fleet):
    talk = till.books.conversations
    session_id = await talk.create_session("guest:new", "", till.clock.now + timedelta(hours=1))
    moves = [["guest", "guest:new"], ["add", "guest:new", "", "harbour"], ["viewed", "guest:new", "", ["a", "b"]]]
    moves += [["event", "", session_id], ["turn", "", session_id, "c1"], ["turn", "", session_id, "c2"]]
    results = await fleet.run(*[moves] * PROCESSES)
    assert Counter(results) == {"done": 5 * PROCESSES, "turn_running": PROCESSES}
    assert [line.quantity for line in (await till.books.carts.view(Principal("guest:new", ""))).lines] == [PROCESSES]
    assert [event.seq for event in await talk.events_after(session_id, 0)] == list(range(1, PROCESSES + 1))
    assert len(await till.rows("SELECT * FROM turns")) == 1
    people = await shoppers(till, 8)
    first = await fleet.spread([["purchase", who.subject, who.session_id, "harbour"] for who in people])
    assert all(result.startswith("intent_") for result in first)
    await check(till, first)
