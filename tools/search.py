"""Search the shop by words and conditions; what is shown meets every condition by the books' current data."""

from pydantic import Field

from policies.reach import Reach
from retrieval.filters import fold
from retrieval.query import Filters, SearchResult, Sort
from tools.arguments import FilterArguments, ProductId
from tools.present import Showing, items
from tools.reasons import reasons
from tools.records import Products
from tools.showing import Found, blocked, find_current
from tools.tool import Tool, ToolContext, ToolResult

# Cosine of query and nearest title below which, without one word in common, a query means something not sold here.
CARRIED_COSINE = 0.35


class SearchProducts(FilterArguments):
    """What the shopper looks for: words, and conditions every product must meet."""

    query: str = Field(
        default="",
        max_length=1000,
        description="What the thing is and is for, in plain words; no prices, and no colours given as conditions.",
    )
    sort: Sort = Field(default="relevance", description="price_low for 'cheapest first', rating for 'best rated'.")
    limit: int = Field(default=6, ge=1, le=12, description="How many to show.")
    not_ids: list[ProductId] = Field(
        default=[], max_length=100, description="Ids to leave out, e.g. of items already shown for 'anything else?'."
    )


async def search_products(args: SearchProducts, context: ToolContext) -> ToolResult:
    """Return products that meet all conditions now, or which condition left nothing."""
    filters = args.filters(not_ids=tuple(dict.fromkeys(args.not_ids)))

    async def find(conditions: Filters, limit: int) -> SearchResult:
        return await context.catalog.search(args.query, conditions, limit=limit, sort=args.sort)

    found = await find_current(find, filters, args.limit, context)
    asked = args.asked()
    if not await _carried(args, found, context):
        empty = Products(items=[], query=args.query, filters=asked, total=0)
        return ToolResult(records=(empty,), facts={"carried": False, "asked": asked})
    showings = _sorted(found.showings, args.sort)
    record = Products(
        items=items(showings, reasons(showings, filters)),
        query=args.query,
        filters=asked,
        blocked_by=await blocked(found, filters, context),
        total=found.total,
    )
    facts: dict[str, object] = {"carried": True, "asked": asked}
    if any(one.name == "not_ids" for one in found.blocked_by):
        facts["all_shown"] = True
    return ToolResult(records=(record,), facts=facts)


async def _carried(args: SearchProducts, found: Found, context: ToolContext) -> bool:
    """Say whether the shop sells this kind of thing at all; conditions that leave nothing do not make it uncarried."""
    vocabulary = await context.catalog.vocabulary()
    if args.product_types:
        known = {fold(kind) for kind in vocabulary.product_types}
        return any(fold(kind) in known for kind in args.product_types)
    words = f" {fold(args.query)} "
    if not args.query or any(f" {fold(kind)}" in words for kind in vocabulary.product_types):
        return True
    # Under conditions that leave little, the words meet little: only the whole shop tells what is carried.
    return _met(found.result) or _met(await context.catalog.search(args.query, Filters(), limit=1))


def _met(result: SearchResult) -> bool:
    return result.best_cosine >= CARRIED_COSINE or (result.lexical and not result.unknown_words)


def _sorted(showings: tuple[Showing, ...], sort: Sort) -> tuple[Showing, ...]:
    """Put showings in order of the prices that were re-read; other orders do not depend on the books."""
    if sort == "price_low":
        return tuple(sorted(showings, key=lambda showing: showing.cheapest.price))
    if sort == "price_high":
        return tuple(sorted(showings, key=lambda showing: -showing.cheapest.price))
    return showings


SEARCH_PRODUCTS = Tool(
    name="search_products",
    reach=Reach.READ,
    arguments=SearchProducts,
    run=search_products,
    description=(
        "Find products in this shop. Call it for every new need and for every change of it ('cheaper', 'in walnut', "
        "'not grey'), repeating the conditions that still hold. Put what must hold into the condition fields and the "
        "rest into query. Do not add conditions the shopper did not ask for. When nothing fits, blocked_by names the "
        "condition that left nothing and the nearest products without it: say so, never show those as if they fit. "
        "facts.all_shown means that everything that fits was shown before. facts.carried false means that the shop "
        "does not sell such things: say that and show nothing."
    ),
    status="Looking through the shop",
)
