"""A word against what was suggested moves the next answer at once, and keeps away what was turned down."""

import pytest

from tests.assistant.compact.test_conversation import Live
from tools.registry import ToolContext


@pytest.mark.parametrize(
    "said", ["not this style", "too flashy", "less flashy", "not so flashy", "not my taste", "these are ugly"]
)
async def test_what_is_turned_down_is_gone_from_the_next_suggestions_and_all_later_ones(
    context: ToolContext, said: str
) -> None:
    live = Live(context)
    await live.say("recommend something")
    before = {item.product_id for item in live.row()}
    assert len(before) == 4

    words = await live.say(said)

    assert live.called == ["recommend_for_me"]
    assert words.startswith("Those are out.")
    after = {item.product_id for item in live.row()}
    assert after
    assert not after & before
    await live.say("recommend something")
    assert not {item.product_id for item in live.row()} & before


async def test_a_wish_for_nothing_too_fancy_turns_nothing_down(context: ToolContext) -> None:
    live = Live(context)
    await live.say("recommend something")
    await live.say("something not too fancy")
    assert (await context.books.behaviour.told(context.principal)).dismissed == ()


async def test_a_row_of_a_search_that_is_turned_down_is_remembered_and_more_of_it_is_not(context: ToolContext) -> None:
    live = Live(context)
    await live.say("show me lamps")
    before = [item.product_id for item in live.row()]
    await live.say("any others?")
    assert (await context.books.behaviour.told(context.principal)).dismissed == ()
    shown = {item.product_id for item in live.row()} or set(before)

    await live.say("not my style")

    assert live.called == ["search_products"]
    assert set((await context.books.behaviour.told(context.principal)).dismissed) == shown
    await live.say("recommend something")
    assert not {item.product_id for item in live.row()} & shown


async def test_a_present_that_is_turned_down_or_kept_on_a_board_says_nothing_of_who_gives_it(
    context: ToolContext,
) -> None:
    live = Live(context)
    await live.say("I'm looking for a present for my sister")
    await live.say("show me vases")
    await live.say("not this style")
    await live.say("save the first one to my Birthday board")
    assert "boards" in live.called
    told = await context.books.behaviour.told(context.principal)
    assert (told.liked, told.dismissed) == ((), ())
    for said in ("show me lamps", "show me desks", "show me rugs", "save the first one to my Birthday board"):
        await live.say(said)
    assert len((await context.books.behaviour.told(context.principal)).liked) == 1
