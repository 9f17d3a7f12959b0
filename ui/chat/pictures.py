"""The way of a shopper's picture into the chat: received, cleaned and kept by us; Chainlit never holds its bytes."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from policies.errors import Refused, Unavailable
from policies.principal import Principal
from ui.chat.loading import Chainlit
from ui.chat.serving import principal_in
from ui.problems import HttpProblem, as_problem, not_found
from ui.receiving import receive_picture
from ui.services import Services
from ui.visitor import visitor_from

# A page can send a picture before its connection stands; how often and how long apart it is looked for, seconds.
_LOOKS, _APART_S = 20, 0.15


class Pictures:
    """Takes pictures for a connection of the visitor's own and shows them to nobody else."""

    def __init__(self, services: Services, chainlit: Chainlit) -> None:
        self._services = services
        self._chainlit = chainlit

    async def keep(self, request: Request) -> Response:
        """Clean and keep one picture for the next message of a connection."""
        try:
            return JSONResponse(await self._kept(request))
        except (HttpProblem, Refused, Unavailable) as error:
            # The composer shows `detail` of plain JSON only.
            problem = as_problem(error)
            return JSONResponse({"detail": problem.detail}, problem.status, headers={"Cache-Control": "no-store"})

    async def show(self, request: Request) -> Response:
        """Serve a picture as it was kept, to its own shopper only."""
        visitor = visitor_from(self._services, request.cookies)
        thread_id = request.query_params.get("thread", "")
        if visitor is None:
            return JSONResponse({"detail": not_found().detail}, 404)
        principal = principal_in(visitor, thread_id)
        picture = await self._services.app.uploads.load(principal, request.path_params["image_id"])
        if picture is None:
            return JSONResponse({"detail": not_found().detail}, 404)
        headers = {"Cache-Control": "private, max-age=3600", "Content-Disposition": "inline; filename=picture.jpg"}
        return Response(picture.jpeg, media_type="image/jpeg", headers=headers)

    async def _kept(self, request: Request) -> dict[str, str]:
        principal = await self._speaker(request)
        self._services.app.pace.picture(principal)
        headers = request.headers
        length = headers.get("content-length", "")
        data = await receive_picture(headers.get("content-type", ""), length, request.stream())
        picture = await self._services.app.cleaner.clean(data)
        return {"id": await self._services.app.uploads.keep(principal, picture)}

    async def _speaker(self, request: Request) -> Principal:
        visitor = visitor_from(self._services, request.cookies)
        if visitor is None:
            raise HttpProblem(401, "unauthorised", "Your visit has ended. Reload the page to go on.")
        adapter = await self._chainlit.adapter()
        for _ in range(_LOOKS):
            thread_id = adapter.thread_of_connection(request.query_params.get("session_id", ""), visitor.subject)
            if thread_id is not None:
                return principal_in(visitor, thread_id)
            await asyncio.sleep(_APART_S)
        raise not_found()
