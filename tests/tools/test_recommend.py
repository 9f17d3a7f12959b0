"""Recommendations: what was learned of others comes with its reason, what was refused or owned never comes again."""

from pathlib import Path

from retrieval.taste.interactions import Interactions
from retrieval.taste.item_to_item import Knobs
from retrieval.taste.learned import Learned
from retrieval.taste.versions import Versions
from shop.events import Event
from tests.fakes import DESK, LAMP, OAK_DESK, PINE_DESK, RUNNER, SCARF
from tests.tools.test_pages import call, products
from tools.registry import ToolContext


def learned(folder: Path) -> Versions:
    """Eight people bought the desk and the scarf at once; what is alike they left."""
    rows = [(f"s{number}", item, 0.0) for number in range(8) for item in (DESK, SCARF)]
    rows += [(f"t{number}", item, 0.0) for number in range(8) for item in (LAMP, RUNNER)]
    taken = Interactions.of(rows)
    versions = Versions(folder)
    versions.serve(Learned.train(taken, taken, Knobs(ridge=1.0)), "2026-01-01T00:00:00+00:00", len(rows), {})
    return versions


async def test_what_others_bought_with_it_comes_first_and_says_so(context: ToolContext, tmp_path: Path) -> None:
    context.catalog.taste = learned(tmp_path)
    await call(context, "product_details", product_ids=[DESK])

    result = products(await call(context, "recommend_for_me", limit=4))
    assert (result.items[0].product_id, result.items[0].why[:38]) == (SCARF, "bought with the Tarn walnut desk by ot")
    context.catalog.taste = Versions()
    assert products(await call(context, "recommend_for_me", limit=4)).items[0].product_id != SCARF


async def test_what_goes_with_it_is_the_merchants_word_then_what_baskets_hold(
    context: ToolContext, tmp_path: Path
) -> None:
    context.catalog.taste = learned(tmp_path)
    found = products(await call(context, "goes_with", product_id=DESK, limit=3)).items
    assert [card.product_id for card in found[:2]] == [LAMP, SCARF]
    assert found[0].why.startswith("paired by the shop")
    assert found[1].why.startswith("bought together by others")
    context.catalog.taste = Versions()


async def test_what_was_dismissed_is_gone_from_the_next_answer(context: ToolContext) -> None:
    await call(context, "product_details", product_ids=[DESK])
    before = [card.product_id for card in products(await call(context, "recommend_for_me", limit=6)).items]
    assert {OAK_DESK, PINE_DESK} & set(before)

    await context.books.behaviour.record(context.principal, [Event("dismiss", before[0], "chat")])

    after = [card.product_id for card in products(await call(context, "recommend_for_me", limit=6)).items]
    assert before[0] not in after
