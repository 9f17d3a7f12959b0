"""Find products by a picture the shopper sent, alone or with words and conditions; what is shown is current."""

from pydantic import Field

from policies.reach import Reach
from retrieval.picture import CleanedPicture
from retrieval.query import Filters, Liking, SearchResult
from tools.arguments import NOT_OF_A_TWIST, FilterArguments, Price, ProductIds
from tools.present import items
from tools.records import Products, Record
from tools.shop_look import within
from tools.showing import Found, blocked, find_current, read_shown
from tools.sight import Sight, outlined, sighted, together, whys
from tools.tool import Tool, ToolContext, ToolError, ToolResult
from tools.wording import in_shop_words


class FindByPicture(FilterArguments):
    """A picture of this conversation, what the shopper adds in words, and conditions every product must meet."""

    image_id: str = Field(min_length=1, max_length=64, description="After 'picture:'.")
    region: int | None = Field(default=None, ge=-6, le=6, description="1 left, -1 right, 0 middle.")
    together: Price | None = Field(default=None, description="For one of each.")
    words: str = Field(default="", max_length=1000)
    more_like: ProductIds = []
    less_like: ProductIds = []
    limit: int = Field(default=6, ge=1, le=12)
    not_ids: ProductIds = []


async def find_by_picture(args: FindByPicture, context: ToolContext) -> ToolResult:
    """Return the products that look most like the picture, or like one thing in it, and meet all conditions now."""
    picture = await _picture(args, context)
    left_out, whose = tuple(dict.fromkeys(args.not_ids)), context.principal.subject
    examples = await _examples(args, context)
    seen = (*left_out, *examples.liked, *examples.unlike)
    filters = in_shop_words(args.filters(not_ids=seen), await context.catalog.vocabulary())
    sight = await sighted(context.catalog, picture, args.region, filters, whose)
    if args.together is not None and len(sight.meant) > 1:
        return await within(sight, args.together, args.image_id, filters, context)
    by_looks, apart = context.catalog.find_by_picture, list[SearchResult]()

    async def find(conditions: Filters, limit: int) -> SearchResult:
        looks = [
            await by_looks(part, args.words, conditions, limit=limit, whose=whose, beside=examples)
            for part in sight.parts
        ]
        apart[:] = apart or looks
        return together(looks, limit)

    found = await find_current(find, filters, args.limit, context)
    asked = args.asked()
    # What the shopper says it is counts more than the picture: then the least unlike are worth showing.
    shown = found.showings if found.result.alike or args.words or asked or left_out or sight.meant else ()
    facts = await _facts(found, asked, context)
    if not shown and found.showings:
        facts["nearest_kind"] = found.showings[0].product.product_type
    record = Products(
        items=items(shown, whys(shown, filters)),
        query=args.words,
        filters=asked,
        blocked_by=await blocked(found, filters, context),
        relation="picture",
        total=found.total if shown else 0,
    )
    records: tuple[Record, ...] = (record,)
    if len(sight.meant) > 1:
        facts["things"] = _told(sight, apart, record)
        records = (outlined(args.image_id, sight.things), record)
    return ToolResult(records=records, facts=facts)


async def _picture(args: FindByPicture, context: ToolContext) -> CleanedPicture:
    picture = await context.uploads.load(context.principal, args.image_id) if context.uploads else None
    if picture is None:
        raise ToolError(
            "unknown_picture",
            "That picture is not here any more. Please send it again.",
            {"image_id": args.image_id},
        )
    return picture


async def _examples(args: FindByPicture, context: ToolContext) -> Liking:
    """Return the shown products that are examples beside the picture."""
    examples = Liking(args.more_like, args.less_like)
    if examples != Liking([], []):
        await read_shown((*examples.liked, *examples.unlike), context)
    return examples


async def _facts(found: Found, asked: dict[str, object], context: ToolContext) -> dict[str, object]:
    looked, whole = await context.catalog.looked_at()
    facts: dict[str, object] = {"asked": asked, "alike": found.result.alike, "all_looked_at": looked >= whole}
    return facts | ({"same": True} if found.result.same and _still_first(found) else {})


def _told(sight: Sight, apart: list[SearchResult], record: Products) -> list[dict[str, object]]:
    """Return each thing that was looked for with the first product shown for it, "" for none."""
    shown = {item.product_id for item in record.items}
    told: list[dict[str, object]] = []
    for thing, result in zip(sight.meant, apart, strict=True):
        ids = [hit.product.product_id for hit in result.hits if hit.product.product_id in shown]
        told.append({"region": thing.number, "kind": thing.kind, "first": ids[0] if ids else ""})
    return told


def _still_first(found: Found) -> bool:
    """Tell whether the nearest product is still sold, so that it is the first one shown."""
    return bool(found.showings) and found.showings[0].product == found.result.hits[0].product


FIND_BY_PICTURE = Tool(
    name="find_by_picture",
    reach=Reach.READ,
    arguments=FindByPicture,
    run=find_by_picture,
    description=(
        "What looks like a shopper's picture; again with its id to change. facts.alike false: nothing; "
        "same: the first is it; all_looked_at false: not all yet; things: in it, each with its first."
    ),
    status="Looking at your picture",
    unlisted=NOT_OF_A_TWIST | {"not_ids", "more_like"},
)
