import pytest

from policies.principal import Principal
from tests.fakes import DESK
from tools.records import Order, Orders, Quote
from tools.registry import TOOLS, ToolContext, ToolError, ToolResult, parse_arguments


async def call(context: ToolContext, name: str, **raw: object) -> ToolResult:
    tool = TOOLS[name]
    return await tool.run(parse_arguments(tool, raw), context)


async def test_a_quote_shows_every_total_and_orders_nothing(context: ToolContext) -> None:
    await call(context, "add_to_cart", product_id=DESK)

    (quote,) = (await call(context, "prepare_quote")).records

    assert isinstance(quote, Quote)
    assert quote.totals[-1].name == "total"
    assert quote.totals[-1].amount.amount == sum(total.amount.amount for total in quote.totals[:-1])
    assert quote.expires_at.endswith("Z")
    (orders,) = (await call(context, "my_orders")).records
    assert isinstance(orders, Orders)
    assert orders.orders == []


async def test_a_quote_carries_neither_digest_nor_challenge(context: ToolContext) -> None:
    await call(context, "add_to_cart", product_id=DESK)

    (quote,) = (await call(context, "prepare_quote")).records

    assert not {"digest", "challenge"} & set(quote.model_dump())


async def test_an_empty_cart_cannot_be_quoted(context: ToolContext) -> None:
    with pytest.raises(ToolError) as caught:
        await call(context, "prepare_quote")

    assert caught.value.code == "cart_empty"


async def test_an_invented_coupon_is_told_to_the_model(context: ToolContext) -> None:
    await call(context, "add_to_cart", product_id=DESK)

    with pytest.raises(ToolError):
        await call(context, "prepare_quote", coupon="FREE-EVERYTHING")


async def test_an_order_of_someone_else_is_as_unknown_as_none(ordered: tuple[ToolContext, str]) -> None:
    context, order_id = ordered
    (mine,) = (await call(context, "my_orders", order_id=order_id)).records
    assert isinstance(mine, Order)
    assert mine.state_text

    stranger = ToolContext(Principal("guest:stranger", "s"), context.catalog, context.books, context.shown)
    errors: list[ToolError] = []
    for wanted in (order_id, "no-such-order"):
        with pytest.raises(ToolError) as caught:
            await call(stranger, "my_orders", order_id=wanted)
        errors.append(caught.value)
    assert {(error.code, error.text) for error in errors} == {("unknown_order", errors[0].text)}
