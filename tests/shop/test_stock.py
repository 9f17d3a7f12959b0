"""Offers: a feed stocks them, the merchant changes them, the outbox tells of it, promises are kept."""

import pytest

from policies.errors import SettingsError
from policies.limits import load_policy
from shop.views import StockEntry


async def test_offers_are_read_by_product_and_unknown_ones_are_absent(till):
    found = await till.books.offers.of_products(["reed", "nowhere", "fen", "reed"])
    assert {product: [o.variant_id for o in offers] for product, offers in found.items()} == {
        "reed": ["reed-250", "reed-300"],
        "fen": ["fen-oak"],
    }
    runner = found["reed"][1]
    assert runner.title == "Reed runner, natural, 70 × 300 cm"
    assert (runner.price, runner.list_price, runner.available, runner.buyable) == (14900, 17900, 8, True)
    assert runner.seller == load_policy().seller
    assert await till.books.offers.variant("nowhere") is None
    assert await till.books.offers.of_products([]) == {}


async def test_a_thousand_products_are_read_at_once(till):
    many = [
        StockEntry(variant_id=f"v{i}", product_id=f"p{i}", product_title=f"Thing {i}", price=i, stock=1)
        for i in range(1000)
    ]
    assert await till.books.merchant.stock(many) == 1000
    assert len(await till.books.offers.of_products([f"p{i}" for i in range(1000)])) == 1000


async def test_reserved_units_are_on_hand_but_not_available(till):
    await till.press(await till.card(variant="harbour", quantity=4))
    lamp = await till.books.offers.variant("harbour")
    assert lamp is not None
    assert (lamp.available, lamp.on_hand) == (96, 100)


async def test_a_feed_that_says_the_same_again_changes_nothing(till):
    (entry,) = [e for e in await entries(till) if e.variant_id == "harbour"]
    last = (await till.books.merchant.changes_after(0))[-1].seq
    assert await till.books.merchant.stock([entry]) == 0
    assert await till.books.merchant.changes_after(last) == []
    assert await till.books.merchant.stock([entry.model_copy(update={"price": 8000})]) == 1
    (change,) = await till.books.merchant.changes_after(last)
    assert (change.variant_id, change.product_id) == ("harbour", "harbour")


async def entries(till) -> list[StockEntry]:
    offers = [o for group in (await till.books.offers.of_products(["harbour", "reed"])).values() for o in group]
    return [
        StockEntry(
            variant_id=o.variant_id,
            product_id=o.product_id,
            product_title=o.product_title,
            options=o.options,
            price=o.price,
            list_price=o.list_price,
            stock=o.on_hand,
        )
        for o in offers
    ]


async def test_a_recount_keeps_promises_and_sales(till):
    await till.buy(variant="harbour", quantity=2)
    await till.press(await till.card(variant="harbour", quantity=3))
    await till.books.merchant.set_offer("harbour", stock=10)
    (row,) = await till.rows("SELECT available, reserved, sold, received FROM offers WHERE variant_id = 'harbour'")
    assert row == {"available": 7, "reserved": 3, "sold": 2, "received": 12}
    await till.books.merchant.set_offer("harbour", stock=1)
    (row,) = await till.rows("SELECT available, reserved, sold, received FROM offers WHERE variant_id = 'harbour'")
    assert row == {"available": 0, "reserved": 3, "sold": 2, "received": 5}


async def test_a_purchase_and_a_price_change_reach_the_outbox(till):
    last = (await till.books.merchant.changes_after(0))[-1].seq
    assert await till.books.merchant.set_offer("fen-oak", price=1)
    assert not await till.books.merchant.set_offer("nowhere", price=1)
    await till.press(await till.card(variant="harbour"))
    changes = await till.books.merchant.changes_after(last)
    assert [change.variant_id for change in changes] == ["fen-oak", "harbour"]
    await till.books.merchant.acknowledge(changes[1:])
    left = await till.books.merchant.changes_after(0)
    assert left[-1] == changes[0]
    await till.books.merchant.acknowledge(left)
    assert await till.books.merchant.changes_after(0) == []


async def test_variants_a_new_feed_no_longer_has_are_taken_off_sale(till):
    assert await till.books.merchant.retire(["harbour", "fen-oak"]) == 3
    assert await till.books.merchant.retire(["harbour", "fen-oak"]) == 0
    runner = await till.books.offers.variant("reed-300")
    assert runner is not None
    assert not runner.buyable


async def test_a_feed_in_another_currency_is_refused_whole(till):
    good = StockEntry(variant_id="new", product_id="new", product_title="New", price=1)
    foreign = good.model_copy(update={"variant_id": "old", "currency": "EUR"})
    with pytest.raises(SettingsError, match="priced in EUR"):
        await till.books.merchant.stock([good, foreign])
    assert await till.books.offers.variant("new") is None
    with pytest.raises(ValueError, match="not negative"):
        await till.books.merchant.set_offer("harbour", price=-1)
