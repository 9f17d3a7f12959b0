"""The operator's look over the catalogue: what should be mended, and what shoppers looked for in vain."""

import asyncio

from fastapi import APIRouter
from pydantic import BaseModel, Field

from retrieval.doubles import doubles
from retrieval.quality import Finding, Listed, quality
from tools.stocking import as_offer
from ui.identity import Operator
from ui.openapi import problems
from ui.services import Served

router = APIRouter(prefix="/v1/operator", tags=["operator"])


class SearchTold(BaseModel):
    """Words that shoppers' searches found nothing for, and how often."""

    query: str
    times: int


class QualityTold(BaseModel):
    """Everything that was found in the catalogue."""

    products: int
    variants: int
    pictures_looked_at: int = Field(description="Products whose pictures could be compared with all others.")
    findings: list[Finding]
    searches_without_result: list[SearchTold]


@router.get("/catalogue/quality", operation_id="read_quality", responses=problems(401, 403, 503))
async def read_quality(operator: Operator, services: Served) -> QualityTold:
    """Look the catalogue over. Takes some seconds for a large one."""
    app = services.app
    products = await app.catalog.products()
    offers = await app.books.offers.of_products([product.product_id for product in products])
    listed = [Listed(p, [as_offer(offer) for offer in offers.get(p.product_id, [])]) for p in products]
    searches = await app.books.conversations.searches_without_result()
    return QualityTold(
        products=len(products),
        variants=sum(len(one.offers) for one in listed),
        pictures_looked_at=(await app.catalog.looked_at())[0],
        findings=await asyncio.to_thread(quality, listed, await doubles(app.catalog)),
        searches_without_result=[SearchTold(query=query, times=times) for query, times in searches],
    )
