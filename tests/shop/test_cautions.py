"""Changes and orders that look like somebody else's hand: a fresh sign-in or a wait, asked again at the press."""

from dataclasses import replace

import pytest

from policies.cautions import Caution
from policies.errors import Refused
from policies.limits import load_policy
from policies.order_address import NewAddress
from shop.change_terms import ChangeWanted

ELSEWHERE = NewAddress(street="Seitenweg 3", postcode="10999", city="Berlin", region="DE")
RECENT = {"about": "recent_address", "ask": "wait", "seconds": 3600}


def careful(*cautions: dict):
    return load_policy().model_copy(update={"cautions": tuple(Caution.model_validate(each) for each in cautions)})


async def changed(shop, who, order_id: str, wanted: ChangeWanted):
    """Ask for a change; return its card and what presses it."""
    asked = await shop.books.changes.prepare(who, order_id, wanted)
    card = await shop.books.gate.render(who, asked.quote_id)

    def press(by=who):
        return shop.books.gate.changes.approve(by, asked.quote_id, card.digest, card.challenge)

    return card.card, press


async def refusal(awaitable) -> Refused:
    with pytest.raises(Refused) as caught:
        await awaitable
    return caught.value


async def moved_home(shop, who) -> None:
    prepared = await shop.books.home.prepare(who, ELSEWHERE)
    card = await shop.books.home.render(who, prepared.quote_id)
    await shop.books.home.approve(who, prepared.quote_id, card.digest, card.challenge)


async def test_a_refund_above_the_bound_needs_a_fresh_sign_in_and_the_card_says_so(till, reopen, anna):
    shop = await reopen(careful({"about": "refund", "ask": "fresh_login", "above": 50_000}))
    order = (await shop.buy()).order
    card, press = await changed(shop, anna, order.order_id, ChangeWanted("cancel"))
    assert card["notes"][0].startswith("This pays back $")
    assert "signed in within the last 5 minutes" in card["notes"][0]
    refused = await refusal(press())
    assert (refused.code, refused.facts) == ("fresh_login", {"max_age_s": 300, "reasons": ["refund"]})
    assert "your order is as it was" in refused.text
    assert (await shop.books.orders.get(anna, order.order_id)).state == "captured"
    made = await press(replace(anna, authenticated_at=shop.clock.now))
    await shop.books.worker.changes.drive(made.change_id)
    assert (await shop.books.orders.get(anna, order.order_id)).state == "cancelled"


async def test_a_refund_within_the_bound_asks_for_nothing(till, reopen, anna):
    shop = await reopen(careful({"about": "refund", "ask": "fresh_login", "above": 50_000}))
    order = (await shop.buy(variant="harbour")).order
    card, press = await changed(shop, anna, order.order_id, ChangeWanted("cancel"))
    assert "signed in" not in str(card["notes"])
    assert (await press()).kind == "cancel"


async def test_money_that_moves_to_another_instrument_waits_from_when_it_was_first_asked_for(till, reopen, anna):
    shop = await reopen(careful({"about": "money_elsewhere", "ask": "wait", "seconds": 7200}))
    await shop.pay_with("card-lost-answer")
    await shop.books.gate.set_checkout(anna, payment_handle="card-4242")
    order = (await shop.buy(variant="harbour")).order
    wanted = ChangeWanted("payment", instrument="card-lost-answer")
    card, press = await changed(shop, anna, order.order_id, wanted)
    assert card["notes"][0].endswith("it can be approved in 2 h; nothing happens until then.")
    refused = await refusal(press(replace(anna, authenticated_at=shop.clock.now)))
    assert (refused.code, refused.facts) == ("cool_down", {"retry_after_s": 7200, "reasons": ["money_elsewhere"]})
    shop.clock.move(7199)
    card, press = await changed(shop, anna, order.order_id, wanted)
    assert "approved in 1 min" in card["notes"][0]
    assert (await refusal(press())).facts["retry_after_s"] == 1
    shop.clock.move(1)
    assert (await press()).kind == "payment"


