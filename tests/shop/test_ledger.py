"""What models cost: no cap is passed, whoever asks at the same time, whatever crashes, and nobody is named."""

import asyncio
import os
import random
from collections import Counter
from datetime import timedelta

import pytest

from policies.principal import Principal
from shop.books import open_books
from shop.ledger import Spender, Spent, TurnRecord
from tests.places import Place
from tests.shop.conftest import MovableClock, Till, open_till, settings_of

KEEP = timedelta(seconds=60)
CAPS = {
    "turn": 300,
    "conversation": 900,
    "guest": 1_500,
    "guests": 4_000,
    "shopper": 2_000,
    "tenant": 9_000,
    "day": 9_500,
}
TURNS = int(os.environ.get("AISLE_LEDGER_TURNS", "600"))


def spender(who: str = "guest:anna", turn: str = "t1", session: str = "s1", tenant: str = "shop") -> Spender:
    return Spender(who, session, turn, tenant)


@pytest.fixture
async def till(place: Place, clock: MovableClock):
    till = await open_till(place, clock, settings_of(place))
    yield till
    await till.books.aclose()


async def total(till: Till, scope: str) -> int:
    rows = await till.rows("SELECT SUM(micros) AS sum FROM model_totals WHERE scope = :scope", scope=scope)
    return int(rows[0]["sum"] or 0)


async def test_a_call_is_held_at_its_most_and_settled_at_what_it_used(till: Till) -> None:
    ledger = till.books.ledger
    held = await ledger.reserve(spender(), "m", 200, CAPS, KEEP)
    assert held is not None
    assert await ledger.reserve(spender(), "m", 200, CAPS, KEEP) is None
    assert await ledger.over(spender(), 200, CAPS) == "turn"

    assert await ledger.settle(held, Spent(100, 50, 10, 900, 40)) == 40
    assert await ledger.settle(held, Spent(100, 50, 10, 900, 40)) == 0, "a call is paid for once"
    assert await ledger.reserve(spender(), "m", 200, CAPS, KEEP) is not None
    assert {await total(till, scope) for scope in ("turn", "conversation", "guest", "guests", "tenant", "day")} == {40}


async def test_a_call_nobody_knows_the_end_of_costs_all_that_was_held(till: Till) -> None:
    held = await till.books.ledger.reserve(spender(), "m", 200, CAPS, KEEP)
    assert held is not None
    assert await till.books.ledger.settle(held, None) == 200


async def test_what_a_crash_left_held_counts_until_it_expires(till: Till, clock: MovableClock) -> None:
    ledger = till.books.ledger
    assert await ledger.reserve(spender(), "m", 300, CAPS, KEEP) is not None
    assert await ledger.reserve(spender(), "m", 1, CAPS, KEEP) is None
    clock.move(61)
    assert await ledger.reserve(spender(), "m", 300, CAPS, KEEP) is not None


async def test_caps_of_a_day_begin_anew_at_midnight_and_those_of_a_conversation_do_not(
    till: Till, clock: MovableClock
) -> None:
    ledger = till.books.ledger
    held = await ledger.reserve(spender(), "m", 100, {"conversation": 150, "guest": 100}, KEEP)
    assert held is not None
    await ledger.settle(held, None)
    assert await ledger.over(spender(turn="t2"), 50, {"guest": 100}) == "guest"
    clock.move(24 * 3600)
    assert await ledger.over(spender(turn="t2"), 50, {"guest": 100}) is None
    assert await ledger.over(spender(turn="t2"), 51, {"conversation": 150}) == "conversation"


async def test_two_servers_together_pass_no_cap(till: Till, place: Place, clock: MovableClock) -> None:
    other = await open_books(settings_of(place), "planner", clock)
    asked = [
        ledger.reserve(spender(turn=f"t{at}"), "m", 100, {"guest": 1_000}, KEEP)
        for at in range(16)
        for ledger in (till.books.ledger, other.ledger)
    ]
    held = [each for each in await asyncio.gather(*asked) if each is not None]
    await other.aclose()
    assert len(held) == 10


async def test_many_guests_leave_the_known_shoppers_share_alone(till: Till) -> None:
    caps = {"guest": 100, "guests": 1_000, "shopper": 100, "day": 2_000}
    reserve = till.books.ledger.reserve
    held = [await reserve(spender(f"guest:{at}", f"t{at}", f"s{at}"), "m", 100, caps, KEEP) for at in range(40)]
    assert sum(each is not None for each in held) == 10
    assert await reserve(spender("shopper:7", "k", "k"), "m", 100, caps, KEEP) is not None


async def test_no_sequence_of_turns_passes_any_cap_by_more_than_a_call(till: Till, clock: MovableClock) -> None:
    """Random turns of guests and shoppers, with endpoints that use up to twice what was thought the most."""
    dice, ledger, most = random.Random(20), till.books.ledger, 0
    spent: Counter[tuple[str, str, str]] = Counter()
    for number in range(TURNS):
        who = dice.choice([f"guest:{dice.randrange(9)}", f"shopper:{dice.randrange(4)}"])
        asks = spender(who, f"t{number}", f"{who}/{dice.randrange(3)}", dice.choice(["north", "south"]))
        clock.move(dice.choice([1, 30, 600]))
        for _ in range(dice.randint(1, 3)):
            held = await ledger.reserve(asks, "m", worst := dice.randint(1, 160), CAPS, KEEP)
            if held is None or dice.random() < 0.1:
                break  # refused, or the server died before it knew what the call cost
            used = dice.choice([None, Spent(micros=dice.randint(0, worst)), Spent(micros=2 * worst)])
            cost, day = await ledger.settle(held, used), f"{clock():%j}"
            most = max(most, cost)
            kind = ["guests"] if asks.guest else []
            for scope, key in (
                ("turn", asks.turn_id),
                ("conversation", asks.session_id),
                ("day", ""),
                *((k, "") for k in kind),
            ):
                spent[scope, key, "" if scope == "conversation" else day] += cost
            spent["guest" if asks.guest else "shopper", who, day] += cost
            spent["tenant", asks.tenant, day] += cost
    assert {scope for scope, _, _ in spent} == set(CAPS)
    assert [each for each, micros in spent.items() if micros > CAPS[each[0]] + most] == []
    assert any(micros > 0.9 * CAPS["guests"] for (scope, _, _), micros in spent.items() if scope == "guests")


async def test_the_ledger_names_nobody_and_an_erased_shopper_is_nobodys(till: Till) -> None:
    anna = Principal("guest:anna", "ses_anna")
    ledger, mine = till.books.ledger, spender(session="ses_anna")
    held = await ledger.reserve(mine, "m", 100, CAPS, KEEP)
    assert held is not None
    await ledger.settle(held, Spent(1, 0, 1, 1, 7))
    await ledger.record(mine, TurnRecord("m", "escalated", "advice", "search", "search_products"), Spent(micros=7))
    tables = ("model_calls", "model_turns", "model_totals")
    kept = {name: await till.rows(f"SELECT * FROM {name}") for name in tables}
    assert "anna" not in repr(kept)
    parts = {name: [row async for row in rows] async for name, rows in till.books.exports.parts(anna)}
    assert [row["micros"] for row in parts["model_turns"]] == [7]

    await till.books.privacy.erase(anna.subject, lambda subject, session_id: "folder")
    rows = {name: await till.rows(f"SELECT * FROM {name}") for name in tables}
    assert {row["who"] for name in tables for row in rows[name]} == {""}
    assert {row["conversation"] for name in tables[:2] for row in rows[name]} == {""}
    assert await total(till, "day") == 7, "the shop spent it all the same"
