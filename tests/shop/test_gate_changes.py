"""The purchase gate, G7 to G9: what voids a card, what a purchase consumes, what is read again at the press."""

from dataclasses import replace

import pytest

from policies.errors import Refused
from policies.limits import load_policy
from shop.views import LineChange


async def refusal_of(awaitable) -> Refused:
    with pytest.raises(Refused) as caught:
        await awaitable
    return caught.value


def change_of(line_id: str, quantity: int):
    return LineChange(line_id=line_id, quantity=quantity)


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
    with pytest.raises(Exception, match=r"intents\.cart_id, intents\.cart_version|intents_cart_version_once"):
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
    assert ("Take fewer in the cart, or something else." in refused.text) == bool(left)
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
    (discount,) = [d for d in refused.facts["differences"] if d["kind"] == "discount"]  # type: ignore[union-attr]
    assert discount["title"] == "Coupon WELCOME10"


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
