"""The routes of products' pictures: the demo shop's drawn ones, and a shop's own."""

import asyncio
from enum import IntEnum
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from policies.errors import Refused
from retrieval.demo.drawing.draw import DRAWINGS, VIEWS
from retrieval.photos import PHOTOS, local_file
from ui.openapi import problems
from ui.problems import HttpProblem
from ui.services import Served

router = APIRouter(tags=["pictures"])

_DAY_S = 86_400


class Size(IntEnum):
    """Edges a picture can be had in, pixels."""

    SMALL = 256
    CARD = 480
    PAGE = 800


_PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/webp": {}}}}


@router.get(
    "/pictures/{product_id}.webp",
    operation_id="product_picture",
    response_class=Response,
    responses=_PICTURE | problems(404, 422, 503),
)
async def product_picture(
    product_id: str,
    services: Served,
    colour: Annotated[str | None, Query(max_length=60)] = None,
    view: Annotated[int, Query(ge=0, lt=VIEWS)] = 0,
    size: Size = Size.CARD,
) -> Response:
    """Return a drawn picture of a demo product: `colour` is one of its colours, `size` the edge in pixels."""
    product = (await services.app.catalog.get([product_id])).get(product_id)
    if product is None or product.product_type not in DRAWINGS or (colour and colour not in product.colours):
        raise _nothing()
    return _shown(await services.pictures.picture(product, colour, view, size))


@router.get(
    PHOTOS + "{name:path}",
    operation_id="shop_photo",
    response_class=Response,
    responses=_PICTURE | problems(404, 422, 503),
)
async def shop_photo(name: str, services: Served, size: Size = Size.CARD) -> Response:
    """Return a picture of the folder that AISLE_PHOTOS names, cleaned; each side is at most `size` pixels."""
    file = await asyncio.to_thread(local_file, PHOTOS + quote(name), services.app.settings.photos)
    if file is None:
        raise _nothing()
    try:
        return _shown(await services.pictures.photo(file, size))
    except (OSError, Refused) as error:
        raise _nothing() from error


def _nothing() -> HttpProblem:
    return HttpProblem(404, "unknown_picture", "There is no such picture.")


def _shown(picture: bytes) -> Response:
    # Storefronts of other origins show the shop's products, too.
    headers = {"Cache-Control": f"public, max-age={_DAY_S}", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(picture, media_type="image/webp", headers=headers)
