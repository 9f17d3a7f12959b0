"""Orders that a person looks at first: nothing is charged, the shopper reads the truth, and time runs out."""

import pytest

from policies.errors import Refused
from policies.limits import ShopPolicy, load_policy
from policies.review import ReviewRules
from shop.change_terms import ChangeWanted

CHECKING = "The shop is checking your order; nothing has been charged yet. You need to do nothing."


def reviewing(**rules: int) -> ShopPolicy:
    return load_policy().model_copy(update={"review": ReviewRules.model_validate(rules)})


async def stock(shop, variant: str) -> tuple[int, int, int]:
    (row,) = await shop.rows("SELECT available, reserved, sold FROM offers WHERE variant_id = :v", v=variant)
    return row["available"], row["reserved"], row["sold"]


async def charges(shop) -> list[str]:
    rows = await shop.rows("SELECT kind, result FROM payment_calls ORDER BY asked_at, kind")
    return [f"{row['kind']} {row['result']}" for row in rows]


async def log(shop) -> list[str]:
    rows = await shop.rows("SELECT action FROM audit WHERE entity IN ('intent', 'order') ORDER BY seq")
    return [row["action"] for row in rows]


async def test_an_order_above_the_bound_is_held_with_the_money_set_aside_and_the_goods_reserved(till, reopen, anna):
    shop = await reopen(reviewing(above=50_000))
    outcome = await shop.buy()
    assert (outcome.state, outcome.text, outcome.settled) == ("in_review", CHECKING, True)
    assert outcome.order is not None
    assert (outcome.order.state, outcome.order.state_text, outcome.order.can) == ("in_review", CHECKING, ("cancel",))
    assert await stock(shop, "fen-oak") == (4, 1, 0)
    assert await charges(shop) == ["authorise done"]
    await shop.books.worker.drive()
    await shop.books.recover()
    assert await charges(shop) == ["authorise done"]
    (held,) = await shop.books.reviews.waiting()
    assert (held.order_id, held.reasons, held.total) == (outcome.order.order_id, ("amount",), outcome.order.total)
    assert (await log(shop))[-2:] == ["intent.in_review", "order.in_review"]
    with pytest.raises(Refused) as caught:
        await shop.books.fulfilment.ship(held.order_id)
    assert caught.value.code == "wrong_state"


async def test_a_smaller_order_is_not_held(till, reopen):
    shop = await reopen(reviewing(above=50_000))
    assert (await shop.buy(variant="harbour")).state == "captured"
    assert await shop.books.reviews.waiting() == []


async def test_a_released_order_is_charged_and_ordered_once(till, reopen, anna):
    shop = await reopen(reviewing(first_order_above=0))
    outcome = await shop.buy()
    order_id = outcome.order.order_id
    intent_id = (await shop.books.reviews.release(order_id)).intent_id
    for _ in range(2):
        await shop.books.worker.drive(intent_id)
    order = await shop.books.orders.get(anna, order_id)
    assert (order.state, order.state_text) == ("captured", "Ordered and paid.")
    assert await charges(shop) == ["authorise done", "capture done"]
    assert await stock(shop, "fen-oak") == (4, 0, 1)
    assert "order.review_released" in await log(shop)
    for again in (shop.books.reviews.release, shop.books.reviews.refuse):
        with pytest.raises(Refused) as caught:
            await again(order_id)
        assert (caught.value.code, caught.value.facts) == ("wrong_state", {"state": "captured"})
    assert (await shop.buy()).state == "captured"


async def test_a_refused_order_charges_nothing_and_says_so(till, reopen, anna):
    shop = await reopen(reviewing(above=0))
    outcome = await shop.buy()
    await shop.books.worker.drive((await shop.books.reviews.refuse(outcome.order.order_id)).intent_id)
    after = await shop.books.gate.outcome(anna, outcome.intent_id)
    assert (after.state, after.order.state) == ("refused", "refused")
    assert "did not take it. Nothing was charged" in after.text
    assert await charges(shop) == ["authorise done", "void done"]
    assert await stock(shop, "fen-oak") == (5, 0, 0)
    assert [line.variant_id for line in (await shop.books.carts.view(anna)).lines] == ["fen-oak"]
    assert after.order.can == ()
    with pytest.raises(Refused) as caught:
        await shop.books.changes.prepare(anna, after.order.order_id, ChangeWanted("cancel"))
    assert caught.value.code == "order_refused"
    quote = await shop.books.quotes.get(anna, outcome.quote_id)
    assert quote.outcome == "refused"


