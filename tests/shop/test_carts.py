"""Carts: what goes in and out, what undo brings back, and what is refused without changing anything."""

import asyncio

import pytest

from policies.errors import Refused
from policies.limits import load_policy
from shop.views import LineChange


async def refusal_of(awaitable) -> Refused:
    with pytest.raises(Refused) as caught:
        await awaitable
    return caught.value


def contents(cart) -> list[tuple[str, str, int]]:
    return [(line.line_id, line.variant_id, line.quantity) for line in cart.lines]


async def test_a_cart_nothing_was_put_into_is_version_0_and_free(till, anna):
    cart = await till.books.carts.view(anna)
    assert (cart.version, cart.lines, cart.totals, cart.total, cart.can_undo) == (0, (), (), 0, False)


async def test_adding_says_what_was_added_and_shows_every_total(till, anna):
    cart = await till.books.carts.add(anna, "reed-300")
    assert cart.changed == "added Reed runner, natural, 70 × 300 cm"
    assert [(t.name, t.amount) for t in cart.totals] == [
        ("subtotal", 14900),
        ("delivery", 900),
        ("tax", 3002),
        ("total", 18802),
    ]
    assert (cart.version, cart.can_undo) == (1, True)


async def test_adding_the_same_again_grows_its_line(till, anna):
    await till.books.carts.add(anna, "harbour")
    cart = await till.books.carts.add(anna, "harbour", 2)
    assert [(line.variant_id, line.quantity, line.total) for line in cart.lines] == [("harbour", 3, 23700)]
    assert cart.changed == "Harbour lamp: now 3"


async def test_several_lines_change_together_or_not_at_all(till, anna):
    await till.books.carts.add(anna, "harbour")
    before = await till.books.carts.add(anna, "reed-250")
    lamp, runner = before.lines
    wanted = [LineChange(line_id=lamp.line_id, quantity=0), LineChange(line_id="line_gone", quantity=1)]
    assert (await refusal_of(till.books.carts.change(anna, wanted))).code == "unknown_line"
    assert contents(await till.books.carts.view(anna)) == contents(before)
    wanted = [
        LineChange(line_id=lamp.line_id, quantity=0),
        LineChange(line_id=runner.line_id, variant_id="reed-300", quantity=2),
    ]
    cart = await till.books.carts.change(anna, wanted)
    assert contents(cart) == [(runner.line_id, "reed-300", 2)]
    assert cart.changed == (
        "removed Harbour lamp; Reed runner, natural, 70 × 250 cm became Reed runner, natural, 70 × 300 cm × 2"
    )
    assert cart.version == before.version + 1


async def test_a_line_changed_into_one_that_is_there_is_joined_with_it(till, anna):
    await till.books.carts.add(anna, "reed-250")
    cart = await till.books.carts.add(anna, "reed-300", 2)
    first = cart.lines[0]
    cart = await till.books.carts.change(anna, [LineChange(line_id=first.line_id, variant_id="reed-300")])
    assert contents(cart) == [(first.line_id, "reed-300", 3)]


async def test_undo_takes_back_each_change_exactly_and_in_turn(till, anna):
    carts = till.books.carts
    seen = [await carts.view(anna)]
    seen.append(await carts.add(anna, "harbour", 2))
    seen.append(await carts.add(anna, "reed-250"))
    lamp, runner = seen[-1].lines
    seen.append(await carts.change(anna, [LineChange(line_id=lamp.line_id, quantity=5)]))
    seen.append(await carts.change(anna, [LineChange(line_id=runner.line_id, variant_id="reed-300")]))
    seen.append(await carts.set_coupon(anna, "welcome10"))
    seen.append(await carts.change(anna, [LineChange(line_id=lamp.line_id, quantity=0)]))
    seen.append(await carts.set_coupon(anna, None))
    version = seen[-1].version
    for earlier in reversed(seen[:-1]):
        cart = await carts.undo(anna)
        version += 1
        assert (contents(cart), cart.coupon, cart.version) == (contents(earlier), earlier.coupon, version)
        assert cart.changed.startswith("took back: ")
    cart = await carts.undo(anna)
    assert (cart.changed, cart.version, cart.can_undo) == ("nothing changed", version, False)


async def test_undo_restores_what_is_sold_out_by_now_and_says_so(till, anna):
    cart = await till.books.carts.add(anna, "reed-250", 3)
    await till.books.carts.change(anna, [LineChange(line_id=cart.lines[0].line_id, quantity=0)])
    await till.books.merchant.set_offer("reed-250", stock=2)
    cart = await till.books.carts.undo(anna)
    assert [(line.quantity, line.note) for line in cart.lines] == [(3, "only 2 left")]
    await till.books.merchant.set_offer("reed-250", stock=0)
    assert (await till.books.carts.view(anna)).lines[0].note == "out of stock"
    await till.books.merchant.set_offer("reed-250", sellable=False)
    assert (await till.books.carts.view(anna)).lines[0].note == "no longer available"


async def test_a_change_that_changes_nothing_keeps_version_and_undo(till, anna):
    cart = await till.books.carts.add(anna, "harbour")
    same = await till.books.carts.change(anna, [LineChange(line_id=cart.lines[0].line_id, quantity=1)])
    assert (same.version, same.changed) == (cart.version, "nothing changed")
    assert (await till.books.carts.change(anna, [])).version == cart.version


