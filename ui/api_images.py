"""Routes of a conversation's pictures: send one, see what was kept of it, take it back."""

from typing import Any

from fastapi import APIRouter, Request, Response

from retrieval.picture import CleanedPicture
from retrieval.region import Region, cut, with_surroundings
from retrieval.regions import propose
from ui.bodies import ImageKept, PictureRegion, SeenRegion
from ui.identity import OfSession
from ui.openapi import problems
from ui.problems import not_found
from ui.receiving import receive_picture
from ui.services import Served

router = APIRouter(prefix="/v1/sessions", tags=["conversation"])

_SCHEMA = {"type": "object", "properties": {"image": {"type": "string", "format": "binary"}}, "required": ["image"]}
_MULTIPART: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _SCHEMA}}}
}
_JPEG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}}}}


@router.post(
    "/{session_id}/images",
    status_code=201,
    operation_id="send_picture",
    openapi_extra=_MULTIPART,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
)
async def send_picture(request: Request, principal: OfSession, services: Served) -> ImageKept:
    """Send a picture (JPEG, PNG or WebP, up to 10 MB) to name in a turn's `image_ids`.

    It is decoded apart from everything else, turned upright, made smaller where needed and written anew without any
    of its metadata; only that copy is kept, for a day. `notices` say what was changed, `regions` where several things
    stand out, each of which can be sent alone (`part`).
    """
    services.app.pace.picture(principal)
    headers = request.headers
    data = await receive_picture(headers.get("content-type", ""), headers.get("content-length", ""), request.stream())
    picture = await services.app.cleaner.clean(data)
    image_id = await services.app.uploads.keep(principal, picture)
    return ImageKept(
        image_id=image_id,
        width=picture.width,
        height=picture.height,
        notices=list(picture.notices),
        regions=await _several(picture),
    )


@router.post(
    "/{session_id}/images/{image_id}/part",
    status_code=201,
    operation_id="cut_picture",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 429, 503),
)
async def cut_picture(image_id: str, region: PictureRegion, principal: OfSession, services: Served) -> ImageKept:
    """Keep a part of one of the shopper's own pictures as a picture of its own, to name in a turn instead of it."""
    services.app.pace.picture(principal)
    whole = await services.app.uploads.load(principal, image_id)
    if whole is None:
        raise not_found()
    part = await cut(whole, Region(**region.model_dump()))
    kept_as = await services.app.uploads.keep(principal, part)
    return ImageKept(image_id=kept_as, width=part.width, height=part.height, notices=[])


async def _several(picture: CleanedPicture) -> list[SeenRegion]:
    """Return where the things are in a picture of several; nothing is to be chosen in a picture of one."""
    found = await propose(picture.jpeg)
    around = [with_surroundings(region) for region in found if len(found) > 1]
    return [SeenRegion(left=each.left, top=each.top, width=each.width, height=each.height) for each in around]


@router.get(
    "/{session_id}/images/{image_id}",
    operation_id="see_picture",
    response_class=Response,
    responses=_JPEG | problems(401, 403, 404, 503),
)
async def see_picture(image_id: str, principal: OfSession, services: Served) -> Response:
    """Return the picture as it was kept, to its own shopper only."""
    picture = await services.app.uploads.load(principal, image_id)
    if picture is None:
        raise not_found()
    headers = {"Cache-Control": "private, max-age=3600", "Content-Disposition": "inline; filename=picture.jpg"}
    return Response(picture.jpeg, media_type="image/jpeg", headers=headers)


@router.delete(
    "/{session_id}/images/{image_id}",
    status_code=204,
    operation_id="take_back_picture",
    response_class=Response,
    responses=problems(401, 403, 404, 503),
)
async def take_back_picture(image_id: str, principal: OfSession, services: Served) -> Response:
    """Remove one of the shopper's own pictures at once; turns that were about it say from then on that it is gone."""
    if not await services.app.uploads.take_back(principal, image_id):
        raise not_found()
    return Response(status_code=204)
