"""What a shopper may change of an order: each kind from the wish to the money and the goods."""

import re

import pytest

from policies.errors import Refused
from policies.words import WORDS
from shop.change_terms import LineWanted
from shop.payments import PaymentUnknown
from shop.transitions import CHANGE, CHANGE_QUOTE, ORDER
from tests.shop.changing import Desk

DESK = 64000


@pytest.fixture
def desk(till):
    return Desk(till)


async def test_a_paid_order_is_cancelled_and_the_money_goes_back(desk, till):
    order = await desk.bought(("fen-oak", 2))
    paid = order.total

    outcome = await desk.make(order, "cancel")

    assert (outcome.progress, outcome.order.state) == ("done", "cancelled")
    assert outcome.text == "Cancelled. $1,523.20 went back to card •4242."
    assert await desk.service() == (paid, paid, 0)
    assert await desk.stock("fen-oak") == (5, 0, 0)
    assert (await till.books.audit.verify()).ok


async def test_an_order_not_yet_charged_is_cancelled_by_letting_the_payment_go(desk, till):
    card = await till.card()
    outcome = await till.press(card)
    await desk.placed(outcome.intent_id)
    (order,) = await till.books.orders.mine(desk.who)
    assert order.state == "placed"

    asked = await desk.card(order, "cancel")
    made = await desk.make(order, "cancel")

    assert asked.card["totals"][-1]["label"] == "Nothing was charged"
    assert (made.progress, made.order.state, made.text) == ("done", "cancelled", "Cancelled. Nothing was charged.")
    assert await desk.service() == (0, 0, 0)
    assert await desk.stock("fen-oak") == (5, 0, 0)
    assert (await till.books.carts.view(desk.who)).lines == ()
    assert (await till.press(card)).state == "cancelled"


async def test_one_line_goes_back_and_its_share_is_paid_back(desk):
    order = await desk.bought(("fen-oak", 1), ("reed-300", 2), delivered=True)
    line = next(line for line in order.lines if line.variant_id == "reed-300")

    asked = await desk.make(order, "return", LineWanted(line.line_id, 1))
    assert (asked.progress, asked.order.state) == ("awaiting_goods", "return_requested")
    assert await desk.service() == (order.total, 0, 0)
    back = await desk.back(order)

    share = 14900 + round(14900 * 0.19)
    assert (back.state, back.refunded) == ("partly_refunded", share)
    assert back.total == order.total - share
    assert await desk.service() == (order.total, share, 0)
    assert await desk.stock("reed-300") == (7, 0, 1)
    assert next(line for line in back.lines if line.variant_id == "reed-300").note == "1 of 2 went back"


async def test_everything_goes_back_with_the_delivery_that_was_paid(desk):
    order = await desk.bought(("harbour", 1), delivered=True)
    assert any(line.name == "delivery" and line.amount for line in order.totals)

    await desk.make(order, "return")
    back = await desk.back(order)

    assert (back.state, back.refunded) == ("refunded", order.total)
    assert back.can == ()
    assert back.state_text == f"Returned. ${order.total / 100:.2f} went back to card •4242."
    with pytest.raises(Refused, match="order_over"):
        await desk.ask(back, "return")


async def test_used_goods_are_paid_back_and_not_sold_again(desk):
    order = await desk.bought(("harbour", 2), delivered=True)

    await desk.make(order, "return")
    await desk.back(order, resellable=False)

    assert await desk.stock("harbour") == (98, 0, 2)


@pytest.mark.parametrize(("chosen", "kept"), [("reed-300", 14900), ("reed-250", 12900)])
async def test_other_items_before_it_ships_pay_or_give_back_the_difference(desk, till, chosen, kept):
    other = {"reed-300": "reed-250", "reed-250": "reed-300"}[chosen]
    order = await desk.bought((chosen, 2))

    made = await desk.make(order, "items", LineWanted(order.lines[0].line_id, 2, other))

    assert (made.progress, made.order.state) == ("done", "captured")
    assert [(line.variant_id, line.quantity) for line in made.order.lines] == [(other, 2)]
    taken, given, aside = await desk.service()
    assert (taken - given, aside) == (made.order.total, 0)
    assert (given > 0) == (made.order.total < order.total)
    assert (await desk.stock(chosen))[2] == 0
    assert (await desk.stock(other))[2] == 2
    assert made.text.startswith("Changed. You get Reed runner")
    assert (await till.books.audit.verify()).ok


async def test_an_exchange_after_delivery_keeps_the_other_one_until_the_first_is_back(desk, till):
    order = await desk.bought(("reed-250", 1), delivered=True)

    made = await desk.make(order, "exchange", LineWanted(order.lines[0].line_id, 1, "reed-300"))
    assert (made.progress, made.order.state) == ("awaiting_goods", "exchange_requested")
    assert await desk.stock("reed-300") == (7, 1, 0)
    assert await desk.service() == (made.order.total + 2380, 0, 0)
    back = await desk.back(order)

    assert back.state == "exchanged"
    assert await desk.stock("reed-300") == (7, 0, 1)
    assert await desk.stock("reed-250") == (3, 0, 0)
    await till.books.fulfilment.ship(order.order_id)
    again = await till.books.fulfilment.deliver(order.order_id)
    await desk.make(again, "return")
    assert (await desk.back(order)).refunded == back.total
    taken, given, _ = await desk.service()
    assert taken == given


