"""Search the shop by words and conditions; what is shown meets every condition by the books' current data."""

from dataclasses import replace

from pydantic import Field

from policies.reach import Reach
from retrieval.filters import fold
from retrieval.query import Filters, SearchResult, Sort, Vocabulary
from shop.events import Event
from tools.arguments import FilterArguments, ProductIds
from tools.carried import is_carried
from tools.present import Showing, items
from tools.reasons import reasons
from tools.records import Products
from tools.showing import blocked, find_current, not_sold
from tools.sponsoring import labelled, looked_through, placed
from tools.tool import Tool, ToolContext, ToolResult
from tools.wording import in_shop_words


class SearchProducts(FilterArguments):
    """What the shopper looks for: words, and conditions every product must meet."""

    query: str = Field(default="", max_length=1000)
    sort: Sort = Field(default="relevance")
    limit: int = Field(default=6, ge=1, le=12)
    not_ids: ProductIds = []
    turned_down: ProductIds = Field(default=[], description="Of those shown, what the shopper does not like.")


async def search_products(args: SearchProducts, context: ToolContext) -> ToolResult:
    """Return products that meet all conditions now, or which condition left nothing."""
    down = [Event("dismiss", product_id, "chat") for product_id in args.turned_down if product_id in context.shown]
    await context.books.behaviour.record(context.principal, down)
    vocabulary = await context.catalog.vocabulary()
    asked = args.asked()
    query, filters = _settled(args, vocabulary)

    async def find(conditions: Filters, limit: int) -> SearchResult:
        return await context.catalog.search(query, conditions, limit=limit, sort=args.sort)

    if not filters.product_types and query and not is_carried(query, await _whole_shop(query, context)):
        empty = Products(items=[], query=query, filters=asked, total=0)
        return ToolResult(records=(empty,), facts={"carried": False, "asked": asked})
    found = await find_current(find, filters, looked_through(args.limit, args.sort, context), context)
    why = None if found.showings else await not_sold([hit.product.product_id for hit in found.result.hits], context)
    if why is not None:
        empty = Products(items=[], query=query, filters=asked, total=0)
        return ToolResult(records=(empty,), facts={"carried": False, "asked": asked, "not_sold": why})
    row, paid = await placed(found, args.limit, args.sort, context)
    showings = _sorted(row, args.sort)
    record = Products(
        items=labelled(items(showings, reasons(showings, filters)), paid),
        query=query,
        filters=asked,
        blocked_by=await blocked(found, filters, context),
        total=found.total,
    )
    facts: dict[str, object] = {"carried": True, "asked": asked}
    if paid:
        facts["sponsored"] = {"product_ids": list(paid), "rule": "Paid places: advise or compare none of them."}
    if any(one.name == "not_ids" for one in found.blocked_by):
        facts["all_shown"] = True
    return ToolResult(records=(record,), facts=facts)


def _settled(args: SearchProducts, vocabulary: Vocabulary) -> tuple[str, Filters]:
    """Return query and filters in the shop's words; kinds it does not have by that name become words of the query.

    "couch" then still finds the sofas, and "car tyre" is found not to be carried instead of leaving nothing.
    """
    filters = in_shop_words(args.filters(not_ids=tuple(dict.fromkeys((*args.not_ids, *args.turned_down)))), vocabulary)
    known = tuple(kind for kind in filters.product_types if kind in vocabulary.product_types)
    strange = [kind for kind in filters.product_types if kind not in known]
    if known or not strange:
        return args.query, replace(filters, product_types=known)
    said = [kind for kind in strange if kind not in fold(args.query)]
    return " ".join([args.query, *said]).strip(), replace(filters, product_types=())


async def _whole_shop(query: str, context: ToolContext) -> SearchResult:
    """Return what the words alone find: under conditions that leave little, they would seem to mean little."""
    return await context.catalog.search(query, Filters(), limit=6)


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
        "For every need and every change of it: all conditions that "
        "still hold, none that was not asked for, the rest in query. blocked_by: what left nothing, and the "
        "nearest without it, which do not fit. facts.carried false: not sold here; all_shown: no more."
    ),
    status="Looking through the shop",
    unlisted=frozenset({"departments", "not_product_types", "not_brands", "limit", "turned_down"}),
)
