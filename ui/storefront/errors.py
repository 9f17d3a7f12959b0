"""Errors of addresses nobody serves, as pages for people and as problem documents for programs."""

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from ui.problems import as_problem, respond
from ui.storefront.frame import error_page, wants_page


def install(web: FastAPI) -> None:
    """Make the app answer a browser's request with a page when there is no such address, or when it fails."""

    async def on_error(request: Request, error: Exception) -> Response:
        problem = as_problem(error)
        return await error_page(request, problem) if wants_page(request) else respond(problem)

    for kind in (HTTPException, Exception):
        web.add_exception_handler(kind, on_error)