async def test_another_wish_does_not_shorten_the_wait(till, reopen, anna):
    shop = await reopen(careful({"about": "money_elsewhere", "ask": "wait", "seconds": 3600}))
    for card in ("card-lost-answer", "card-capture-refused"):
        await shop.pay_with(card)
    await shop.books.gate.set_checkout(anna, payment_handle="card-4242")
    order = (await shop.buy(variant="harbour")).order
    await changed(shop, anna, order.order_id, ChangeWanted("payment", instrument="card-lost-answer"))
    shop.clock.move(3600)
    _, press = await changed(shop, anna, order.order_id, ChangeWanted("payment", instrument="card-capture-refused"))
    assert (await refusal(press())).facts["retry_after_s"] == 3600


async def test_an_order_to_an_address_that_just_joined_waits_and_the_old_address_does_not(till, reopen, anna):
    shop = await reopen(careful(RECENT))
    await moved_home(shop, anna)
    card = await shop.card(variant="harbour")
    assert card.card["notes"][0].startswith("This goes to an address that was added a short while ago.")
    refused = await refusal(shop.press(card))
    assert (refused.code, refused.facts["retry_after_s"]) == ("cool_down", 3600)
    assert await shop.rows("SELECT intent_id FROM intents") == []
    await shop.books.gate.set_checkout(anna, address="home")
    usual = await shop.books.quotes.prepare(anna)
    assert (await shop.press(await shop.books.gate.render(anna, usual.quote_id))).state == "confirmed"
    await shop.books.gate.set_checkout(anna, address=await joined(shop, anna))
    shop.clock.move(3600)
    assert (await shop.press(await shop.card(variant="harbour"))).state == "confirmed"


async def joined(shop, who) -> str:
    (row,) = await shop.rows("SELECT handle FROM addresses WHERE subject = :s AND joined_at IS NOT NULL", s=who.subject)
    return row["handle"]


async def test_a_change_soon_after_an_address_joined_waits(till, reopen, anna):
    shop = await reopen(careful(RECENT))
    order = (await shop.buy(variant="harbour")).order
    await moved_home(shop, anna)
    card, press = await changed(shop, anna, order.order_id, ChangeWanted("cancel"))
    assert card["notes"][0].startswith("An address was added to your account a short while ago.")
    assert (await refusal(press())).code == "cool_down"
    shop.clock.move(3600)
    _, press = await changed(shop, anna, order.order_id, ChangeWanted("cancel"))
    assert (await press()).kind == "cancel"


async def test_an_address_that_joined_with_a_change_is_recent_too(till, reopen, anna):
    shop = await reopen(careful(RECENT, {"about": "new_address", "ask": "fresh_login"}))
    order = (await shop.buy(variant="harbour")).order
    _, press = await changed(shop, anna, order.order_id, ChangeWanted("address", new_address=ELSEWHERE))
    refused = await refusal(press())
    assert (refused.code, refused.facts["reasons"]) == ("fresh_login", ["new_address"])
    made = await press(replace(anna, authenticated_at=shop.clock.now))
    await shop.books.worker.changes.drive(made.change_id)
    _, press = await changed(shop, anna, order.order_id, ChangeWanted("cancel"))
    assert (await refusal(press())).code == "cool_down"


async def test_what_became_unusual_after_the_card_was_drawn_is_seen_by_the_press(till, reopen, anna):
    shop = await reopen(careful(RECENT))
    order = (await shop.buy(variant="harbour")).order
    card, press = await changed(shop, anna, order.order_id, ChangeWanted("cancel"))
    assert "address was added" not in str(card["notes"])
    await moved_home(shop, anna)
    refused = await refusal(press())
    assert (refused.code, refused.facts["reasons"]) == ("cool_down", ["recent_address"])
    (noted,) = await shop.rows("SELECT facts FROM audit WHERE action = 'quote.approval_refused'")
    assert "cool_down" in noted["facts"]
