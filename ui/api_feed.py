"""The whole catalogue as a feed of our own format, for the operator."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from retrieval.feeds.jsonl import feed_line
from retrieval.product import CatalogueEntry, Offer, Product
from shop.views import StockedOffer
from tools.stocking import as_offer
from ui.identity import Operator
from ui.openapi import problems
from ui.services import Served, Services

router = APIRouter(prefix="/v1/operator", tags=["operator"])

_PAGE = 200


class FeedStream(StreamingResponse):
    """JSON lines."""

    media_type = "application/jsonl"


@router.get(
    "/catalogue/feed",
    operation_id="read_feed",
    response_class=FeedStream,
    responses={200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}}, **problems(401, 403, 503)},
)
async def read_feed(operator: Operator, services: Served) -> FeedStream:
    """Read every product with its offers as an import takes them; stock is what lies in the shop."""
    return FeedStream(_lines(services))


async def _lines(services: Services) -> AsyncIterator[str]:
    app = services.app
    products = await app.catalog.products()
    for start in range(0, len(products), _PAGE):
        some = products[start : start + _PAGE]
        offers = await app.books.offers.of_products([product.product_id for product in some])
        for product in some:
            stated = tuple(_stated(offer, product) for offer in offers.get(product.product_id, []))
            yield feed_line(CatalogueEntry(product=product, offers=stated))


def _stated(offer: StockedOffer, product: Product) -> Offer:
    """Return the offer as an import takes it, which counts promised units among the stock."""
    own = offer.image_url if offer.image_url != product.image_url else None
    return as_offer(offer).model_copy(update={"stock": offer.on_hand, "image_url": own})