async def test_what_cannot_be_bought_does_not_go_in(till, anna):
    carts = till.books.carts
    refused = await refusal_of(carts.add(anna, "ember"))
    assert (refused.code, refused.text) == ("out_of_stock", "Ember loveseat is out of stock.")
    refused = await refusal_of(carts.add(anna, "reed-250", 4))
    assert (refused.code, refused.facts["available"], refused.facts["asked"]) == ("out_of_stock", 3, 4)
    assert refused.text == "3 left of Reed runner, natural, 70 × 250 cm, you asked for 4."
    assert (await refusal_of(carts.add(anna, "nowhere"))).code == "unknown_variant"
    assert (await refusal_of(carts.add(anna, "harbour", 11))).code == "over_limit"
    with pytest.raises(ValueError, match="at least one"):
        await carts.add(anna, "harbour", 0)
    assert (await carts.view(anna)).version == 0


async def test_units_in_the_cart_count_against_the_stock_when_more_are_added(till, anna):
    await till.books.carts.add(anna, "reed-250", 2)
    assert (await refusal_of(till.books.carts.add(anna, "reed-250", 2))).code == "out_of_stock"


async def test_fewer_of_what_ran_short_is_always_allowed(till, anna):
    cart = await till.books.carts.add(anna, "reed-250", 3)
    await till.books.merchant.set_offer("reed-250", stock=0)
    cart = await till.books.carts.change(anna, [LineChange(line_id=cart.lines[0].line_id, quantity=1)])
    assert [line.quantity for line in cart.lines] == [1]


async def test_too_many_different_things_are_refused(reopen, anna):
    policy = load_policy()
    shop = await reopen(policy.model_copy(update={"limits": policy.limits.model_copy(update={"lines": 2})}))
    await shop.books.carts.add(anna, "harbour")
    await shop.books.carts.add(anna, "fen-oak")
    refused = await refusal_of(shop.books.carts.add(anna, "reed-250"))
    assert (refused.code, refused.facts["limit"]) == ("over_limit", 2)


async def test_a_change_meant_for_another_version_is_refused(till, anna):
    carts = till.books.carts
    cart = await carts.add(anna, "harbour", expected_version=0)
    for call in (
        carts.add(anna, "harbour", expected_version=0),
        carts.change(anna, [], expected_version=0),
        carts.undo(anna, expected_version=0),
        carts.set_coupon(anna, "WELCOME10", expected_version=0),
    ):
        refused = await refusal_of(call)
        assert (refused.code, refused.facts) == ("cart_changed", {"expected": 0, "version": cart.version})


async def test_two_tabs_with_the_same_version_one_wins(till, anna):
    calls = [till.books.carts.add(anna, "harbour", expected_version=0) for _ in range(8)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(result, Refused) for result in results) == 7
    assert [line.quantity for line in (await till.books.carts.view(anna)).lines] == [1]


async def test_simultaneous_adds_are_all_counted(till, anna):
    await asyncio.gather(*[till.books.carts.add(anna, "harbour") for _ in range(10)])
    cart = await till.books.carts.view(anna)
    assert ([line.quantity for line in cart.lines], cart.version) == ([10], 10)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("NOSUCH", "There is no coupon NOSUCH."),
        ("take20", "Coupon TAKE20 counts from $100 of goods."),
    ],
)
async def test_a_coupon_that_does_not_count_is_refused_with_its_reason(till, anna, code, text):
    await till.books.carts.add(anna, "harbour")
    refused = await refusal_of(till.books.carts.set_coupon(anna, code))
    assert (refused.code, refused.text) == ("coupon_invalid", text)


async def test_a_coupon_stands_as_a_negative_line(till, anna):
    await till.books.carts.add(anna, "reed-300")
    cart = await till.books.carts.set_coupon(anna, "take20")
    assert [(t.name, t.label, t.amount) for t in cart.totals[:2]] == [
        ("subtotal", "Goods", 14900),
        ("discount", "Coupon TAKE20", -2000),
    ]
    assert sum(t.amount for t in cart.totals[:-1]) == cart.total


async def test_undo_goes_back_fifty_changes(till, anna):
    cart = await till.books.carts.add(anna, "harbour")
    line_id = cart.lines[0].line_id
    for number in range(55):
        await till.books.carts.change(anna, [LineChange(line_id=line_id, quantity=1 + (number + 1) % 2)])
    steps = 0
    while (cart := await till.books.carts.view(anna)).can_undo:
        await till.books.carts.undo(anna)
        steps += 1
    assert (steps, len(cart.lines)) == (50, 1)


async def test_a_german_shopper_reads_german(till, anna):
    await till.rows("UPDATE shoppers SET locale = 'de' WHERE subject = :s", s=anna.subject)
    cart = await till.books.carts.add(anna, "harbour")
    assert cart.changed == "Harbour lamp hinzugefügt"
    card = await till.books.gate.render(anna, (await till.books.quotes.prepare(anna)).quote_id)
    assert card.card["button"] == "Zahlungspflichtig bestellen — 104,72 $"
