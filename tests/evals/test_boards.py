"""A set keeps its sum and can be had, for a handful of the themes that `aisle eval boards` goes through."""

from dataclasses import replace

from evals.boards import THEMES, judge_themes, measures
from policies.told import Told
from tools.curate import Brief, curate
from tools.records import Board
from tools.tool import ToolContext


def test_there_are_fifty_themes_each_another() -> None:
    assert len({words for words, _ in THEMES}) == 50


async def test_sums_are_kept_and_everything_is_in_stock_and_nothing_is_there_twice(context: ToolContext) -> None:
    judged = await judge_themes(context, THEMES[:6])
    found = measures(judged)
    assert {name: found[name] for name in ("proposed", "budget", "stock", "duplicates", "why")} == dict.fromkeys(
        ("proposed", "budget", "stock", "duplicates", "why"), 1.0
    )


async def set_of(context: ToolContext, brief: Brief) -> Board:
    (record,) = (await curate(brief, context)).records
    assert isinstance(record, Board)
    return record


async def test_a_set_is_in_the_shoppers_sizes_without_what_they_dislike_or_own(context: ToolContext) -> None:
    told = [
        Told(kind="size", value="m", of="clothes"),
        Told(kind="dislike", facet="material", value="leather"),
        Told(kind="owns", value="jacket"),
    ]
    await context.books.memory.keep(context.principal, told, "M, no leather, have a jacket")
    board = await set_of(context, Brief("a casual weekend outfit", 40000))

    for item in board.items:
        assert "leather" not in item.materials
        assert item.product_type != "jacket"
        if {"S", "M", "L"} & set(item.sizes):
            assert "M" in board.options.get(item.product_id, "")
            assert "in your size M" in item.why


async def test_pieces_that_are_kept_stay_and_count_and_what_was_turned_down_does_not_return(
    context: ToolContext,
) -> None:
    brief = Brief("a living room", 200000)
    first = await set_of(context, brief)
    keep, gone = [item.product_id for item in first.items[1:]], first.items[0].product_id

    second = await set_of(context, replace(brief, keep=tuple(keep), without=(gone,)))

    ids = [item.product_id for item in second.items]
    assert ids[: len(keep)] == keep
    assert gone not in ids
    assert second.total is not None
    assert second.total.amount <= 200000
