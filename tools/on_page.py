"""What the storefront says the shopper looks at, looked up in the shop's own catalogue; nothing else is believed."""

from dataclasses import replace

from policies.words import plain
from tools.options import OPTION_NAMES
from tools.present import item
from tools.records import Products
from tools.search import SearchProducts, search_products
from tools.showing import read_shown
from tools.tool import ToolContext, ToolError, ToolResult

_LONGEST_SEARCH = 200


async def product_on_page(product_id: str, variant_id: str, context: ToolContext) -> ToolResult | None:
    """Return the product of a page as the books have it, or None where the shop sells none of that id.

    Args:
        product_id: As the page says; any text.
        variant_id: What is selected there; one that is not this product's counts as none.
        context: For whom, and what the conversation has shown.
    """
    try:
        (showing,) = await read_shown([product_id], replace(context, shown=context.shown | {product_id}))
    except ToolError:
        return None
    await context.books.behaviour.viewed(context.principal, [product_id])
    chosen = tuple(offer for offer in showing.offers if offer.variant_id == variant_id)
    card = item(replace(showing, variants=chosen) if chosen else showing)
    facts: dict[str, object] = {"on_page": True}
    if chosen:
        facts["selected"] = {name: chosen[0].options[name] for name in OPTION_NAMES if name in chosen[0].options}
    return ToolResult(records=(Products(items=[card], relation="details", about=product_id),), facts=facts)


async def search_on_page(words: str, context: ToolContext) -> ToolResult | None:
    """Return what is looked for on a page and how much of it there is, or None where the shop has no such thing.

    The page's rows are not among it: "the first one" can only be one that this conversation has shown.
    """
    query = plain(words, _LONGEST_SEARCH)
    result = await search_products(SearchProducts(query=query), context) if query else None
    if result is None or result.facts.get("carried") is False:
        return None
    bare = [
        record.model_copy(update={"items": [], "blocked_by": []})
        for record in result.records
        if isinstance(record, Products)
    ]
    return ToolResult(records=tuple(bare), facts={"carried": True, "on_page": True})
