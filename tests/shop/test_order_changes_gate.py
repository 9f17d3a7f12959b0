"""The gate holds for changes as for purchases: late, repeated, foreign, perturbed and racing presses."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from policies.errors import Refused, Unavailable
from policies.limits import ShopPolicy
from policies.order_address import NewAddress
from policies.principal import Principal
from policies.words import WORDS
from shop.change_terms import LineWanted
from tests.shop.changing import Desk


@pytest.fixture
def desk(till):
    return Desk(till)


async def nothing_happened(desk, order):
    assert (await desk.order(order.order_id)).state == order.state
    assert await desk.till.rows("SELECT * FROM order_changes") == []
    assert (await desk.service())[1] == 0


async def test_g5_a_late_press_changes_nothing(desk, till):
    order = await desk.bought(("fen-oak", 1))
    card = await desk.card(order, "cancel")
    till.clock.move(600)

    with pytest.raises(Refused, match="has expired"):
        await desk.press(card)
    await nothing_happened(desk, order)
    with pytest.raises(Refused, match="has expired"):
        await till.books.gate.render(desk.who, card.quote_id)


async def test_g6_pressing_twice_or_at_once_changes_it_once(desk, till):
    order = await desk.bought(("fen-oak", 1))
    card = await desk.card(order, "cancel")

    first, second = await asyncio.gather(desk.press(card), desk.press(card))
    await till.books.worker.changes.drive()
    third = await desk.press(card)

    assert first.change_id == second.change_id == third.change_id
    assert third.progress == "done"
    assert (await desk.service())[:2] == (order.total, order.total)


async def test_after_a_card_died_of_failed_approvals_no_press_of_any_kind_counts_for_a_while(desk, till):
    order = await desk.bought(("fen-oak", 1))
    home, changes = till.books.home, till.books.gate.changes

    async def moving():
        new = NewAddress(street="Kaiserstraße 7", postcode="60311", city="Frankfurt", region="DE")
        return await home.render(desk.who, (await home.prepare(desk.who, new)).quote_id)

    for die, fresh in ((home, lambda: desk.card(order, "cancel")), (changes, moving)):
        dead = await (moving() if die is home else desk.card(order, "cancel"))
        for _ in range(3):
            with pytest.raises(Refused, match="can't be matched"):
                await die.approve(desk.who, dead.quote_id, dead.digest, "guessed")
        card, other = await fresh(), changes if die is home else home
        with pytest.raises(Refused, match=r"none counts for 15 minutes\. Nothing was changed\.") as refused:
            await other.approve(desk.who, card.quote_id, card.digest, card.challenge)
        assert (refused.value.code, refused.value.facts) == ("cool_down", {"retry_after_s": 900})
        with pytest.raises(Refused, match="no order can be placed for 15 minutes"):
            await till.press(await till.card(variant="harbour"))
        await nothing_happened(desk, order)
        till.clock.move(900)
    assert (await desk.press(await desk.card(order, "cancel"))).change_id


async def test_g14_a_foreign_or_powerless_press_changes_nothing(desk, till, bela):
    order = await desk.bought(("fen-oak", 1))
    card = await desk.card(order, "cancel")
    for who in (bela, replace(desk.who, session_id="ses_elsewhere"), Principal(desk.who.subject, desk.who.session_id)):
        with pytest.raises(Refused) as refused:
            await desk.press(card, who)
        assert refused.value.code in ("unknown_quote", "step_up")
        with pytest.raises(Refused):
            await till.books.gate.render(who, card.quote_id)
    await nothing_happened(desk, order)


@pytest.mark.parametrize("forged", [{"digest": "f" * 64}, {"challenge": "yes"}, {"challenge": "", "digest": ""}])
async def test_g24_three_perturbed_presses_end_the_card(desk, till, forged):
    order = await desk.bought(("fen-oak", 1))
    card = await desk.card(order, "cancel")

    for _ in range(3):
        with pytest.raises(Refused):
            await desk.press(card.model_copy(update=forged))

    with pytest.raises(Refused, match="Too many approvals"):
        await desk.press(card)
    await nothing_happened(desk, order)


async def test_g2_the_challenge_of_one_card_opens_no_other(desk, till):
    order = await desk.bought(("fen-oak", 1), ("harbour", 1))
    other = await till.card(variant="reed-300")
    card = await desk.card(order, "cancel")
    with pytest.raises(Refused, match="can't be matched"):
        await desk.press(card.model_copy(update={"challenge": other.challenge}))
    everything = str(await till.everything())
    assert card.challenge not in everything
    await nothing_happened(desk, order)


async def test_g7_a_newer_change_ends_the_older_one(desk):
    order = await desk.bought(("fen-oak", 1))
    old = await desk.card(order, "cancel")
    await desk.ask(order, "address", address="office")

    with pytest.raises(Refused, match="no longer counts"):
        await desk.press(old)
    await nothing_happened(desk, order)


async def test_g9_a_change_of_the_price_in_between_is_refused_with_old_and_new(desk, till):
    order = await desk.bought(("reed-250", 1))
    card = await desk.card(order, "items", LineWanted(order.lines[0].line_id, 1, "reed-300"))
    await till.books.merchant.set_offer("reed-300", price=15900)

    with pytest.raises(Refused) as refused:
        await desk.press(card)

    facts: dict[str, Any] = refused.value.facts
    assert refused.value.code == "requote_required"
    assert "went from $149 to $159" in refused.value.text
    assert facts["old"]["difference"] == 2380
    assert facts["new"]["difference"] == 3570
    await nothing_happened(desk, order)
    fresh = await till.books.gate.render(desk.who, facts["quote_id"])
    assert (await desk.press(fresh)).progress == "authorising"


async def test_g9_what_is_sold_out_by_now_is_not_promised(desk, till):
    order = await desk.bought(("reed-250", 1))
    card = await desk.card(order, "items", LineWanted(order.lines[0].line_id, 1, "reed-300"))
    await till.books.merchant.set_offer("reed-300", stock=0)

    with pytest.raises(Refused, match="out of stock"):
        await desk.press(card)
    await nothing_happened(desk, order)


async def test_g9_an_order_that_was_shipped_since_the_card_is_not_cancelled(desk, till):
    order = await desk.bought(("fen-oak", 1))
    card = await desk.card(order, "cancel")
    await till.books.fulfilment.ship(order.order_id)

    with pytest.raises(Refused) as refused:
        await desk.press(card)
    assert refused.value.code == "quote_superseded"
    assert (await desk.order(order.order_id)).state == "shipped"
    assert (await desk.service())[1] == 0


async def test_an_order_charged_since_the_card_is_refused_with_what_would_go_back(desk, till):
    outcome = await till.press(await till.card())
    await desk.placed(outcome.intent_id)
    (order,) = await till.books.orders.mine(desk.who)
    card = await desk.card(order, "cancel")
    await till.books.worker.drive(outcome.intent_id)

    with pytest.raises(Refused) as refused:
        await desk.press(card)

    assert refused.value.code == "requote_required"
    facts: dict[str, Any] = refused.value.facts
    assert (facts["old"]["paid"], facts["new"]["difference"]) == (0, -order.total)


async def test_two_changes_of_one_order_at_once_make_one(desk, till):
    order = await desk.bought(("fen-oak", 2))
    first = await desk.card(order, "address", address="office")
    elsewhere = Desk(till, replace(desk.who, session_id="ses_second_tab"))
    second = await elsewhere.card(order, "cancel")

    ends = await asyncio.gather(desk.press(first), elsewhere.press(second), return_exceptions=True)

    assert sorted(type(end).__name__ for end in ends) == ["ChangeOutcome", "Refused"]
    assert len(await till.rows("SELECT * FROM order_changes")) == 1


async def test_while_one_change_is_under_way_no_other_begins(desk):
    order = await desk.bought(("reed-300", 2), delivered=True)
    await desk.make(order, "return", LineWanted(order.lines[0].line_id, 1))

    with pytest.raises(Refused) as refused:
        await desk.ask(order, "return")
    assert refused.value.code == "order_busy"


async def test_a_dispute_freezes_what_was_approved_and_says_so(desk, till):
    order = await desk.bought(("harbour", 1), delivered=True)
    await desk.make(order, "return")
    await till.books.fulfilment.receive(order.order_id)
    disputed = await till.books.fulfilment.dispute(order.order_id)

    await till.books.worker.changes.drive()
    await till.books.recover()

    assert "dispute" in disputed.state_text
    assert (await desk.order(order.order_id)).state == "disputed"
    assert (await desk.service())[1] == 0
    with pytest.raises(Refused, match="wrong_state"):
        await till.books.fulfilment.deliver(order.order_id)


async def test_a_refund_the_service_declines_is_left_to_a_person(desk, till):
    await till.pay_with("card-refund-refused")
    order = await desk.bought(("fen-oak", 1))

    made = await desk.make(order, "cancel")

    assert (made.progress, made.order.state) == ("stuck", "held")
    assert "a person at the shop" in made.text
    assert await desk.service() == (order.total, 0, 0)
    with pytest.raises(Refused, match="order_held"):
        await desk.ask(order, "cancel")


async def test_a_difference_whose_capture_is_refused_is_let_go(desk, till):
    order = await desk.bought(("reed-250", 1))
    await till.rows("UPDATE intents SET payment_reference = 'card-capture-refused'")

    made = await desk.make(order, "items", LineWanted(order.lines[0].line_id, 1, "reed-300"))

    assert (made.progress, made.order.state) == ("failed", "captured")
    assert await desk.service() == (order.total, 0, 0)
    assert await desk.stock("reed-300") == (8, 0, 0)
    assert (await desk.make(order, "cancel")).order.refunded == order.total


async def test_g18_a_difference_beyond_the_limit_is_refused(desk, till):
    order = await desk.bought(("harbour", 10), ("reed-250", 1))
    await till.books.merchant.set_offer("reed-300", price=190_000)

    with pytest.raises(Refused, match="at most"):
        await desk.ask(order, "items", LineWanted(order.lines[1].line_id, 1, "reed-300"))


async def test_g1_the_planners_books_can_prepare_a_change_and_nothing_more(desk, till):
    order = await desk.bought(("fen-oak", 1))
    planner = till.books.for_planner()
    assert not hasattr(planner, "gate")
    assert not hasattr(planner, "fulfilment")
    for table in ("order_changes", "change_challenges", "change_calls", "order_payments", "order_contents", "orders"):
        with pytest.raises((DBAPIError, Unavailable)):
            async with planner._databases[0].writing(desk.who.subject) as connection:
                await connection.exec_driver_sql(f"DELETE FROM {table}")
    await nothing_happened(desk, order)


async def test_g19_an_approval_without_its_press_in_the_log_is_found(desk, till):
    order = await desk.bought(("fen-oak", 1), ("harbour", 1))
    await desk.make(order, "cancel")
    assert (await till.books.audit.verify()).ok
    await till.rows("DELETE FROM change_calls")
    await till.rows("DELETE FROM order_changes")
    assert (await till.books.audit.verify()).problem == "changes and approvals in the log differ in number"


async def test_g16_terms_changed_from_outside_are_refused(desk, till):
    order = await desk.bought(("fen-oak", 1))
    card = await desk.card(order, "cancel")
    await till.rows("UPDATE change_quotes SET difference = difference - 100")
    with pytest.raises(Unavailable, match="changed from outside"):
        await desk.press(card)
    await nothing_happened(desk, order)


async def test_g23_the_view_a_planner_reads_carries_neither_digest_nor_challenge(desk):
    order = await desk.bought(("fen-oak", 1))
    card = await desk.card(order, "cancel")
    view = await desk.till.books.changes.get(desk.who, card.quote_id)
    assert card.digest not in view.model_dump_json()
    assert card.challenge not in view.model_dump_json()


async def test_a_change_of_policy_ends_open_cards(desk, till, reopen):
    order = await desk.bought(("fen-oak", 1))
    card = await desk.card(order, "cancel")
    again = Desk(await reopen(ShopPolicy.model_validate(till.settings.policy.model_dump() | {"version": "2"})))
    with pytest.raises(Refused) as refused:
        await again.press(card)
    assert refused.value.code == "requote_required"
    assert (await desk.order(order.order_id)).state == "captured"


async def test_goods_that_do_not_come_back_are_refused_with_the_reason(desk, till, reopen):
    why = {"word": "lamp", "why": {"en": "for reasons of hygiene."}}
    returns = till.settings.policy.returns.model_validate({"excluded": [why]})
    strict = Desk(await reopen(till.settings.policy.model_copy(update={"returns": returns})))
    order = await strict.bought(("harbour", 1), delivered=True)
    with pytest.raises(Refused, match="Harbour lamp can't be returned or exchanged: for reasons of hygiene"):
        await strict.ask(order, "return")


@pytest.mark.parametrize("locale", sorted(WORDS))
@pytest.mark.parametrize("kind", ["cancel", "address", "exchange", "items", "return"])
async def test_g3_every_string_on_the_card_is_a_template_or_a_row(desk, till, locale, kind):
    await till.rows("UPDATE shoppers SET locale = :l", l=locale)
    order = await desk.bought(("reed-250", 1), delivered=kind in ("return", "exchange"))
    line = LineWanted(order.lines[0].line_id, 1, "reed-300" if kind in ("exchange", "items") else None)
    lines = (line,) if kind in ("exchange", "items", "return") else ()
    card = (await desk.card(order, kind, *lines, address="office" if kind == "address" else None)).card
    assert card["headline"] == WORDS[locale][f"change_headline_{kind}"]
    assert card["button"]
    assert card["notes"][-1] == WORDS[locale]["change_nothing_yet"]
