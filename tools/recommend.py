"""Products by likeness: similar to one, going with one, or for what this shopper viewed and added."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from policies.reach import Reach
from policies.words import plain
from retrieval.product import Product
from retrieval.query import Filters, Liking, SearchResult
from shop.events import Event
from tools.arguments import NOT_OF_A_TWIST, Arguments, FilterArguments, Price, ProductId, ProductIds, Words
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
    """A shown product, further ones to be like and some not to be like, and conditions the others must meet."""

    product_id: ProductId
    more_like: ProductIds = []
    less_like: ProductIds = []
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
    not_ids: ProductIds = Field(default=[], description="Shown and turned down.")


async def similar_to(args: SimilarTo, context: ToolContext) -> ToolResult:
    """Return products like a shown one and less like others, never these themselves, that meet the conditions now."""
    like = tuple(dict.fromkeys((args.product_id, *args.more_like)))
    unlike = tuple(each for each in dict.fromkeys(args.less_like) if each not in like)
    anchor, *others = await read_shown([*like, *unlike], context)
    filters = in_shop_words(args.filters(not_ids=(*like, *unlike)), await context.catalog.vocabulary())

    async def find(conditions: Filters, limit: int) -> SearchResult:
        if like[1:] or unlike:
            return await context.catalog.more_like(Liking(like, unlike), conditions, limit=limit)
        return await context.catalog.similar_to(args.product_id, conditions, limit=limit)

    found = await find_current(find, filters, args.limit, context)
    against = others[len(like) - 1 :]
    record = Products(
        items=items(found.showings, likeness(found.showings, anchor, against)),
        filters=args.asked(),
        blocked_by=await blocked(found, filters, context),
        relation="similar",
        about=args.product_id,
    )
    facts: dict[str, object] = {"about": anchor.product.title, "asked": args.asked()}
    if against:
        facts["less_like"] = [one.product.title for one in against]
    return ToolResult(records=(record,), facts=facts)


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
        items=items(found.showings, _pairing(found.showings, filters, anchor, context)),
        filters=asked,
        blocked_by=await blocked(found, filters, context),
        relation="goes_with",
        about=args.product_id,
    )
    return ToolResult(records=(record,), facts={"about": anchor.product.title, "asked": asked})


async def recommend_for_me(args: RecommendForMe, context: ToolContext) -> ToolResult:
    """Return products for what this shopper viewed and added; well-reviewed ones when that is nothing yet."""
    down = [Event("dismiss", product_id, "chat") for product_id in args.not_ids if product_id in context.shown]
    await context.books.behaviour.record(context.principal, down)
    told = await context.books.behaviour.told(context.principal)
    owned = await context.books.behaviour.owned(context.principal)
    liked = told.liked[:_RECENT]
    gone = tuple(dict.fromkeys((*told.dismissed, *owned)))
    wanted = Filters(product_types=tuple(args.product_types), price_max=args.price_max, not_ids=gone)
    filters = in_shop_words(wanted, await context.catalog.vocabulary())

    async def find(conditions: Filters, limit: int) -> SearchResult:
        return await context.catalog.recommend(Liking(liked, told.dismissed), conditions, limit=limit)

    found = await find_current(find, filters, args.limit, context)
    known = await context.catalog.get(liked)
    basis = [known[product_id] for product_id in liked if product_id in known]
    asked = args.model_dump(include={"product_types", "price_max"}, exclude_defaults=True)
    whys = _learned_first(found.showings, taste(found.showings, filters, basis), known, context)
    record = Products(
        items=items(found.showings, whys),
        filters=asked,
        blocked_by=await blocked(found, filters, context),
        relation="recommended",
    )
    facts: dict[str, object] = {"based_on": [product.title for product in basis[:3]], "asked": asked}
    return ToolResult(records=(record,), facts=facts)


def _pairing(showings: tuple[Showing, ...], filters: Filters, anchor: Showing, context: ToolContext) -> list[str]:
    """Return reasons that say first which pairings are the shop's own, and which others bought."""
    learned = context.catalog.taste.served()
    bought = learned.along(anchor.product.product_id) if learned else []
    said = dict.fromkeys(bought, "bought together by others") | dict.fromkeys(
        anchor.product.complements, "paired by the shop"
    )
    whys = reasons(showings, filters)
    return [_first(said.get(s.product.product_id, ""), why) for s, why in zip(showings, whys, strict=True)]


def _learned_first(
    showings: tuple[Showing, ...], whys: Sequence[str], basis: Mapping[str, Product], context: ToolContext
) -> list[str]:
    """Return reasons that say first what of the shopper's own speaks for a product, as others' choices have it."""
    learned = context.catalog.taste.served()
    if learned is None:
        return list(whys)
    answer: list[str] = []
    for showing, why in zip(showings, whys, strict=True):
        because = learned.because(list(basis), showing.product.product_id)
        said = ""
        if because is not None:
            title = plain(basis[because.product_id].title)
            said = f"bought with the {title} by others" if because.bought else f"chosen by others who liked the {title}"
        answer.append(_first(said, why))
    return answer


def _first(said: str, why: str) -> str:
    return ", ".join(part for part in (said, why) if part)


SIMILAR_TO = Tool(
    name="similar_to",
    reach=Reach.READ,
    arguments=SimilarTo,
    run=similar_to,
    description="Others like a shown one, or with a twist ('cheaper', 'in black').",
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
