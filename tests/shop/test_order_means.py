"""What pays for an order and its changes: another card, a gift card, the shopper's choice of where money goes."""

import hashlib
import json

import pytest
import rfc8785
from sqlalchemy.exc import DBAPIError

from policies.errors import Refused, Unavailable
from policies.order_address import NewAddress
from shop.change_terms import LineWanted
from shop.payments import Charge
from shop.views import StockEntry
from tests.shop.changing import Desk

GIFT = 20_000
# Fields of the terms that came later, each with a value that older terms mean.
NEWER = ("reason", "moved", "chosen", "credit")
ELSEWHERE = NewAddress(street="Kaiserstraße 7", postcode="60311", city="Frankfurt", region="DE")


@pytest.fixture
async def desk(till):
    """A shopper with two cards that pay and a gift card."""
    await till.books.gift_cards.issue("guest:anna", ("gift-1", "gift card"), GIFT)
    row = {"s": "guest:anna", "h": "card-1111", "l": "card •1111"}
    await till.rows("INSERT INTO payment_handles (subject, handle, label, reference) VALUES (:s, :h, :l, :h)", **row)
    return Desk(till)


async def balance(till) -> int:
    (row,) = await till.rows("SELECT balance FROM gift_cards")
    return row["balance"]


def swap(order, comes: str, quantity: int = 1) -> LineWanted:
    return LineWanted(order.lines[0].line_id, quantity, comes)


async def test_a_gift_card_pays_for_a_purchase_and_gets_a_cancellation_back(desk, till):
    await till.books.gate.set_checkout(desk.who, payment_handle="gift-1")
    order = await desk.bought(("harbour", 1))
    assert (order.state, order.pay_with) == ("captured", "gift card")
    assert await balance(till) == GIFT - order.total

    made = await desk.make(order, "cancel", reason="by_mistake")

    assert made.text == f"Cancelled. ${order.total / 100:.2f} went back to gift card."
    assert await balance(till) == GIFT
    assert await desk.service() == (0, 0, 0)


async def test_a_purchase_beyond_the_gift_card_is_declined_and_takes_nothing(desk, till):
    await till.books.gate.set_checkout(desk.who, payment_handle="gift-1")
    outcome = await till.buy(desk.who, "fen-oak")
    assert outcome.state == "declined"
    assert await balance(till) == GIFT


async def test_a_difference_is_paid_by_the_card_that_was_chosen_and_goes_back_there(desk, till):
    order = await desk.bought(("reed-250", 1))
    dearer = await desk.make(order, "items", swap(order, "reed-300"), instrument="card-1111")
    assert (dearer.progress, dearer.text) == ("done", "Changed. You get Reed runner, natural, 70 × 300 cm instead.")
    assert dearer.order.pay_with == "card •1111, card •4242"

    cheaper = await desk.make(dearer.order, "items", swap(dearer.order, "reed-250"), instrument="card-1111")

    assert cheaper.order.total == order.total
    assert cheaper.order.pay_with == "card •4242"
    calls = await till.rows("SELECT kind, instrument FROM change_calls ORDER BY asked_at, kind")
    assert [call["kind"] for call in calls] == ["authorise", "capture", "refund"]


async def test_a_gift_card_that_holds_too_little_is_refused_with_what_it_holds(desk, till):
    order = await desk.bought(("harbour", 1))
    await till.rows("UPDATE gift_cards SET balance = 100")
    with pytest.raises(Refused) as refused:
        await desk.ask(order, "payment", instrument="gift-1")
    assert refused.value.code == "gift_card_short"
    assert refused.value.facts == {"balance": 100, "needed": order.total}
    assert "holds $1; " in refused.value.text


async def test_a_gift_card_spent_since_the_card_was_drawn_pays_nothing(desk, till):
    order = await desk.bought(("reed-250", 1))
    card = await desk.card(order, "items", swap(order, "reed-300"), instrument="gift-1")
    await till.rows("UPDATE gift_cards SET balance = 100")

    with pytest.raises(Refused) as refused:
        await desk.press(card)

    assert refused.value.code == "requote_required"
    assert "holds $1" in refused.value.text
    assert (await desk.order(order.order_id)).state == "captured"


async def test_another_way_to_pay_charges_the_new_one_and_gives_the_old_one_back(desk, till):
    order = await desk.bought(("harbour", 2))

    asked = await desk.card(order, "payment", instrument="card-1111")
    made = await desk.make(order, "payment", instrument="card-1111")

    assert asked.card["totals"][-1]["amount"]["amount"] == order.total
    assert "charged to card •1111; then the same amount goes back to card •4242." in asked.card["notes"][0]
    assert (made.progress, made.order.state) == ("done", "captured")
    assert made.text == "Changed. The order is paid by card •1111."
    assert (made.order.pay_with, made.order.total) == ("card •1111", order.total)
    assert await desk.service() == (2 * order.total, order.total, 0)
    assert (await desk.make(made.order, "cancel")).text.endswith("went back to card •1111.")
    assert (await till.books.audit.verify()).ok


