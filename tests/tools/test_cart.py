import pytest

from policies.principal import Principal
from shop.books import GateBooks
from tests.fakes import DESK, GONE, RUNNER, SCARF, SHIRT
from tools.records import Cart
from tools.registry import TOOLS, ToolContext, ToolError, parse_arguments


async def call(context: ToolContext, name: str, **raw: object) -> Cart:
    tool = TOOLS[name]
    (record,) = (await tool.run(parse_arguments(tool, raw), context)).records
    assert isinstance(record, Cart)
    return record


async def refused(context: ToolContext, name: str, **raw: object) -> ToolError:
    tool = TOOLS[name]
    with pytest.raises(ToolError) as caught:
        await tool.run(parse_arguments(tool, raw), context)
    return caught.value


def contents(cart: Cart) -> list[tuple[str, int]]:
    return [(line.variant_id, line.quantity) for line in cart.lines]


async def test_a_product_with_one_variant_needs_no_choice(context: ToolContext) -> None:
    cart = await call(context, "add_to_cart", product_id=DESK)

    assert contents(cart) == [("t-desk-v", 1)]
    assert cart.undo
    assert "Tarn walnut desk" in cart.changed


async def test_a_missing_size_is_asked_for_with_what_is_in_stock(context: ToolContext) -> None:
    error = await refused(context, "add_to_cart", product_id=SHIRT, colour="White")

    assert error.code == "choose_option"
    assert error.facts["missing"] == ["size"]
    assert error.facts["options"] == {"size": ["S", "M"]}
    assert error.facts["out"] == [{"colour": "white", "size": "L"}]
    assert contents(await call(context, "view_cart")) == []


async def test_a_colour_that_comes_in_one_size_needs_no_size(context: ToolContext) -> None:
    cart = await call(context, "add_to_cart", product_id=SHIRT, colour="NAVY")

    assert contents(cart) == [("t-shirt-navy-M", 1)]


async def test_nothing_said_asks_for_everything_that_differs(context: ToolContext) -> None:
    error = await refused(context, "add_to_cart", product_id=SHIRT)

    assert (error.code, error.facts["missing"]) == ("choose_option", ["colour", "size"])


async def test_a_size_may_be_said_as_people_say_it(context: ToolContext) -> None:
    cart = await call(context, "add_to_cart", product_id=SHIRT, colour="white", size="medium")
    assert contents(cart) == [("t-shirt-white-M", 1)]

    cart = await call(context, "add_to_cart", product_id=RUNNER, size="70×300cm")
    assert contents(cart)[1] == ("t-runner-sand-70x300cm", 1)

    error = await refused(context, "add_to_cart", product_id=RUNNER, size="70 cm")
    assert error.code == "no_such_option"


async def test_a_sold_out_variant_names_what_is_in_stock(context: ToolContext) -> None:
    error = await refused(context, "add_to_cart", product_id=SCARF, colour="grey")

    assert error.code == "out_of_stock"
    assert error.facts["options"] == {"colour": ["rust"]}
    assert "grey" in error.text


async def test_an_option_that_does_not_exist_is_not_guessed(context: ToolContext) -> None:
    error = await refused(context, "add_to_cart", product_id=SHIRT, colour="navy", size="S")
    assert error.code == "no_such_option"

    error = await refused(context, "add_to_cart", product_id=SHIRT, colour="purple")
    assert error.code == "no_such_option"
    assert error.facts["options"] == {"colour": ["white", "navy"], "size": ["S", "M"]}


async def test_an_id_that_was_not_shown_is_unknown_even_if_the_shop_has_it(context: ToolContext) -> None:
    unseen = ToolContext(context.principal, context.catalog, context.books, frozenset({SHIRT}))

    assert (await refused(unseen, "add_to_cart", product_id=DESK)).code == "unknown_id"
    assert (await refused(unseen, "add_to_cart", product_id="no-such-thing")).code == "unknown_id"


async def test_a_product_no_longer_sold_cannot_be_added(context: ToolContext) -> None:
    assert (await refused(context, "add_to_cart", product_id=GONE)).code == "no_longer_sold"


async def test_more_than_there_is_is_told_to_the_model_and_changes_nothing(context: ToolContext) -> None:
    error = await refused(context, "add_to_cart", product_id=SHIRT, colour="white", size="M", quantity=50)

    assert error.code in ("out_of_stock", "over_limit")
    assert contents(await call(context, "view_cart")) == []


async def test_changes_of_a_call_happen_together_or_not_at_all(context: ToolContext) -> None:
    await call(context, "add_to_cart", product_id=DESK)
    before = await call(context, "add_to_cart", product_id=SHIRT, colour="white", size="S")
    desk, shirt = (line.line_id for line in before.lines)

    error = await refused(
        context, "change_cart", changes=[{"line_id": desk, "quantity": 0}, {"line_id": shirt, "size": "L"}]
    )

    assert error.code == "out_of_stock"
    assert contents(await call(context, "view_cart")) == contents(before)


async def test_a_line_changes_its_size_and_keeps_its_colour(context: ToolContext) -> None:
    before = await call(context, "add_to_cart", product_id=SHIRT, colour="white", size="S")

    after = await call(context, "change_cart", changes=[{"line_id": before.lines[0].line_id, "size": "M"}])

    assert contents(after) == [("t-shirt-white-M", 1)]


async def test_zero_removes_and_undo_brings_back(context: ToolContext) -> None:
    before = await call(context, "add_to_cart", product_id=DESK, quantity=2)

    removed = await call(context, "change_cart", changes=[{"line_id": before.lines[0].line_id, "quantity": 0}])
    undone = await call(context, "undo_cart")

    assert contents(removed) == []
    assert contents(undone) == [("t-desk-v", 2)]


async def test_undo_with_nothing_to_undo_changes_nothing_and_says_so(context: ToolContext) -> None:
    cart = await call(context, "undo_cart")

    assert contents(cart) == []
    assert cart.changed
    assert not cart.undo


async def test_a_foreign_cart_can_be_neither_seen_nor_changed(context: ToolContext, gate: GateBooks) -> None:
    mine = await call(context, "add_to_cart", product_id=DESK)
    stranger = Principal("guest:stranger", "s-stranger")
    await gate.shoppers.ensure_guest(stranger)
    other = ToolContext(stranger, context.catalog, context.books, context.shown)

    error = await refused(other, "change_cart", changes=[{"line_id": mine.lines[0].line_id, "quantity": 9}])

    assert error.code == "unknown_line"
    assert contents(await call(other, "view_cart")) == []
    assert contents(await call(context, "view_cart")) == [("t-desk-v", 1)]
