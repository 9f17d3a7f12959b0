"""The policy asked in the transaction that would buy: switches, goods, limits, fresh sign-ins, haste, marks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from policies.errors import Refused
from policies.limits import GoodsRules, ShopPolicy, load_policy
from policies.permits import BlockedGoods, Rates, RestrictedGoods, StepUp, Switches
from shop.change_terms import ChangeWanted, LineWanted
from shop.views import LineChange


def policy(**changes: object) -> ShopPolicy:
    return load_policy().model_copy(update=changes)


def switched(**off: bool) -> ShopPolicy:
    actions = {**load_policy().switches.actions, **off}
    return policy(switches=Switches.model_validate({"actions": actions}))


def limited(**limits: int) -> ShopPolicy:
    return policy(limits=load_policy().limits.model_copy(update=limits))


async def refusal_of(awaitable) -> Refused:
    with pytest.raises(Refused) as caught:
        await awaitable
    return caught.value


async def test_what_is_switched_off_is_refused_and_changes_nothing(till, reopen, anna):
    shop = await reopen(switched(change_cart=False))
    (refused,) = [await refusal_of(shop.books.carts.add(anna, "fen-oak"))]
    assert (refused.code, refused.facts) == ("switched_off", {"action": "change_cart"})
    assert "kept as it is" in refused.text
    for change in (shop.books.carts.undo(anna), shop.books.carts.set_coupon(anna, "WELCOME10")):
        assert (await refusal_of(change)).code == "switched_off"
    assert (await shop.books.carts.view(anna)).lines == ()


async def test_without_order_cards_nothing_is_quoted(till, reopen, anna):
    await till.books.carts.add(anna, "fen-oak")
    shop = await reopen(switched(prepare_quote=False))
    refused = await refusal_of(shop.books.quotes.prepare(anna))
    assert (refused.code, "Your cart is kept" in refused.text) == ("switched_off", True)


async def test_a_press_on_an_open_card_is_refused_once_orders_are_switched_off(till, reopen, anna):
    shop = await reopen(switched(place_order=False))
    card = await shop.card()
    refused = await refusal_of(shop.press(card))
    assert refused.code == "switched_off"
    assert await shop.rows("SELECT * FROM intents") == []
    (noted,) = await shop.rows("SELECT * FROM audit WHERE action = 'quote.approval_refused'")
    assert (noted["policy_digest"], "switched_off" in noted["facts"]) == (shop.settings.policy.digest, True)


async def test_a_read_only_shop_sells_nothing(till, reopen, anna):
    await till.books.carts.add(anna, "fen-oak")
    actions = load_policy().switches.actions
    shop = await reopen(policy(switches=Switches(actions=actions, read_only=True)))
    assert (await refusal_of(shop.books.quotes.prepare(anna))).code == "switched_off"
    assert (await refusal_of(shop.books.carts.add(anna, "fen-oak"))).code == "switched_off"


async def test_blocked_goods_are_never_quoted_and_the_shopper_is_told_why(till, reopen, anna):
    await till.books.carts.add(anna, "fen-oak")
    goods = GoodsRules(blocked=(BlockedGoods(variant_id="fen-oak", why={"en": "It is being checked."}),))
    shop = await reopen(policy(goods=goods))
    refused = await refusal_of(shop.books.quotes.prepare(anna))
    assert (refused.code, refused.text.endswith("can't be ordered here. It is being checked.")) == (
        "blocked_goods",
        True,
    )


async def test_goods_for_grown_ups_say_the_age_that_the_press_attests(till, reopen, anna):
    goods = GoodsRules(restricted=(RestrictedGoods(variant_id="fen-oak", minimum_age=18),))
    shop = await reopen(policy(goods=goods))
    card = await shop.card()
    said = str(card.card)
    assert "you confirm that you are 18 or older" in said
    assert (await shop.press(card)).state == "confirmed"


async def test_one_conversation_spends_no_more_than_the_policy_allows(till, reopen, anna):
    shop = await reopen(limited(session=100_000))
    await shop.press(await shop.card())
    await shop.books.carts.add(anna, "fen-oak")
    refused = await refusal_of(shop.books.quotes.prepare(anna))
    assert (refused.code, refused.facts["kind"]) == ("over_limit", "session")
    elsewhere = replace(anna, session_id="ses_anna_2")
    assert (await shop.books.quotes.prepare(elsewhere)).state == "quoted"


async def test_a_first_order_needs_a_fresh_sign_in_where_the_policy_says_so(till, reopen, anna):
    shop = await reopen(policy(step_up=StepUp(when=("first_order",), max_age_s=300)))
    card = await shop.card()
    refused = await refusal_of(shop.press(card))
    assert (refused.code, refused.facts) == ("fresh_login", {"max_age_s": 300, "reasons": ["first_order"]})
    assert "Without a sign-in" in refused.text
    now = shop.clock.now
    stale = replace(anna, authenticated_at=now - timedelta(seconds=301))
    fresh = replace(anna, authenticated_at=now - timedelta(seconds=299))
    assert (
        await refusal_of(shop.books.gate.approve(stale, card.quote_id, card.digest, card.challenge))
    ).code == "fresh_login"
    outcome = await shop.books.gate.approve(fresh, card.quote_id, card.digest, card.challenge)
    assert outcome.state == "confirmed"
    assert (await shop.press(await shop.card())).state == "confirmed"


async def test_only_an_address_never_ordered_to_needs_it(till, reopen, anna):
    shop = await reopen(policy(step_up=StepUp(when=("new_address", "new_payment"))))
    fresh = replace(anna, authenticated_at=shop.clock.now)
    card = await shop.card()
    await shop.books.gate.approve(fresh, card.quote_id, card.digest, card.challenge)
    assert (await shop.press(await shop.card())).state == "confirmed"
    await shop.books.gate.set_checkout(anna, address="office")
    refused = await refusal_of(shop.press(await shop.card()))
    assert refused.facts["reasons"] == ["new_address"]


async def test_after_a_card_died_of_failed_approvals_no_press_counts_for_a_while(till, anna):
    card = await till.card(variant="harbour")
    for _ in range(3):
        await refusal_of(till.books.gate.approve(anna, card.quote_id, card.digest, "guessed"))
    again = await till.card(variant="harbour")
    refused = await refusal_of(till.press(again))
    assert (refused.code, refused.facts["retry_after_s"]) == ("cool_down", 900)
    assert "for 15 minutes" in refused.text
    till.clock.move(900)
    assert (await till.press(await till.card(variant="harbour"))).state == "confirmed"


async def test_order_cards_are_counted_in_the_books(till, reopen, anna, bela):
    shop = await reopen(policy(rates=Rates(quotes_per_min=3)))
    await shop.books.carts.add(anna, "fen-oak")
    for _ in range(3):
        await shop.books.quotes.prepare(anna)
        shop.clock.move(10)
    another_server = await reopen(policy(rates=Rates(quotes_per_min=3)))
    refused = await refusal_of(another_server.books.quotes.prepare(anna))
    assert (refused.code, refused.facts) == ("rate_limited", {"retry_after_s": 30})
    await another_server.books.carts.add(bela, "fen-oak")
    assert (await another_server.books.quotes.prepare(bela)).state == "quoted"
    shop.clock.move(30)
    assert (await shop.books.quotes.prepare(anna)).state == "quoted"


async def test_what_was_added_after_seller_text_says_so_on_line_and_card(till, anna):
    carts = till.books.carts
    view = await carts.add(anna, "fen-oak", after_seller_text=True)
    (line,) = view.lines
    assert line.note == "suggested after reading seller text"
    view = await carts.change(anna, [LineChange(line_id=line.line_id, quantity=2)])
    assert view.lines[0].note == line.note
    assert (await carts.undo(anna)).lines[0].note == line.note
    quote = await till.books.quotes.prepare(anna)
    card = await till.books.gate.render(anna, quote.quote_id)
    assert "Suggested after reading seller text" in str(card.card)


async def test_what_the_shopper_added_carries_no_mark(till, anna):
    view = await till.books.carts.add(anna, "fen-oak")
    assert view.lines[0].note == ""
    card = await till.books.gate.render(anna, (await till.books.quotes.prepare(anna)).quote_id)
    assert "seller text" not in str(card.card)


async def test_orders_change_only_while_that_is_switched_on(till, reopen, anna):
    outcome = await till.press(await till.card())
    await till.books.worker.drive(outcome.intent_id)
    shop = await reopen(switched(cancel=False))
    (order,) = await shop.books.orders.mine(anna)
    from_change = shop.books.changes
    refused = await refusal_of(from_change.prepare(anna, order.order_id, _cancel()))
    assert (refused.code, "Yours is as it was" in refused.text) == ("switched_off", True)


def _cancel():
    return ChangeWanted("cancel")


async def test_blocked_goods_come_neither_into_a_cart_nor_by_a_change_of_an_order(till, reopen, anna):
    await till.press(await till.card(variant="reed-250"))
    await till.books.worker.drive()
    goods = GoodsRules(blocked=(BlockedGoods(variant_id="reed-300", why={"en": "It is being checked."}),))
    shop = await reopen(policy(goods=goods))
    refused = await refusal_of(shop.books.carts.add(anna, "reed-300"))
    assert (refused.code, refused.facts) == ("blocked_goods", {"variant_id": "reed-300"})
    (order,) = await shop.books.orders.mine(anna)
    swap = ChangeWanted("items", (LineWanted(order.lines[0].line_id, 1, "reed-300"),))
    assert (await refusal_of(shop.books.changes.prepare(anna, order.order_id, swap))).code == "blocked_goods"
    assert (await shop.books.offers.variant("reed-300")).for_sale is False
    assert await shop.books.offers.not_sold() == ()