async def test_g18_another_way_to_pay_spends_nothing_of_the_days_limit(desk, till, reopen):
    limits = till.settings.policy.limits.model_copy(update={"day": 160_000})
    thrifty = Desk(await reopen(till.settings.policy.model_copy(update={"limits": limits})))
    order = await thrifty.bought(("fen-oak", 1))
    await thrifty.make(order, "payment", instrument="card-1111")
    assert (await thrifty.bought(("fen-oak", 1))).state == "captured"


async def test_a_new_way_to_pay_that_is_declined_leaves_the_old_one(desk):
    order = await desk.bought(("harbour", 1))
    made = await desk.make(order, "payment", instrument="card-declined")
    assert (made.progress, made.order.state, made.order.pay_with) == ("failed", "captured", "card •4242")
    assert await desk.service() == (order.total, 0, 0)


@pytest.mark.parametrize(
    ("kind", "instrument", "code"),
    [
        ("payment", "card-4242", "same_payment"),
        ("payment", None, "unknown_payment"),
        ("cancel", "card-9", "unknown_payment"),
    ],
)
async def test_a_way_to_pay_that_makes_no_sense_is_refused(desk, kind, instrument, code):
    order = await desk.bought(("harbour", 1))
    with pytest.raises(Refused) as refused:
        await desk.ask(order, kind, instrument=instrument)
    assert refused.value.code == code


async def test_a_return_goes_back_to_what_paid_or_to_a_gift_card_and_nowhere_else(desk, till):
    order = await desk.bought(("harbour", 2), delivered=True)
    with pytest.raises(Refused) as refused:
        await desk.ask(order, "return", instrument="card-1111")
    assert refused.value.code == "refund_elsewhere"

    card = await desk.card(order, "return", instrument="gift-1")
    await desk.make(order, "return", instrument="gift-1")
    back = await desk.back(order)

    assert "The money goes to gift card, which did not pay for this order." in card.card["notes"]
    assert back.state_text == f"Returned. ${order.total / 100:.2f} went back to gift card."
    assert (await balance(till), back.refunded) == (GIFT + order.total, order.total)
    assert await desk.service() == (order.total, 0, 0)


async def test_what_other_goods_cost_less_goes_to_any_own_card_only_where_the_policy_says_so(desk, till, reopen):
    order = await desk.bought(("reed-300", 1))
    with pytest.raises(Refused, match="not to card •1111"):
        await desk.ask(order, "items", swap(order, "reed-250"), instrument="card-1111")
    returns = till.settings.policy.returns.model_copy(update={"difference_anywhere": True})
    free = Desk(await reopen(till.settings.policy.model_copy(update={"returns": returns})))

    made = await free.make(order, "items", swap(order, "reed-250"), instrument="card-1111")

    assert (made.progress, made.order.refunded) == ("done", order.total - made.order.total)
    credits = await free.till.rows("SELECT instrument, amount FROM change_calls WHERE kind = 'credit'")
    assert credits == [{"instrument": "card-1111", "amount": made.order.refunded}]


async def test_before_it_is_sent_a_thing_becomes_only_another_kind_of_the_same(desk):
    order = await desk.bought(("reed-250", 1))
    with pytest.raises(Refused) as refused:
        await desk.ask(order, "items", swap(order, "harbour"))
    assert refused.value.code == "other_product"
    with pytest.raises(Refused, match="not been delivered"):
        await desk.ask(order, "exchange", swap(order, "reed-300"))


async def test_one_line_becomes_two_kinds_and_never_more_than_it_holds(desk, till):
    order = await desk.bought(("reed-250", 2))
    await till.books.merchant.stock([wider(await till.books.offers.variant("reed-300"), "reed-400")])
    line = order.lines[0].line_id
    with pytest.raises(Refused) as refused:
        await desk.ask(order, "items", LineWanted(line, 2, "reed-300"), LineWanted(line, 1, "reed-400"))
    assert refused.value.code == "too_many_back"

    made = await desk.make(order, "items", LineWanted(line, 1, "reed-300"), LineWanted(line, 1, "reed-400"))

    assert sorted(each.variant_id for each in made.order.lines) == ["reed-300", "reed-400"]
    assert len({each.line_id for each in made.order.lines}) == 2
    taken, given, _ = await desk.service()
    assert taken - given == made.order.total


async def test_several_changes_of_one_order_follow_one_another(desk, till):
    order = await desk.bought(("reed-250", 1))
    made = await desk.make(order, "address", new_address=ELSEWHERE)
    assert made.text == "Changed. The order goes to Frankfurt, 60311."
    made = await desk.make(made.order, "items", swap(made.order, "reed-300"), instrument="gift-1")
    made = await desk.make(made.order, "payment", instrument="card-1111")
    assert (made.order.state, made.order.pay_with) == ("captured", "card •1111")
    assert await balance(till) == GIFT

    made = await desk.make(made.order, "cancel")

    taken, given, aside = await desk.service()
    assert (made.order.state, taken - given, aside) == ("cancelled", 0, 0)
    assert (await till.books.audit.verify()).ok


