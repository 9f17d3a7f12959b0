"""Shops a look: for each thing in a picture one product that looks like it, all together within a sum."""

from dataclasses import replace

from policies.money import Money
from retrieval.query import Filters, SearchResult
from retrieval.things import Thing
from tools.composing import Choice, compose
from tools.present import items
from tools.reasons import reasons
from tools.records import Products
from tools.showing import find_current
from tools.sight import Sight, outlined
from tools.tool import ToolContext, ToolResult

_CANDIDATES = 12  # of each thing


async def within(sight: Sight, total: int, image_id: str, filters: Filters, context: ToolContext) -> ToolResult:
    """Return one product in stock for each of several things, the most alike that cost at most `total` together.

    Args:
        sight: With two things or more that are meant.
        total: Minor units.
        image_id: Of the picture.
        filters: Bind for each of them.
        context: Whose search it is.
    """
    bound = replace(filters, in_stock=True, price_max=min(total, filters.price_max or total))
    rows = [await _candidates(thing, bound, context) for thing in sight.meant]
    composed = compose(rows, total)
    chosen = dict(composed.chosen)
    shown = [chosen[place].showing for place in sorted(chosen)]
    record = Products(items=items(shown, reasons(shown, filters)), relation="picture", total=len(shown))
    firsts = {place: choice.showing.product.product_id for place, choice in chosen.items()}
    told = [
        {"region": thing.number, "kind": thing.kind, "first": firsts.get(place, "")}
        for place, thing in enumerate(sight.meant)
    ]
    facts: dict[str, object] = {"alike": bool(shown), "things": told, "within": total}
    if shown:
        cost = Money(amount=sum(choice.cost for choice in chosen.values()), currency=record.items[0].price.currency)
        facts["together"] = str(cost)
    return ToolResult(records=(outlined(image_id, sight.things), record), facts=facts)


async def _candidates(thing: Thing, filters: Filters, context: ToolContext) -> list[Choice]:
    async def find(conditions: Filters, limit: int) -> SearchResult:
        whose = context.principal.subject
        return await context.catalog.find_by_picture(thing.picture, filters=conditions, limit=limit, whose=whose)

    # A look has one thing of each kind: what is like the lamp is a lamp.
    found = await find_current(find, replace(filters, product_types=(thing.kind,)), _CANDIDATES, context)
    return [Choice(showing, rank) for rank, showing in enumerate(found.showings)]
