"""Paid places of a search's answer: chosen by the policy's rules, logged before they are shown, labelled."""

from collections.abc import Mapping, Sequence

from policies.sponsored import WHOLE, Fit, with_sponsored
from retrieval.query import Sort
from tools.present import Showing
from tools.records import Item
from tools.showing import Found
from tools.tool import ToolContext


def looked_through(limit: int, sort: Sort, context: ToolContext) -> int:
    """Return how many answers to look at: more than are shown only where something could be paid for."""
    rules = context.books.sponsored.rules
    return limit + rules.ahead if rules.active and sort == "relevance" else limit


async def placed(
    found: Found, limit: int, sort: Sort, context: ToolContext
) -> tuple[tuple[Showing, ...], Mapping[str, str]]:
    """Return what is shown, and who pays for which of it; an order by price or rating has no paid places."""
    rules = context.books.sponsored.rules
    if not rules.active or sort != "relevance":
        return found.showings[:limit], {}
    scores = {hit.product.product_id: hit.score for hit in found.result.hits}
    best = max(scores.values(), default=0.0)
    ranked = [Fit(s.product.product_id, _fit(scores.get(s.product.product_id, 0.0), best)) for s in found.showings]
    row = with_sponsored(ranked, limit, rules)
    await context.books.sponsored.note(row.placed)
    showings = {showing.product.product_id: showing for showing in found.showings}
    paid = {each.fit.product_id: each.fit.advertiser for each in row.placed}
    return tuple(showings[each.product_id] for each in row.shown), paid


def labelled(items: Sequence[Item], paid: Mapping[str, str]) -> list[Item]:
    """Return the cards, those in paid places with a label that every page draws."""
    return [_label(item, paid[item.product_id]) if item.product_id in paid else item for item in items]


def _label(item: Item, advertiser: str) -> Item:
    why = "; ".join(each for each in (f"Sponsored by {advertiser}", item.why) if each)
    return item.model_copy(update={"sponsored": advertiser, "why": why})


def _fit(score: float, best: float) -> int:
    return max(0, min(WHOLE, round(WHOLE * score / best))) if best > 0 else 0
