"""Preparing a quote: what it states, what it changes, what stops it."""

import pytest

from policies.errors import Refused
from policies.limits import load_policy
from policies.principal import Principal


async def refusal_of(awaitable) -> Refused:
    with pytest.raises(Refused) as caught:
        await awaitable
    return caught.value


async def test_a_quote_states_lines_totals_and_choices(till, anna):
    quote = await till.quote()
    assert quote.state == "quoted"
    assert (quote.ship_to, quote.delivery, quote.pay_with) == (
        "home, Berlin",
        "standard delivery, 3-5 working days",
        "card •4242",
    )
    assert [(t.name, t.amount) for t in quote.totals] == [
        ("subtotal", 64000),
        ("delivery", 0),
        ("tax", 12160),
        ("total", 76160),
    ]
    assert await till.books.quotes.pending(anna) == quote
    assert (quote.intent_id, quote.order_id, quote.outcome) == (None, None, None)


async def test_a_quote_follows_its_purchase_to_the_order(till, anna):
    card = await till.card()
    outcome = await till.press(card)
    quote = await till.books.quotes.get(anna, card.quote_id)
    assert quote is not None
    assert (quote.state, quote.outcome, quote.intent_id, quote.order_id) == (
        "confirmed",
        "confirmed",
        outcome.intent_id,
        None,
    )
    await till.books.worker.drive(outcome.intent_id)
    quote = await till.books.quotes.get(anna, card.quote_id)
    assert quote is not None
    assert quote.outcome == "captured"
    assert quote.order_id == (await till.books.orders.mine(anna))[0].order_id
    assert await till.books.quotes.pending(anna) is None


async def test_delivery_and_coupon_can_be_chosen_with_the_quote(till, anna):
    await till.books.carts.add(anna, "harbour")
    quote = await till.books.quotes.prepare(anna, delivery="express", coupon="welcome10")
    assert [(t.name, t.amount) for t in quote.totals] == [
        ("subtotal", 7900),
        ("discount", -790),
        ("delivery", 2400),
        ("tax", 1807),
        ("total", 11317),
    ]
    assert (await till.books.shoppers.profile(anna)).delivery == "express"
    cart = await till.books.carts.view(anna)
    assert (cart.coupon, cart.total) == ("WELCOME10", quote.total)
    again = await till.books.quotes.prepare(anna, coupon="")
    assert "discount" not in [t.name for t in again.totals]


async def test_another_address_has_its_own_tax(till, anna):
    await till.books.gate.set_checkout(anna, address="office")
    quote = await till.quote()
    assert quote.ship_to == "office, Vienna"
    assert quote.total == 76800


@pytest.mark.parametrize(
    ("arguments", "code"),
    [({"delivery": "drone"}, "unknown_delivery"), ({"coupon": "NOSUCH"}, "coupon_invalid")],
)
async def test_a_choice_that_does_not_exist_changes_nothing(till, anna, arguments, code):
    before = await till.quote()
    refused = await refusal_of(till.books.quotes.prepare(anna, **arguments))
    assert refused.code == code
    assert await till.books.quotes.pending(anna) == before


async def test_a_refused_quote_takes_its_coupon_and_delivery_back_with_it(till, anna):
    await till.books.carts.add(anna, "reed-250", 3)
    await till.books.merchant.set_offer("reed-250", stock=1)
    refused = await refusal_of(till.books.quotes.prepare(anna, delivery="express", coupon="WELCOME10"))
    assert (refused.code, refused.facts["available"]) == ("out_of_stock", 1)
    assert (await till.books.carts.view(anna)).coupon is None
    assert (await till.books.shoppers.profile(anna)).delivery == "standard"


async def test_an_empty_cart_a_stranger_and_an_undelivered_region_have_no_quote(till, reopen, anna):
    assert (await refusal_of(till.books.quotes.prepare(anna))).code == "cart_empty"
    stranger = Principal("shopper:new", "ses_new")
    await till.books.carts.add(stranger, "harbour")
    assert (await refusal_of(till.books.quotes.prepare(stranger))).code == "no_address"
    policy = load_policy()
    shop = await reopen(policy.model_copy(update={"tax": policy.tax[1:]}))
    await shop.books.carts.add(anna, "harbour")
    refused = await refusal_of(shop.books.quotes.prepare(anna))
    assert (refused.code, refused.text) == ("no_delivery_there", "We don't deliver to home, Berlin.")


async def test_a_stranger_sees_goods_without_delivery_and_tax(till):
    stranger = Principal("shopper:new", "ses_new")
    cart = await till.books.carts.add(stranger, "harbour")
    assert [(t.name, t.amount) for t in cart.totals] == [("subtotal", 7900), ("total", 7900)]
    profile = await till.books.shoppers.profile(stranger)
    assert (profile.addresses, profile.payments, profile.address) == ((), (), None)


async def test_goods_priced_in_another_currency_than_the_policy_are_not_sold(till, reopen, anna):
    await till.books.carts.add(anna, "harbour")
    await till.rows("UPDATE offers SET currency = 'EUR' WHERE variant_id = 'harbour'")
    assert (await refusal_of(till.books.quotes.prepare(anna))).code == "out_of_stock"


async def test_a_guest_starts_with_sandbox_choices_once(till, anna):
    await till.books.gate.set_checkout(anna, address="office", payment_handle="card-declined")
    await till.books.shoppers.ensure_guest(anna)
    profile = await till.books.shoppers.profile(anna)
    assert [handle.label for handle in profile.addresses] == ["home, Berlin", "office, Vienna"]
    assert [handle.handle for handle in profile.deliveries] == ["standard", "express"]
    assert [handle.handle for handle in profile.payments] == ["card-4242", "card-declined"]
    assert (profile.address, profile.payment) == ("office", "card-declined")
