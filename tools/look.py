"""Find products by a picture the shopper sent, alone or with words and conditions; what is shown is current."""

from pydantic import Field

from policies.reach import Reach
from retrieval.query import Filters, SearchResult
from tools.arguments import NOT_OF_A_TWIST, FilterArguments, ProductIds
from tools.present import items
from tools.reasons import reasons
from tools.records import Products
from tools.showing import Found, blocked, find_current
from tools.tool import Tool, ToolContext, ToolError, ToolResult
from tools.wording import in_shop_words


class FindByPicture(FilterArguments):
    """A picture of this conversation, what the shopper adds in words, and conditions every product must meet."""

    image_id: str = Field(min_length=1, max_length=64, description="After 'picture:'.")
    words: str = Field(default="", max_length=1000)
    limit: int = Field(default=6, ge=1, le=12)
    not_ids: ProductIds = []


async def find_by_picture(args: FindByPicture, context: ToolContext) -> ToolResult:
    """Return the products that look most like the picture and meet all conditions now."""
    picture = await context.uploads.load(context.principal, args.image_id) if context.uploads else None
    if picture is None:
        raise ToolError(
            "unknown_picture",
            "That picture is not here any more. Please send it again.",
            {"image_id": args.image_id},
        )
    left_out = tuple(dict.fromkeys(args.not_ids))
    filters = in_shop_words(args.filters(not_ids=left_out), await context.catalog.vocabulary())
    asked = args.asked()

    async def find(conditions: Filters, limit: int) -> SearchResult:
        whose = context.principal.subject
        return await context.catalog.find_by_picture(picture, args.words, conditions, limit=limit, whose=whose)

    found = await find_current(find, filters, args.limit, context)
    looked, whole = await context.catalog.looked_at()
    result = found.result
    facts: dict[str, object] = {"asked": asked, "alike": result.alike, "all_looked_at": looked >= whole}
    facts |= {"same": True} if result.same and _still_first(found) else {}
    # What the shopper says it is counts more than the picture: then the least unlike are worth showing.
    shown = found.showings if result.alike or args.words or asked or left_out else ()
    if not shown and found.showings:
        facts["nearest_kind"] = found.showings[0].product.product_type
    record = Products(
        items=items(shown, reasons(shown, filters)),
        query=args.words,
        filters=asked,
        blocked_by=await blocked(found, filters, context),
        relation="picture",
        total=found.total if shown else 0,
    )
    return ToolResult(records=(record,), facts=facts)


def _still_first(found: Found) -> bool:
    """Tell whether the nearest product is still sold, so that it is the first one shown."""
    return bool(found.showings) and found.showings[0].product == found.result.hits[0].product


FIND_BY_PICTURE = Tool(
    name="find_by_picture",
    reach=Reach.READ,
    arguments=FindByPicture,
    run=find_by_picture,
    description=(
        "Products that look like a picture of the shopper's; again with its image_id for changes. facts.alike "
        "false: nothing here looks like it; same true: it shows the first item; all_looked_at false: some are "
        "not looked at yet."
    ),
    status="Looking at your picture",
    unlisted=NOT_OF_A_TWIST | {"not_ids"},
)
