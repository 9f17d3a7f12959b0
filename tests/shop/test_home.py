"""The address that orders go to changes by the shopper's own press on its card, and by nothing else."""

from dataclasses import replace

import pytest

from policies.errors import Refused, Unavailable
from policies.order_address import NewAddress
from policies.principal import Principal, Scope
from tests.shop.conftest import ANNA, BELA

NEW = NewAddress(street="Kaiserstraße 7", more="2. Stock", postcode="60311", city="Frankfurt", region="DE")


async def asked(till, who=ANNA):
    view = await till.books.home.prepare(who, NEW)
    return await till.books.home.render(who, view.quote_id)


async def pressed(till, card, who=ANNA):
    return await till.books.home.approve(who, card.quote_id, card.digest, card.challenge)


async def unchanged(till) -> bool:
    profile = await till.books.shoppers.profile(ANNA)
    return profile.address == "home" and len(profile.addresses) == 2


async def test_a_press_makes_it_the_address_of_new_orders_and_a_repeat_makes_no_second(till):
    card = await asked(till)
    (shown,) = card.card["facts"]
    assert shown["text"] == "Kaiserstraße 7, 2. Stock, Frankfurt, 60311, DE"
    assert await unchanged(till)

    made = await pressed(till, card)

    assert (made.state, made.text) == ("confirmed", "Changed. New orders go to Frankfurt, 60311.")
    assert await pressed(till, card) == made
    profile = await till.books.shoppers.profile(ANNA)
    assert [each.label for each in profile.addresses if each.handle == profile.address] == ["Frankfurt, 60311"]
    assert len(profile.addresses) == 3
    assert (await till.quote()).ship_to == "Frankfurt, 60311"
    assert (await till.books.audit.verify()).ok


async def test_an_open_order_card_does_not_survive_it_and_a_placed_order_keeps_its_address(till):
    bought = await till.buy(variant="harbour")
    card = await till.card(variant="fen-oak")

    await pressed(till, await asked(till))

    with pytest.raises(Refused, match="no longer counts"):
        await till.press(card)
    assert bought.order is not None
    order = await till.books.orders.get(ANNA, bought.order.order_id)
    assert order is not None
    assert order.ship_to == "home, Berlin"


async def test_g14_a_foreign_or_powerless_press_changes_nothing(till):
    card = await asked(till)
    weak = Principal(ANNA.subject, ANNA.session_id, frozenset({Scope.CHAT}))
    for who in (BELA, replace(ANNA, session_id="ses_elsewhere"), weak):
        with pytest.raises(Refused) as refused:
            await pressed(till, card, who)
        assert refused.value.code in ("unknown_quote", "step_up")
        with pytest.raises(Refused):
            await till.books.home.render(who, card.quote_id)
    with pytest.raises(Refused, match="confirmation"):
        await till.books.home.prepare(weak, NEW)
    assert await unchanged(till)


@pytest.mark.parametrize("forged", [{"digest": "f" * 64}, {"challenge": "yes"}, {"challenge": "", "digest": ""}])
async def test_g24_three_perturbed_presses_end_the_card(till, forged):
    card = await asked(till)
    for _ in range(3):
        with pytest.raises(Refused):
            await pressed(till, card.model_copy(update=forged))

    with pytest.raises(Refused, match="Too many approvals"):
        await pressed(till, card)
    assert await unchanged(till)


async def test_g5_g7_a_late_or_older_card_and_one_set_aside_no_longer_count(till):
    old, new = await asked(till), await asked(till)
    with pytest.raises(Refused, match="no longer counts"):
        await pressed(till, old)
    await till.books.home.decline(ANNA, new.quote_id)
    with pytest.raises(Refused, match="set this one aside"):
        await pressed(till, new)
    late = await asked(till)
    till.clock.move(600)
    assert await till.books.home.expire_due() == 1
    with pytest.raises(Refused, match="has expired"):
        await pressed(till, late)
    assert await unchanged(till)


async def test_g16_what_was_changed_from_outside_or_elsewhere_is_not_signed(till):
    card = await asked(till)
    await till.books.gate.set_checkout(ANNA, address="office")
    with pytest.raises(Refused) as refused:
        await pressed(till, card)
    assert refused.value.code == "quote_superseded"
    card = await asked(till)
    await till.rows("UPDATE home_quotes SET digest = :d", d="a" * 64)
    with pytest.raises(Unavailable, match="changed from outside"):
        await pressed(till, card)


async def test_an_address_that_was_swapped_behind_its_card_is_refused(till):
    card = await asked(till)
    await till.rows("UPDATE home_quotes SET content = :c", c='{"street": "Elsewhere 1", "salt": "x"}')
    with pytest.raises(Refused):
        await pressed(till, card)
    assert await unchanged(till)


async def test_where_the_shop_does_not_deliver_is_refused_at_once(till):
    with pytest.raises(Refused) as refused:
        await till.books.home.prepare(ANNA, NEW.model_copy(update={"region": "JP"}))
    assert refused.value.code == "no_delivery_there"
    assert await till.rows("SELECT * FROM home_quotes") == []


async def test_a_shop_that_is_read_only_changes_no_address(till, reopen):
    card = await asked(till)
    switches = till.settings.policy.switches.model_copy(update={"read_only": True})
    closed = await reopen(till.settings.policy.model_copy(update={"switches": switches}))
    with pytest.raises(Refused) as refused:
        await asked(closed)
    assert refused.value.code == "switched_off"
    with pytest.raises(Refused):
        await pressed(closed, card)
    assert await unchanged(till)
