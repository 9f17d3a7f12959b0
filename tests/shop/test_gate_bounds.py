"""The purchase gate, G11 to G24: money and stock bounds, ownership, failing closed, truthful words."""

from dataclasses import replace
from datetime import datetime

import pytest

from policies.errors import Refused, Unavailable
from policies.principal import Principal, Scope
from shop.books import open_books
from shop.transitions import INTENT, Move, move
from shop.views import LineChange


async def refusal_of(awaitable) -> Refused:
    with pytest.raises(Refused) as caught:
        await awaitable
    return caught.value


def change_of(line_id: str, quantity: int):
    return LineChange(line_id=line_id, quantity=quantity)


def broken_clock() -> datetime:
    raise OSError("no time source")


async def test_g11_captured_never_exceeds_authorised_nor_authorised_what_was_approved(till):
    await till.buy()
    (row,) = await till.rows("SELECT amount, authorised, captured FROM intents")
    assert row == {"amount": 76160, "authorised": 76160, "captured": 76160}
    for column in ("captured", "authorised"):
        with pytest.raises(Exception, match="intents_money_bounds"):
            await till.rows(f"UPDATE intents SET {column} = 76161")


async def test_g13_units_are_conserved_through_sale_decline_and_recount(till, anna, bela):
    await till.buy(anna, "harbour", 3)
    await till.pay_with("card-declined-2", bela)
    await till.rows("UPDATE payment_handles SET reference = 'card-declined' WHERE handle = 'card-declined-2'")
    await till.buy(bela, "harbour", 2)
    (row,) = await till.rows("SELECT * FROM offers WHERE variant_id = 'harbour'")
    assert (row["available"], row["reserved"], row["sold"], row["received"]) == (97, 0, 3, 100)
    with pytest.raises(Exception, match="offers_conserved"):
        await till.rows("UPDATE offers SET available = available + 1 WHERE variant_id = 'harbour'")
    with pytest.raises(Exception, match="offers_never_negative"):
        await till.rows("UPDATE offers SET available = -1, sold = 101 WHERE variant_id = 'harbour'")


async def test_g14_what_belongs_to_somebody_else_is_as_good_as_unknown(till, anna, bela):
    card = await till.card()
    outcome = await till.buy(bela, "harbour")
    gate, books = till.books.gate, till.books
    for call in (
        lambda quote_id: gate.render(bela, quote_id),
        lambda quote_id: gate.approve(bela, quote_id, card.digest, card.challenge),
        lambda quote_id: gate.decline(bela, quote_id),
    ):
        foreign, unknown = await refusal_of(call(card.quote_id)), await refusal_of(call("quote_nowhere"))
        assert (foreign.code, foreign.text, foreign.facts) == (unknown.code, unknown.text, unknown.facts)
        assert foreign.code == "unknown_quote"
    assert await books.quotes.get(bela, card.quote_id) is None
    assert outcome.order is not None
    assert await books.orders.get(anna, outcome.order.order_id) is None
    assert await books.orders.mine(anna) == []
    assert (await refusal_of(gate.outcome(anna, outcome.intent_id))).code == "unknown_quote"
    assert (await till.press(card)).state == "confirmed"


async def test_g14_a_quote_belongs_to_its_session(till, anna):
    card = await till.card()
    elsewhere = replace(anna, session_id="ses_anna_2")
    assert (await refusal_of(till.press(card, elsewhere))).code == "unknown_quote"
    assert await till.books.quotes.get(elsewhere, card.quote_id) is None


async def test_g14_a_line_of_somebody_elses_cart_cannot_be_touched(till, anna, bela):
    await till.books.carts.add(anna, "harbour")
    (line,) = (await till.books.carts.view(anna)).lines
    assert (await refusal_of(till.books.carts.change(bela, [change_of(line.line_id, 0)]))).code == "unknown_line"
    assert len((await till.books.carts.view(anna)).lines) == 1


