"""The planner prepares changes of orders: of the shopper's own, with ids that were shown, and makes none."""

from typing import Any

import pytest

from policies.judge import Proposal, Refuse, judge
from policies.limits import load_policy
from policies.provenance import Heard
from policies.reach import Reach
from policies.rules import RULES
from shop.books import GateBooks
from tools.order_changes import REQUEST_ORDER_CHANGE
from tools.orders import MY_ORDERS
from tools.records import Order, Quote
from tools.registry import parse_arguments
from tools.tool import ToolContext, ToolError


async def asked(context: ToolContext, **arguments: Any) -> Quote:
    result = await REQUEST_ORDER_CHANGE.run(parse_arguments(REQUEST_ORDER_CHANGE, arguments), context)
    (record,) = result.records
    assert isinstance(record, Quote)
    return record


async def test_my_orders_tells_what_may_be_changed(ordered: tuple[ToolContext, str], gate: GateBooks) -> None:
    context, order_id = ordered
    result = await MY_ORDERS.run(parse_arguments(MY_ORDERS, {"order_id": order_id}), context)
    (order,) = result.records
    assert isinstance(order, Order)
    assert order.can == ["cancel", "items", "address", "payment"]


async def test_a_cancellation_is_prepared_and_not_made(ordered: tuple[ToolContext, str], gate: GateBooks) -> None:
    context, order_id = ordered
    before = await gate.orders.get(context.principal, order_id)
    assert before is not None

    quote = await asked(context, order_id=order_id, change="cancel")

    assert (quote.action, quote.order_id, quote.totals[-1].amount.amount) == ("cancel", order_id, -before.total)
    assert await gate.orders.get(context.principal, order_id) == before


async def test_an_address_goes_by_the_name_the_shopper_gave_it(ordered: tuple[ToolContext, str]) -> None:
    context, order_id = ordered
    assert (await asked(context, order_id=order_id, change="address", address="Office")).ship_to == "office, Vienna"
    with pytest.raises(ToolError) as unknown:
        await asked(context, order_id=order_id, change="address", address="the moon")
    assert unknown.value.facts["addresses"] == ["home, Berlin", "office, Vienna"]


async def test_an_exchange_takes_another_colour_of_the_same_thing(
    ordered: tuple[ToolContext, str], gate: GateBooks
) -> None:
    context, order_id = ordered
    order = await context.books.orders.get(context.principal, order_id)
    assert order is not None
    line = order.lines[0].line_id
    with pytest.raises(ToolError) as none:
        await asked(context, order_id=order_id, change="exchange", line_ids=[line], colour="ultraviolet")
    assert none.value.code == "no_such_option"
    await gate.merchant.set_offer("t-scarf-grey", stock=3)

    quote = await asked(context, order_id=order_id, change="exchange", line_ids=[line], colour="grey")

    assert (quote.action, quote.lines[0].note) == ("items", "Instead: Quill wool scarf, grey")


async def test_another_way_to_pay_goes_by_its_label(ordered: tuple[ToolContext, str]) -> None:
    context, order_id = ordered
    quote = await asked(context, order_id=order_id, change="payment", pay_with="card •0002 (always declined)")
    assert (quote.action, quote.pay_with) == ("payment", "card •0002 (always declined)")
    with pytest.raises(ToolError) as unknown:
        await asked(context, order_id=order_id, change="payment", pay_with="my uncle")
    assert unknown.value.facts["payments"] == ["card •4242", "card •0002 (always declined)"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [({"order_id": "order_none", "change": "cancel"}, "unknown_order"), ({"change": "return"}, "not_delivered")],
)
async def test_what_cannot_be_changed_is_told_to_the_model(
    ordered: tuple[ToolContext, str], arguments: dict[str, Any], code: str
) -> None:
    context, order_id = ordered
    with pytest.raises(ToolError) as refused:
        await asked(context, **({"order_id": order_id} | arguments))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "arguments",
    [
        {"order_id": "o", "change": "refund"},
        {"order_id": "o", "change": "exchange"},
        {"order_id": "o", "change": "address"},
        {"order_id": "o", "change": "payment"},
        {"order_id": "o", "change": "items"},
        {"order_id": "o", "change": "return", "quantity": 1},
        {"change": "cancel"},
    ],
)
def test_arguments_that_make_no_sense_are_sent_back(arguments: dict[str, Any]) -> None:
    with pytest.raises(ToolError, match="bad_arguments"):
        parse_arguments(REQUEST_ORDER_CHANGE, arguments)


def test_only_orders_the_conversation_has_shown_can_be_named() -> None:
    def verdict(shown: frozenset[str], *, tainted: bool = False) -> object:
        arguments = {"order_id": "order_1", "change": "cancel"}
        said = Heard("cancel my order", shop_ids=shown)
        proposal = Proposal("request_order_change", Reach.QUOTE, arguments, shown, tainted, heard=said)
        return judge(proposal, load_policy().tools, RULES)

    unknown, tainted = verdict(frozenset()), verdict(frozenset({"order_1"}), tainted=True)
    assert isinstance(unknown, Refuse)
    assert unknown.code == "unknown_id"
    assert isinstance(tainted, Refuse)
    assert not isinstance(verdict(frozenset({"order_1"})), Refuse)