async def test_what_nobody_looks_at_in_time_is_refused_of_itself(till, reopen, anna):
    shop = await reopen(reviewing(above=0, time_limit_s=3600))
    outcome = await shop.buy()
    shop.clock.move(3599)
    await shop.books.worker.drive()
    assert (await shop.books.orders.get(anna, outcome.order.order_id)).state == "in_review"
    shop.clock.move(1)
    with pytest.raises(Refused):
        await shop.books.reviews.release(outcome.order.order_id)
    await shop.books.worker.drive()
    assert (await shop.books.orders.get(anna, outcome.order.order_id)).state == "refused"
    assert await charges(shop) == ["authorise done", "void done"]
    assert await stock(shop, "fen-oak") == (5, 0, 0)


async def test_a_success_after_several_declines_is_held(till, reopen, anna):
    shop = await reopen(reviewing(declines=2, declines_within_s=3600))
    await shop.books.gate.set_checkout(anna, payment_handle="card-declined")
    await shop.books.carts.add(anna, "harbour")
    for _ in range(2):
        quote = await shop.books.quotes.prepare(anna)
        press = await shop.press(await shop.books.gate.render(anna, quote.quote_id))
        await shop.books.worker.drive(press.intent_id)
    await shop.books.gate.set_checkout(anna, payment_handle="card-4242")
    outcome = await shop.buy(variant="harbour")
    assert outcome.state == "in_review"
    shop.clock.move(3601)
    assert (await shop.buy(variant="harbour")).state == "captured"


async def test_a_dear_order_to_an_address_no_paid_order_went_to_is_held(till, reopen, anna):
    shop = await reopen(reviewing(new_address_above=50_000))
    assert (await shop.buy(variant="harbour")).state == "captured"
    assert (await shop.buy()).state == "captured"
    await shop.books.gate.set_checkout(anna, address="office")
    outcome = await shop.buy()
    assert outcome.state == "in_review"
    (held,) = await shop.books.reviews.waiting()
    assert held.reasons == ("new_address",)


async def test_a_shopper_cancels_an_order_that_is_being_checked(till, reopen, anna):
    shop = await reopen(reviewing(above=0))
    outcome = await shop.buy()
    order_id = outcome.order.order_id
    with pytest.raises(Refused) as caught:
        await shop.books.changes.prepare(anna, order_id, ChangeWanted("address", address="office"))
    assert (caught.value.code, "You can cancel it" in caught.value.text) == ("order_in_review", True)
    asked = await shop.books.changes.prepare(anna, order_id, ChangeWanted("cancel"))
    card = await shop.books.gate.render(anna, asked.quote_id)
    made = await shop.books.gate.changes.approve(anna, asked.quote_id, card.digest, card.challenge)
    await shop.books.worker.changes.drive(made.change_id)
    assert (await shop.books.orders.get(anna, order_id)).state_text == "Cancelled. Nothing was charged."
    assert await charges(shop) == ["authorise done", "void done"]
    assert await stock(shop, "fen-oak") == (5, 0, 0)
    assert await shop.books.reviews.waiting() == []


async def test_a_release_makes_a_card_of_a_cancellation_count_no_more(till, reopen, anna):
    shop = await reopen(reviewing(above=0))
    outcome = await shop.buy()
    asked = await shop.books.changes.prepare(anna, outcome.order.order_id, ChangeWanted("cancel"))
    card = await shop.books.gate.render(anna, asked.quote_id)
    await shop.books.worker.drive((await shop.books.reviews.release(outcome.order.order_id)).intent_id)
    with pytest.raises(Refused) as caught:
        await shop.books.gate.changes.approve(anna, asked.quote_id, card.digest, card.challenge)
    assert caught.value.code == "requote_required"
    assert (await shop.books.orders.get(anna, outcome.order.order_id)).state == "captured"


async def test_a_press_repeated_while_an_order_is_checked_returns_that_order(till, reopen, anna):
    shop = await reopen(reviewing(above=0))
    card = await shop.card()
    first = await shop.press(card)
    await shop.books.worker.drive(first.intent_id)
    again = await shop.press(card)
    assert (again.intent_id, again.state, again.text) == (first.intent_id, "in_review", CHECKING)
    assert len(await shop.rows("SELECT order_id FROM orders")) == 1
