"""The purchase gate's invariants, one test or more for each, named after DESIGN §3."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime

import pytest

from policies.errors import Refused, Unavailable
from policies.limits import load_policy
from policies.principal import Principal, Scope
from policies.quote import digest, parse
from shop.books import open_books
from shop.transitions import INTENT, Move, move
from shop.views import LineChange


async def refusal_of(awaitable) -> Refused:
    with pytest.raises(Refused) as caught:
        await awaitable
    return caught.value


async def test_g01_a_planner_has_no_way_to_render_or_approve(till, anna):
    planner = till.books.for_planner()
    assert not hasattr(planner, "gate")
    assert not hasattr(planner, "worker")
    assert not hasattr(planner, "merchant")
    for part in (planner.quotes, planner.carts, planner.orders, planner.shoppers):
        assert not {name for name in dir(part) if name in ("render", "approve", "confirm", "set_checkout")}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO challenges (challenge_hash, quote_id, minted_at) VALUES ('x', 'q', 'now')",
        "UPDATE intents SET state = 'captured'",
        "INSERT INTO orders (order_id) VALUES ('mine')",
        "UPDATE offers SET price = 1",
        "DELETE FROM reservations",
        "INSERT INTO payment_calls (idempotency_key) VALUES ('k')",
    ],
)
async def test_g01_the_planners_connection_cannot_write_what_buys(till, statement):
    planner = till.books.for_planner()
    database = planner.carts._context.database
    with pytest.raises(Exception, match="not authorized"):
        async with database.writing() as connection:
            await connection.exec_driver_sql(statement)


async def test_g01_a_token_without_approve_neither_renders_nor_approves(till, anna):
    card = await till.card()
    chat_only = replace(anna, scopes=frozenset({Scope.CHAT, Scope.OPERATOR}))
    assert (await refusal_of(till.books.gate.render(chat_only, card.quote_id))).code == "step_up"
    assert (await refusal_of(till.press(card, chat_only))).code == "step_up"
    assert (await refusal_of(till.books.gate.set_checkout(chat_only, delivery="express"))).code == "step_up"
    assert await till.rows("SELECT * FROM intents") == []


async def test_g02_a_challenge_is_256_random_bits_and_only_its_hash_is_kept(till):
    card = await till.card()
    assert len(card.challenge) == 43
    kept = json.dumps(await till.everything(), default=str)
    assert card.challenge not in kept
    assert card.challenge not in repr(card)


async def test_g02_several_challenges_live_and_all_die_with_the_quote(till, anna):
    first = await till.card()
    second = await till.books.gate.render(anna, first.quote_id)
    assert first.challenge != second.challenge
    await till.books.gate.decline(anna, first.quote_id)
    for card in (first, second):
        assert (await refusal_of(till.press(card))).code == "quote_superseded"


async def test_g02_a_challenge_of_one_quote_does_not_open_another(till, anna, bela):
    mine, theirs = await till.card(anna), await till.card(bela, "harbour")
    forged = theirs.model_copy(update={"challenge": mine.challenge})
    assert (await refusal_of(till.press(forged, bela))).code == "wrong_challenge"


async def test_g03_a_press_that_echoes_another_digest_is_refused(till):
    card = await till.card()
    forged = card.model_copy(update={"digest": "0" * 64})
    assert (await refusal_of(till.press(forged))).code == "wrong_digest"
    assert (await till.press(card)).state == "confirmed"


async def test_g03_a_quote_that_was_never_drawn_cannot_be_approved(till, anna):
    quote = await till.quote()
    stored = await till.rows("SELECT digest FROM quotes")
    refused = await refusal_of(till.books.gate.approve(anna, quote.quote_id, stored[0]["digest"], "guess"))
    assert refused.code == "wrong_challenge"


async def test_g03_the_card_shows_the_rows_of_the_quote_without_hostile_characters(till, anna):
    bidi = "Harbour\u202e $1\u200b lamp\n\x07" + "!" * 10_000
    await till.rows("UPDATE offers SET product_title = :t WHERE variant_id = 'harbour'", t=bidi)
    card = await till.card(variant="harbour")
    title = str(card.card["lines"][0]["title"])  # type: ignore[index]
    assert title.startswith("Harbour $1 lamp !!!")
    assert len(title) <= 200
    assert card.card["button"] == "Place order — $104.72"


async def test_g04_the_digest_binds_everything_the_shopper_agrees_to(till):
    await till.card()
    terms = parse((await till.rows("SELECT terms FROM quotes"))[0]["terms"])
    kept = terms.model_dump(mode="json")
    for name in [
        "quote_id",
        "subject",
        "session_id",
        "seller",
        "lines",
        "totals",
        "currency",
        "exponent",
        "ship_to",
        "region",
        "delivery",
        "payment",
        "coupon",
        "policy_digest",
        "issued_at",
        "expires_at",
        "cart_id",
        "cart_version",
        "button",
        "disclosures",
        "action",
        "recurrence",
        "locale",
    ]:
        assert name in kept
    line = kept["lines"][0]
    assert {"variant_id", "quantity", "unit_price", "total", "seller"} <= set(line)
    assert (await till.rows("SELECT digest FROM quotes"))[0]["digest"] == digest(terms)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"unit_price":64000', '"unit_price":64001'),
        ('"label":"home, Berlin"', '"label":"home, Munich"'),
        ('"recurrence":"one_time"', '"recurrence":"monthly"'),
    ],
)
async def test_g04_terms_changed_in_the_file_are_neither_drawn_nor_approved(till, anna, old, new):
    card = await till.card()
    await till.rows("UPDATE quotes SET terms = replace(terms, :old, :new)", old=old, new=new)
    with pytest.raises(Unavailable):
        await till.press(card)
    with pytest.raises(Unavailable):
        await till.books.gate.render(anna, card.quote_id)
    assert await till.rows("SELECT * FROM intents") == []


async def test_g04_a_total_changed_in_the_file_is_not_approved(till):
    card = await till.card()
    await till.rows("UPDATE quotes SET total = 1")
    with pytest.raises(Unavailable):
        await till.press(card)


async def test_g05_a_late_press_is_refused_to_the_second(till, anna):
    card = await till.card()
    till.clock.move(600)
    refused = await refusal_of(till.press(card))
    assert refused.code == "quote_expired"
    quote = await till.books.quotes.get(anna, card.quote_id)
    assert quote is not None
    assert quote.state == "expired"


async def test_g05_a_press_in_the_last_moment_counts(till):
    card = await till.card()
    till.clock.move(599.999)
    assert (await till.press(card)).state == "confirmed"


async def test_g05_a_late_render_is_refused_and_no_quote_lives_longer_than_ten_minutes(till, anna):
    quote = await till.quote()
    assert (quote.expires_at - quote.issued_at).total_seconds() <= 600
    till.clock.move(600)
    assert (await refusal_of(till.books.gate.render(anna, quote.quote_id))).code == "quote_expired"


async def test_g06_an_approval_is_consumed_once_and_a_repeat_returns_the_same_order(till):
    card = await till.card()
    first = await till.press(card)
    await till.books.worker.drive(first.intent_id)
    again = await till.press(card)
    assert again.intent_id == first.intent_id
    assert again.order is not None
    till.clock.move(100_000)
    assert (await till.press(card)).order == again.order
    assert len(await till.rows("SELECT * FROM intents")) == 1
    assert len(await till.rows("SELECT * FROM orders")) == 1


async def test_g06_sixteen_presses_at_once_make_one_order(till, anna):
    card = await till.card()
    tabs = [card, *[await till.books.gate.render(anna, card.quote_id) for _ in range(3)]]
    presses = [till.press(tab) for tab in tabs * 4]
    outcomes = await asyncio.gather(*presses)
    assert len({outcome.intent_id for outcome in outcomes}) == 1
    await asyncio.gather(*[till.books.worker.drive(outcomes[0].intent_id) for _ in range(4)])
    assert len(await till.rows("SELECT * FROM orders")) == 1
    (call,) = await till.rows("SELECT * FROM payment_calls WHERE kind = 'capture'")
    assert call["result"] == "done"


async def test_g06_presses_from_two_processes_worth_of_books_make_one_order(till, reopen):
    card = await till.card()
    other = await reopen()
    outcomes = await asyncio.gather(*[shop.press(card) for shop in (till, other) * 6])
    assert len({outcome.intent_id for outcome in outcomes}) == 1
    await asyncio.gather(*[shop.books.worker.drive(outcomes[0].intent_id) for shop in (till, other)])
    assert len(await till.rows("SELECT * FROM orders")) == 1
    assert (await till.books.audit.verify()).ok


@pytest.mark.parametrize("change", ["add", "quantity", "remove", "undo", "coupon", "delivery", "address", "payment"])
async def test_g07_any_change_voids_the_card(till, anna, change):
    books = till.books
    card = await till.card()
    (line,) = (await books.carts.view(anna)).lines
    from_change = {
        "add": lambda: books.carts.add(anna, "harbour"),
        "quantity": lambda: books.carts.change(anna, [change_of(line.line_id, 2)]),
        "remove": lambda: books.carts.change(anna, [change_of(line.line_id, 0)]),
        "undo": lambda: books.carts.undo(anna),
        "coupon": lambda: books.carts.set_coupon(anna, "WELCOME10"),
        "delivery": lambda: books.gate.set_checkout(anna, delivery="express"),
        "address": lambda: books.gate.set_checkout(anna, address="office"),
        "payment": lambda: books.gate.set_checkout(anna, payment_handle="card-declined"),
    }
    await from_change[change]()
    assert (await refusal_of(till.press(card))).code == "quote_superseded"
    assert (await refusal_of(books.gate.render(anna, card.quote_id))).code == "quote_superseded"
    assert await books.quotes.pending(anna) is None


def change_of(line_id: str, quantity: int):
    from_line = {"line_id": line_id, "quantity": quantity}
    return LineChange(**from_line)


async def test_g07_a_newer_quote_voids_the_older_one(till, anna):
    card = await till.card()
    newer = await till.books.quotes.prepare(anna)
    assert (await refusal_of(till.press(card))).code == "quote_superseded"
    assert (await till.press(await till.books.gate.render(anna, newer.quote_id))).quote_id == newer.quote_id


async def test_g07_choosing_what_is_already_chosen_keeps_the_card(till, anna):
    card = await till.card()
    await till.books.gate.set_checkout(anna, address="home", delivery="standard", payment_handle="card-4242")
    assert (await till.press(card)).state == "confirmed"


async def test_g07_a_quote_from_another_session_of_the_shopper_voids_the_card(till, anna):
    card = await till.card()
    elsewhere = replace(anna, session_id="ses_anna_2")
    await till.books.quotes.prepare(elsewhere)
    assert (await refusal_of(till.press(card))).code == "quote_superseded"


async def test_g08_confirming_consumes_the_cart_version(till, anna):
    await till.books.carts.add(anna, "harbour")
    outcome = await till.buy()
    cart = await till.books.carts.view(anna)
    assert cart.lines == ()
    assert cart.version == 3
    assert not cart.can_undo
    assert (await refusal_of(till.books.quotes.prepare(anna))).code == "cart_empty"
    assert outcome.order is not None


async def test_g08_one_cart_version_cannot_be_bought_twice_even_from_the_file(till):
    await till.buy()
    (bought,) = await till.rows("SELECT * FROM intents")
    copy = {**bought, "intent_id": "another", "quote_id": "another"}
    names = ", ".join(copy)
    with pytest.raises(Exception, match="UNIQUE constraint failed: intents.cart_id, intents.cart_version"):
        await till.rows(f"INSERT INTO intents ({names}) VALUES ({', '.join(':' + n for n in copy)})", **copy)


async def test_g09_a_price_that_went_up_is_refused_with_old_and_new_and_a_fresh_quote(till, anna):
    card = await till.card()
    await till.books.merchant.set_offer("fen-oak", price=65500)
    refused = await refusal_of(till.press(card))
    assert refused.code == "requote_required"
    assert "The price went from $640 to $655 since you opened this." in refused.text
    assert "New total $779.45." in refused.text
    old, new = refused.facts["old"], refused.facts["new"]
    assert (old["total"], new["total"]) == (76160, 77945)  # type: ignore[index]
    prices = [d for d in refused.facts["differences"] if d["kind"] == "price"]  # type: ignore[union-attr]
    assert [(d["old"], d["new"]) for d in prices] == [(64000, 65500)]
    fresh = await till.books.gate.render(anna, str(refused.facts["quote_id"]))
    assert fresh.card["button"] == "Place order — $779.45"
    assert (await refusal_of(till.press(card))).facts == refused.facts
    assert (await till.press(fresh)).state == "confirmed"


async def test_g09_a_price_that_went_down_is_not_silently_taken(till):
    card = await till.card()
    await till.books.merchant.set_offer("fen-oak", price=60000)
    refused = await refusal_of(till.press(card))
    assert refused.code == "requote_required"
    assert await till.rows("SELECT * FROM intents") == []


async def test_g09_a_price_that_changed_back_is_what_was_shown(till):
    card = await till.card()
    await till.books.merchant.set_offer("fen-oak", price=1)
    await till.books.merchant.set_offer("fen-oak", price=64000)
    assert (await till.press(card)).state == "confirmed"


@pytest.mark.parametrize(
    ("offer", "kind", "left", "words"),
    [
        ({"stock": 1}, "stock", 1, "1 left of Fen desk, you asked for 2."),
        ({"stock": 0}, "stock", 0, "Fen desk is out of stock."),
        ({"sellable": False}, "unavailable", 0, "Fen desk is no longer available."),
    ],
)
async def test_g09_stock_that_is_gone_is_refused_whole(till, anna, offer, kind, left, words):
    card = await till.card(quantity=2)
    await till.books.merchant.set_offer("fen-oak", **offer)
    refused = await refusal_of(till.press(card))
    assert refused.code == "requote_required"
    assert words in refused.text
    assert refused.facts["new"] is None
    assert refused.facts["quote_id"] is None
    (difference,) = refused.facts["differences"]  # type: ignore[misc]
    assert (difference["kind"], difference["old"], difference["new"]) == (kind, 2, left)
    assert [line.quantity for line in (await till.books.carts.view(anna)).lines] == [2]
    assert (await till.rows("SELECT sum(reserved) AS n FROM offers"))[0]["n"] == 0


async def test_g09_a_coupon_that_ran_out_between_card_and_press_is_refused(till, reopen, anna):
    ends = till.clock.now.replace(minute=5)
    short = load_policy().coupons[0].model_copy(update={"ends_at": ends})
    shop = await reopen(load_policy().model_copy(update={"coupons": (short,)}))
    await shop.books.carts.add(anna, "fen-oak")
    quote = await shop.books.quotes.prepare(anna, coupon="welcome10")
    card = await shop.books.gate.render(anna, quote.quote_id)
    shop.clock.move(301)
    refused = await refusal_of(shop.press(card))
    assert refused.code == "requote_required"
    assert "Coupon WELCOME10 no longer counts." in refused.text
    kinds = {d["kind"]: (d["old"], d["new"]) for d in refused.facts["differences"]}  # type: ignore[union-attr]
    assert kinds["discount"] == (-6400, None)


async def test_g09_a_policy_changed_by_the_operator_voids_open_cards(till, reopen, anna):
    card = await till.card()
    policy = load_policy()
    dearer = policy.tax_rule("DE").model_copy(update={"basis_points": 2500})  # type: ignore[union-attr]
    rest = tuple(rule for rule in policy.tax if rule.region != "DE")
    shop = await reopen(policy.model_copy(update={"tax": (dearer, *rest)}))
    refused = await refusal_of(shop.press(card))
    assert refused.code == "requote_required"
    assert refused.facts["new"]["total"] == 80000  # type: ignore[index]


async def test_g09_an_address_that_changed_behind_its_handle_voids_the_card(till):
    card = await till.card()
    await till.rows("""UPDATE addresses SET content = '{"street": "Elsewhere 9"}' WHERE subject = 'guest:anna'""")
    refused = await refusal_of(till.press(card))
    assert refused.code == "requote_required"
    assert "The terms changed since you opened this." in refused.text


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
    assert (
        await refusal_of(till.books.gate.set_checkout(anna, payment_handle="card-of-bela"))
    ).code == "unknown_payment"
    assert (await refusal_of(till.books.gate.set_checkout(anna, address="nowhere"))).code == "unknown_address"


@pytest.mark.parametrize("press", ["yes", "", "true", "\ud800", "null", "1", "ja, kaufen"])
async def test_g15_nothing_but_the_minted_challenge_is_a_yes(till, anna, press):
    card = await till.card()
    forged = card.model_copy(update={"challenge": press})
    assert (await refusal_of(till.press(forged))).code == "wrong_challenge"
    forged = card.model_copy(update={"digest": press})
    assert (await refusal_of(till.press(forged))).code == "wrong_digest"


def broken_clock() -> datetime:
    raise OSError("no time source")


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
        with pytest.raises(Unavailable, match="locked"):
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
        await books.signals.liked(who)
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
