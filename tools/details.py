"""Everything the shop knows about a few shown products: facts, variants with stock, what buyers wrote."""

from pydantic import Field

from policies.money import format_minor
from policies.reach import Reach
from retrieval.query import Filters
from shop.views import StockedOffer
from tools.arguments import Arguments, ProductId
from tools.present import Showing, availability, items
from tools.reasons import reasons
from tools.records import Products
from tools.showing import read_shown
from tools.tool import Tool, ToolContext, ToolResult

_MOST_REVIEWS = 5
_LONGEST_TEXT = 1500  # Characters of a description, and of all other seller text, that reach the model.
_LONGEST_REVIEW = 400


class ProductDetails(Arguments):
    """Which products."""

    product_ids: list[ProductId] = Field(min_length=1, max_length=4)


async def product_details(args: ProductDetails, context: ToolContext) -> ToolResult:
    """Return the pages of shown products and note that the shopper looked at them."""
    showings = await read_shown(args.product_ids, context)
    ids = [showing.product.product_id for showing in showings]
    await context.books.behaviour.viewed(context.principal, ids)
    record = Products(
        items=items(showings, reasons(showings, Filters())),
        relation="details",
        about=ids[0] if len(ids) == 1 else None,
    )
    pages = {showing.product.product_id: _page(showing) for showing in showings}
    facts: dict[str, object] = {"products": pages}
    if len(showings) > 1:
        facts["together"] = {"amount": sum(card.price.amount for card in record.items)}
    untrusted = any(showing.product.description or showing.product.reviews for showing in showings)
    return ToolResult(records=(record,), facts=facts, taints=untrusted)


def _page(showing: Showing) -> dict[str, object]:
    product = showing.product
    return {
        "title": product.title,
        "description": product.description[:_LONGEST_TEXT],
        "attributes": dict(product.attributes),
        "materials": list(product.materials),
        "options": [_option(offer) for offer in showing.offers],
        "rating": None if product.rating is None else round(product.rating, 1),
        "review_count": len(product.reviews),
        "reviews": [
            {"rating": review.rating, "title": review.title, "text": review.text[:_LONGEST_REVIEW]}
            for review in product.reviews[:_MOST_REVIEWS]
        ],
        "untrusted": ["description", "reviews"],
    }


def _option(offer: StockedOffer) -> dict[str, object]:
    return {
        **offer.options,
        "price": format_minor(offer.price, offer.currency),
        "available": offer.available,
        "availability": availability(offer.available),
    }


PRODUCT_DETAILS = Tool(
    name="product_details",
    reach=Reach.READ,
    arguments=ProductDetails,
    run=product_details,
    description="Pages of shown items: measurements, variants, stock, reviews.",
    status="Reading the details",
)
