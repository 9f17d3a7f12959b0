"""The purchase gate, G1 to G6: whose press counts, on which card, until when, and how often."""

import asyncio
import json
from dataclasses import replace

import pytest

from policies.errors import Refused, Unavailable
from policies.principal import Scope
from policies.quote import digest, parse


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
    with pytest.raises(Exception, match=r"not authorized|permission denied"):
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
    bound = {
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
    }
    bound |= {"delivery", "payment", "coupon", "policy_digest", "issued_at", "expires_at", "cart_id", "cart_version"}
    assert bound | {"button", "disclosures", "action", "recurrence", "locale"} <= set(kept)
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