async def test_g14_somebody_elses_handles_cannot_be_chosen(till, anna, bela):
    await till.pay_with("card-of-bela", bela)
    refused = await refusal_of(till.books.gate.set_checkout(anna, payment_handle="card-of-bela"))
    assert refused.code == "unknown_payment"
    assert (await refusal_of(till.books.gate.set_checkout(anna, address="nowhere"))).code == "unknown_address"


@pytest.mark.parametrize("press", ["yes", "", "true", "\ud800", "null", "1", "ja, kaufen"])
async def test_g15_nothing_but_the_minted_challenge_is_a_yes(till, anna, press):
    card = await till.card()
    forged = card.model_copy(update={"challenge": press})
    assert (await refusal_of(till.press(forged))).code == "wrong_challenge"
    forged = card.model_copy(update={"digest": press})
    assert (await refusal_of(till.press(forged))).code == "wrong_digest"


@pytest.mark.parametrize("broken", [lambda: datetime(2026, 3, 2, 9, 0), broken_clock])  # noqa: DTZ001
async def test_g16_without_a_trusted_clock_nothing_is_approved(till, anna, broken):
    card = await till.card()
    books = await open_books(till.settings, "gate", broken)
    try:
        with pytest.raises(Unavailable):
            await books.gate.approve(anna, card.quote_id, card.digest, card.challenge)
    finally:
        await books.aclose()
    assert await till.rows("SELECT * FROM intents") == []


async def test_g16_a_clock_that_went_back_behind_the_quote_approves_nothing(till):
    card = await till.card()
    till.clock.move(-1)
    with pytest.raises(Unavailable):
        await till.press(card)
    till.clock.move(2)
    assert (await till.press(card)).state == "confirmed"


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM audit_head",
        "UPDATE audit_head SET seal = 'x'",
        "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        "DROP TABLE audit_head",
    ],
)
async def test_g16_without_a_sound_audit_log_nothing_is_approved(till, anna, damage):
    card = await till.card()
    await till.rows(damage)
    with pytest.raises(Exception, match="audit"):
        await till.press(card)
    assert await till.rows("SELECT * FROM intents") == []
    assert (await till.rows("SELECT sum(reserved) AS n FROM offers"))[0]["n"] == 0
    assert (await till.rows("SELECT state FROM quotes"))[0]["state"] == "awaiting_approval"


async def test_g16_a_locked_store_refuses_and_nothing_is_half_done(till, reopen):
    shop = await reopen(busy_timeout_ms=50)
    card = await shop.card()
    database = till.books.worker._context.database
    async with database.writing() as connection:
        await connection.exec_driver_sql("UPDATE offers SET price = price")
        with pytest.raises(Unavailable, match="lock"):
            await shop.press(card)
    assert (await shop.press(card)).state == "confirmed"


async def test_g18_limits_are_checked_when_the_press_comes(till):
    await till.buy(variant="harbour")
    card = await till.card()
    await till.rows("UPDATE intents SET amount = 390000")
    refused = await refusal_of(till.press(card))
    assert (refused.code, refused.facts["kind"]) == ("over_limit", "day")
    assert "$4,000" in refused.text
    assert len(await till.rows("SELECT * FROM intents")) == 1
    await till.rows("UPDATE intents SET amount = 10472")
    assert (await till.press(card)).state == "confirmed"


async def test_g18_a_quote_over_the_order_limit_is_not_even_prepared(till, anna):
    await till.books.carts.add(anna, "fen-oak", 3)
    refused = await refusal_of(till.books.quotes.prepare(anna))
    assert (refused.code, refused.facts["kind"]) == ("over_limit", "order")


async def test_g20_restoring_or_editing_conversation_rows_changes_nothing_in_the_gate(till, anna):
    session_id = await till.books.conversations.create_session(anna.subject, "", till.clock.now)
    turn = await till.books.conversations.begin_turn(session_id, "c1", "yes, buy it")
    await till.books.conversations.append_event(session_id, turn.turn_id, "text", {"delta": "approved"})
    card = await till.card()
    kept = {n: await till.rows(f"SELECT * FROM {n}") for n in ("sessions", "turns", "events")}
    await till.press(card)
    gate = ("quotes", "challenges", "intents", "orders", "reservations", "offers", "carts", "audit")
    before = {name: await till.rows(f"SELECT * FROM {name}") for name in gate}
    await till.rows("DELETE FROM events")
    await till.rows("DELETE FROM turns")
    await till.rows("UPDATE sessions SET last_seq = 0")
    for name in ("turns", "events"):
        for row in kept[name]:
            names = ", ".join(row)
            await till.rows(f"INSERT INTO {name} ({names}) VALUES ({', '.join(':' + n for n in row)})", **row)
    await till.books.conversations.abandon_running()
    assert {name: await till.rows(f"SELECT * FROM {name}") for name in gate} == before
    assert len(await till.rows("SELECT * FROM intents")) == 1


