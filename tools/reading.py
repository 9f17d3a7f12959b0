"""Read the label in a picture of the shopper's; only sizes, brands, materials, care and prices as seen come back."""

from pydantic import Field

from policies.reach import Reach
from retrieval.label import label_of
from tools.arguments import Arguments
from tools.tool import Tool, ToolContext, ToolError, ToolResult


class ReadPicture(Arguments):
    """A picture of this conversation."""

    image_id: str = Field(min_length=1, max_length=64)


async def read_picture(args: ReadPicture, context: ToolContext) -> ToolResult:
    """Return what the text in a picture tells in a closed schema; a stranger's words taint the turn."""
    picture = await context.uploads.load(context.principal, args.image_id) if context.uploads else None
    if picture is None or context.uploads is None:
        raise ToolError(
            "unknown_picture",
            "That picture is not here any more. Please send it again.",
            {"image_id": args.image_id},
        )
    lines = await context.uploads.reader.read(picture.jpeg)
    label = label_of(lines, await context.catalog.vocabulary())
    return ToolResult(facts={"image_id": args.image_id, "label": label.told()}, taints=bool(lines))


READ_PICTURE = Tool(
    name="read_picture",
    reach=Reach.READ,
    arguments=ReadPicture,
    run=read_picture,
    description="Size, brand, material, care on a picture's label; its prices are not ours.",
    status="Reading your picture",
)