async def test_an_address_in_the_same_region_costs_nothing_and_is_shown_whole_on_its_card(desk, till):
    order = await desk.bought(("fen-oak", 1))
    card = await desk.card(order, "address", new_address=ELSEWHERE)
    shown = next(fact["text"] for fact in card.card["facts"] if fact["name"] == "ship_to")
    assert shown == "Kaiserstraße 7, Frankfurt, 60311, DE"
    view = await till.books.changes.get(desk.who, card.quote_id)
    assert "Kaiserstraße" not in view.model_dump_json()
    assert len(await till.rows("SELECT * FROM addresses WHERE subject = 'guest:anna'")) == 2

    made = await desk.press(card)

    assert (made.progress, made.order.ship_to) == ("done", "Frankfurt, 60311")
    (kept,) = await till.rows("SELECT * FROM addresses WHERE label = 'Frankfurt, 60311'")
    assert kept["subject"] == "guest:anna"


async def test_the_planner_cannot_write_an_address_or_a_gift_card(desk, till):
    order = await desk.bought(("fen-oak", 1))
    planner = till.books.for_planner()
    wanted = (await desk.ask(order, "cancel")).quote_id
    for statement in (
        "UPDATE gift_cards SET balance = 99999",
        "DELETE FROM gift_calls",
        f"INSERT INTO change_addresses VALUES ('{wanted}', 'h', 'l', 'DE', '{{}}')",
        "DELETE FROM home_quotes",
    ):
        with pytest.raises((DBAPIError, Unavailable)):
            async with planner._databases[0].writing(desk.who.subject) as connection:
                await connection.exec_driver_sql(statement)
    assert await balance(till) == GIFT


async def test_a_gift_card_is_given_to_a_known_shopper_once_and_the_log_names_it(till, desk):
    refusals = (("guest:nobody", "gift-2", "unknown_shopper"), ("guest:bela", "gift-1", "handle_taken"))
    for subject, handle, code in refusals:
        with pytest.raises(Refused) as refused:
            await till.books.gift_cards.issue(subject, (handle, "gift card"), 100)
        assert refused.value.code == code
    issued = [row async for row in till.books.audit.export() if row["action"] == "gift_card.issued"]
    assert [row["facts"] for row in issued] == ['{"balance":20000}']
    assert await balance(till) == GIFT


async def test_g10_a_gift_card_counts_every_key_once(till, desk):
    cards = till.books.gift_cards
    hold = await cards.charge(Charge("a", "authorise", 700, "USD", "gift:gift-1"))
    again = await cards.charge(Charge("a", "authorise", 700, "USD", "gift:gift-1"))
    assert (hold, await cards.lookup("a"), await balance(till)) == (again, hold, GIFT - 700)
    with pytest.raises(ValueError, match="two different calls"):
        await cards.charge(Charge("a", "authorise", 701, "USD", "gift:gift-1"))
    await cards.charge(Charge("b", "capture", 500, "USD", hold.authorisation_id))
    assert (await cards.charge(Charge("c", "capture", 300, "USD", hold.authorisation_id))).state == "declined"
    await cards.charge(Charge("d", "void", 200, "USD", hold.authorisation_id))
    await cards.charge(Charge("e", "refund", 500, "USD", hold.authorisation_id))
    assert (await cards.charge(Charge("f", "refund", 1, "USD", hold.authorisation_id))).state == "declined"
    assert (await cards.charge(Charge("g", "authorise", 1, "EUR", "gift:gift-1"))).state == "declined"
    assert (await cards.charge(Charge("h", "refund", 1, "USD", "gift_hold_none"))).state == "declined"
    assert await balance(till) == GIFT


def wider(offer, variant_id: str):
    from_offer = offer.model_dump(include={"product_id", "product_title", "price", "currency"})
    return StockEntry(variant_id=variant_id, options={"size": "70 × 400 cm"}, stock=4, **from_offer)


async def test_a_change_that_was_approved_before_terms_grew_goes_on(desk, till):
    order = await desk.bought(("harbour", 1), delivered=True)
    await desk.make(order, "return")
    (row,) = await till.rows("SELECT terms FROM change_quotes")
    older = {name: value for name, value in json.loads(row["terms"]).items() if name not in NEWER}
    text = rfc8785.dumps(older).decode()
    signed = hashlib.sha256(text.encode()).hexdigest()
    await till.rows("UPDATE change_quotes SET terms = :t, digest = :d", t=text, d=signed)
    await till.rows("UPDATE order_payments SET handle = NULL, label = NULL")

    assert (await desk.back(order)).state_text == f"Returned. ${order.total / 100:.2f} went back to card •4242."
