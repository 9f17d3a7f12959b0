"""What the merchant may say of an order, and when."""

import pytest

from policies.errors import Refused
from shop.change_terms import LineWanted
from tests.shop.changing import Desk


async def test_goods_that_come_back_before_the_difference_is_paid_are_not_received_yet(till):
    desk = Desk(till)
    order = await desk.bought(("reed-250", 1), delivered=True)
    card = await desk.card(order, "exchange", LineWanted(order.lines[0].line_id, 1, "reed-300"))
    made = await desk.press(card)

    with pytest.raises(Refused) as refused:
        await till.books.fulfilment.receive(order.order_id)

    assert refused.value.code == "wrong_state"
    assert (await desk.order(order.order_id)).state == "exchange_requested"
    await till.books.worker.changes.drive(made.change_id)
    assert (await till.books.fulfilment.receive(order.order_id)).state == "received"


async def test_an_order_that_is_being_exchanged_is_not_delivered_once_more(till):
    desk = Desk(till)
    order = await desk.bought(("reed-250", 1), delivered=True)
    await desk.make(order, "exchange", LineWanted(order.lines[0].line_id, 1, "reed-300"))

    with pytest.raises(Refused) as refused:
        await till.books.fulfilment.deliver(order.order_id)

    assert refused.value.code == "wrong_state"
    assert (await desk.back(order)).state == "exchanged"
