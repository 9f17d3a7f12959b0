"""Products by likeness: similar to one, going with one, or for what this shopper viewed and added."""

from pydantic import Field

from policies.reach import Reach
from retrieval.query import Filters, SearchResult
from tools.arguments import NOT_OF_A_TWIST, Arguments, FilterArguments, Price, ProductId, Words
from tools.present import Showing, items
from tools.reasons import likeness, reasons, taste
from tools.records import Products
from tools.showing import blocked, find_current, read_shown
from tools.tool import Tool, ToolContext, ToolResult
from tools.wording import in_shop_words

Limit = int
_RECENT = 20
_LIMIT = Field(default=6, ge=1, le=12)


class SimilarTo(FilterArguments):
    """A shown product, and conditions the others must meet."""

    product_id: ProductId
    limit: Limit = _LIMIT


class GoesWith(Arguments):
    """A shown product, and what should go with it."""

    product_id: ProductId
    product_types: Words = Field(default=[])
    colours: Words = Field(default=[])
    price_max: Price | None = None
    limit: Limit = _LIMIT


class RecommendForMe(Arguments):
    """What kind of thing, if the shopper said."""

    product_types: Words = Field(default=[])
    price_max: Price | None = None
    limit: Limit = _LIMIT


async def similar_to(args: SimilarTo, context: ToolContext) -> ToolResult:
    """Return products like a shown one, never itself, that meet the conditions now."""
    (anchor,) = await read_shown([args.product_id], context)
    filters = in_shop_words(args.filters(not_ids=(args.product_id,)), await context.catalog.vocabulary())

    async def find(conditions: Filters, limit: int) -> SearchResult:
        return await context.catalog.similar_to(args.product_id, conditions, limit=limit)

    found = await find_current(find, filters, args.limit, context)
    record = Products(
        items=items(found.showings, likeness(found.showings, anchor)),
        filters=args.asked(),
        blocked_by=await blocked(found, filters, context),
        relation="similar",
        about=args.product_id,
    )
    return ToolResult(records=(record,), facts={"about": anchor.product.title, "asked": args.asked()})


async def goes_with(args: GoesWith, context: ToolContext) -> ToolResult:
    """Return products that go with a shown one: the merchant's own links first."""
    (anchor,) = await read_shown([args.product_id], context)
    wanted = Filters(
        product_types=tuple(args.product_types),
        colours=tuple(args.colours),
        price_max=args.price_max,
        not_ids=(args.product_id,),
    )
    filters = in_shop_words(wanted, await context.catalog.vocabulary())

    async def find(conditions: Filters, limit: int) -> SearchResult:
        return await context.catalog.goes_with(args.product_id, conditions, limit=limit)

    found = await find_current(find, filters, args.limit, context)
    asked = args.model_dump(include={"product_types", "colours", "price_max"}, exclude_defaults=True)
    record = Products(
        items=items(found.showings, _pairing(found.showings, filters, anchor)),
        filters=asked,
        blocked_by=await blocked(found, filters, context),
        relation="goes_with",
        about=args.product_id,
    )
    return ToolResult(records=(record,), facts={"about": anchor.product.title, "asked": asked})


async def recommend_for_me(args: RecommendForMe, context: ToolContext) -> ToolResult:
    """Return products for what this shopper viewed and added; well-reviewed ones when that is nothing yet."""
    liked = (await context.books.behaviour.told(context.principal)).liked[:_RECENT]
    wanted = Filters(product_types=tuple(args.product_types), price_max=args.price_max)
    filters = in_shop_words(wanted, await context.catalog.vocabulary())

    async def find(conditions: Filters, limit: int) -> SearchResult:
        return await context.catalog.recommend(liked, conditions, limit=limit)

    found = await find_current(find, filters, args.limit, context)
    known = await context.catalog.get(liked)
    basis = [known[product_id] for product_id in liked if product_id in known]
    asked = args.model_dump(include={"product_types", "price_max"}, exclude_defaults=True)
    record = Products(
        items=items(found.showings, taste(found.showings, filters, basis)),
        filters=asked,
        blocked_by=await blocked(found, filters, context),
        relation="recommended",
    )
    facts: dict[str, object] = {"based_on": [product.title for product in basis[:3]], "asked": asked}
    return ToolResult(records=(record,), facts=facts)


def _pairing(showings: tuple[Showing, ...], filters: Filters, anchor: Showing) -> list[str]:
    """Return reasons that say first which pairings are the shop's own."""
    own = set(anchor.product.complements)
    return [
        ", ".join(part for part in ("paired by the shop" if s.product.product_id in own else "", why) if part)
        for s, why in zip(showings, reasons(showings, filters), strict=True)
    ]


SIMILAR_TO = Tool(
    name="similar_to",
    reach=Reach.READ,
    arguments=SimilarTo,
    run=similar_to,
    description="Others like a shown item, also with a twist ('cheaper', 'in black') as conditions.",
    status="Looking for similar things",
    unlisted=NOT_OF_A_TWIST,
)
GOES_WITH = Tool(
    name="goes_with",
    reach=Reach.READ,
    arguments=GoesWith,
    run=goes_with,
    description="What goes with a shown item: a lamp for the desk.",
    status="Looking for what goes with it",
    unlisted=frozenset({"limit"}),
)
RECOMMEND_FOR_ME = Tool(
    name="recommend_for_me",
    reach=Reach.READ,
    arguments=RecommendForMe,
    run=recommend_for_me,
    description="Suggestions for this shopper, when they name no need.",
    status="Choosing something for you",
    unlisted=frozenset({"limit"}),
)