async def test_an_exchange_the_card_declines_leaves_the_order_as_it_was(desk, till):
    order = await desk.bought(("reed-250", 1), delivered=True)
    await till.rows("UPDATE intents SET payment_reference = 'card-declined'")

    made = await desk.make(order, "exchange", LineWanted(order.lines[0].line_id, 1, "reed-300"))

    assert (made.progress, made.order.state) == ("failed", "delivered")
    assert made.text == "The card was declined, so nothing changed. Your order is as it was."
    assert await desk.stock("reed-300") == (8, 0, 0)
    assert made.order.can == ("return", "exchange")


async def test_a_new_address_before_it_ships_recomputes_tax(desk):
    order = await desk.bought(("fen-oak", 1))

    made = await desk.make(order, "address", address="office")

    assert made.text == "Changed. The order goes to office, Vienna."
    assert (made.order.state, made.order.ship_to) == ("captured", "office, Vienna")
    assert made.order.total == order.total + 640
    taken, given, _ = await desk.service()
    assert taken - given == made.order.total


@pytest.mark.parametrize(
    ("event", "kind", "code"),
    [
        ("ship", "cancel", "too_late_cancel"),
        ("ship", "address", "too_late_address"),
        ("ship", "return", "on_its_way"),
        ("", "return", "not_delivered"),
        ("dispute", "cancel", "order_disputed"),
    ],
)
async def test_what_is_too_late_or_too_early_is_refused_in_words(desk, till, event, kind, code):
    order = await desk.bought(("fen-oak", 1))
    if event:
        await getattr(till.books.fulfilment, event)(order.order_id)

    with pytest.raises(Refused) as refused:
        await desk.ask(order, kind, address="office" if kind == "address" else None)

    assert refused.value.code == code
    assert refused.value.text.endswith(".")
    assert await till.rows("SELECT * FROM change_quotes") == []


async def test_the_window_for_returns_ends(desk, till):
    order = await desk.bought(("fen-oak", 1), delivered=True)
    assert order.can == ("return", "exchange")
    till.clock.move(30 * 86400)

    assert (await desk.order(order.order_id)).can == ()
    with pytest.raises(Refused, match="The 30 days for this ended on 2026-04-01"):
        await desk.ask(order, "return")


async def test_another_shoppers_order_is_as_unknown_as_none(desk, till, bela):
    order = await desk.bought(("fen-oak", 1))
    foreign = Desk(till, bela)
    with pytest.raises(Refused) as refused:
        await foreign.ask(order, "cancel")
    with pytest.raises(Refused) as none:
        await foreign.ask(order.model_copy(update={"order_id": "order_none"}), "cancel")
    assert (refused.value.code, refused.value.text) == (none.value.code, none.value.text)


async def test_preparing_a_change_leaves_cart_and_purchase_card_alone(desk, till):
    order = await desk.bought(("fen-oak", 1))
    card = await till.card(variant="harbour")
    first = await desk.ask(order, "cancel")

    second = await desk.ask(order, "cancel")

    assert (await till.books.changes.get(desk.who, first.quote_id)).state == "superseded"
    assert (await till.books.changes.pending(desk.who)).quote_id == second.quote_id
    assert (await till.press(card)).state == "confirmed"


async def test_while_the_payment_service_is_silent_the_worker_asks_less_and_less_often(desk, till, reopen):
    class Silent:
        """A service that lost its line: whatever it is asked, it does not answer."""

        asked = 0

        async def charge(self, charge):
            self.asked += 1
            raise PaymentUnknown("no line")

        async def lookup(self, key):
            raise PaymentUnknown("no line")

        async def aclose(self):
            return

    outcome = await till.press(await till.card())
    await desk.placed(outcome.intent_id)
    (order,) = await till.books.orders.mine(desk.who)
    card = await desk.card(order, "cancel")
    silent = Silent()
    quiet = Desk(await reopen(payments=silent))
    made = await quiet.press(card)
    for _ in range(30):
        await quiet.till.books.worker.changes.drive()

    assert (await quiet.till.books.gate.changes.outcome(desk.who, made.change_id)).progress == "voiding"
    assert silent.asked == 1
    assert "being cancelled" in (await desk.order(order.order_id)).state_text
    till.clock.move(120)
    await till.books.worker.changes.drive()
    assert (await desk.order(order.order_id)).state == "cancelled"


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_g21_every_state_of_an_order_has_words_and_only_an_end_sounds_like_one(locale):
    states = {state for step in ORDER.steps for state in step} - {"placed", "captured", "cancelled"}
    for state in states:
        said = WORDS[locale][f"state_{state}"]
        assert said.endswith((".", "。")), state
        if state in ("cancelling", "return_requested", "refunding", "changing"):
            assert "{amount}" not in said, state
            assert not re.search(r"\b(cancelled\.|refunded\.|went back|gingen zurück)", said.lower()), state


def test_states_follow_one_another_only_as_the_tables_say():
    for machine in (ORDER, CHANGE, CHANGE_QUOTE):
        ends = {after for _, after in machine.steps} - {before for before, _ in machine.steps}
        assert ends <= {"done", "failed", "stuck", "disputed", "refused", "confirmed", "declined", "expired"} | {
            "superseded",
            "requote_required",
        }
    assert not [step for step in ORDER.steps if step[0] == "disputed" and step[1] != "disputed"]
    # Money that is on its way ends: from every state of a change an end can be reached.
    reach = {"done", "failed", "stuck"}
    while grown := {before for before, after in CHANGE.steps if after in reach} - reach:
        reach |= grown
    assert reach >= {state for step in CHANGE.steps for state in step}