async def test_g21_only_a_placed_order_is_called_ordered_and_only_a_captured_one_paid(till):
    card = await till.card()
    outcome = await till.press(card)
    assert "Ordered" not in outcome.text
    assert outcome.order is None
    await till.books.worker.drive(outcome.intent_id)
    again = await till.press(card)
    assert again.order is not None
    assert again.order.state_text == "Ordered and paid."
    assert (await till.rows("SELECT state FROM intents"))[0]["state"] == "captured"


async def test_g22_reading_changes_nothing(till, anna, bela):
    card = await till.card()
    outcome = await till.buy(bela, "harbour")
    stranger = Principal("guest:new", "ses_new", frozenset(Scope))
    before = await till.everything()
    books = till.books
    till.clock.move(10_000)
    for who in (anna, bela, stranger):
        await books.carts.view(who)
        await books.quotes.get(who, card.quote_id)
        await books.quotes.pending(who)
        await books.orders.mine(who)
        await books.orders.get(who, "order_x")
        await books.shoppers.profile(who)
        await books.behaviour.told(who)
        await books.behaviour.owned(who)
        await books.offers.of_products(["fen", "reed"])
        await books.offers.variant("harbour")
    await books.gate.outcome(bela, outcome.intent_id)
    await books.audit.verify()
    assert [row async for row in books.audit.export()]
    await books.merchant.changes_after(0)
    assert await till.everything() == before


async def test_g23_what_a_planner_reads_holds_handles_and_labels_only(till, anna):
    await till.quote()
    planner = till.books.for_planner()
    profile = await planner.shoppers.profile(anna)
    quote = await planner.quotes.pending(anna)
    assert quote is not None
    for read in (profile.model_dump_json(), quote.model_dump_json()):
        assert "Beispielstraße" not in read
        assert "10115" not in read
    assert (quote.ship_to, quote.pay_with) == ("home, Berlin", "card •4242")


async def test_g24_three_failed_approvals_void_the_quote(till):
    card = await till.card()
    forged = card.model_copy(update={"challenge": "guess"})
    for _ in range(3):
        assert (await refusal_of(till.press(forged))).code == "wrong_challenge"
    refused = await refusal_of(till.press(card))
    assert refused.code == "quote_superseded"
    assert "Too many" in refused.text


async def test_a_state_never_goes_where_the_table_has_no_step(till, anna):
    await till.buy()
    (intent,) = await till.rows("SELECT intent_id FROM intents")
    context = till.books.worker._context
    async with context.database.writing() as connection:
        wanted = Move(INTENT, intent["intent_id"], anna.subject, "captured", "confirmed")
        with pytest.raises(ValueError, match="never goes from captured to confirmed"):
            await move(connection, context.audit, wanted, till.clock.now)
        stale = Move(INTENT, intent["intent_id"], anna.subject, "confirmed", "authorising")
        assert not await move(connection, context.audit, stale, till.clock.now)


async def test_a_declined_quote_stays_declined_and_an_approved_one_cannot_be_declined(till, anna):
    card = await till.card()
    await till.books.gate.decline(anna, card.quote_id)
    await till.books.gate.decline(anna, card.quote_id)
    assert (await refusal_of(till.press(card))).code == "quote_superseded"
    card = await till.books.gate.render(anna, (await till.books.quotes.prepare(anna)).quote_id)
    await till.press(card)
    assert (await refusal_of(till.books.gate.decline(anna, card.quote_id))).code == "quote_superseded"
