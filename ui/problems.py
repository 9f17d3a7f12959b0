"""Every error an HTTP client can meet, as RFC 9457 problem documents in plain words."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from policies.errors import Refused, Unavailable

MEDIA_TYPE = "application/problem+json"

# What a refusal of the shop means to an HTTP client; anything else is a conflict with the shop's state.
_REFUSED_STATUS: Mapping[str, int] = {
    "step_up": 401,
    "declined": 402,
    "wrong_digest": 403,
    "wrong_challenge": 403,
    "unknown_quote": 404,
    "unknown_order": 404,
    "unknown_shopper": 404,
    "unknown_case": 404,
    "unknown_session": 404,
    "unknown_board": 404,
    "not_on_board": 404,
    "unknown_product": 422,
    "bad_name": 422,
    "unknown_variant": 404,
    "unknown_line": 404,
    "unknown_order_line": 422,
    "too_many_back": 422,
    "same_variant": 422,
    "same_address": 422,
    "same_payment": 422,
    "other_product": 422,
    "refund_elsewhere": 422,
    "refund_too_much_there": 422,
    "quote_expired": 410,
    "quote_superseded": 410,
    "too_large": 413,
    "not_audio": 422,
    "no_voice": 422,
    "empty_picture": 422,
    "too_many_pixels": 422,
    "too_wide": 422,
    "animated": 422,
    "svg": 422,
    "unsupported_picture": 422,
    "not_a_picture": 422,
    "broken_picture": 422,
    "picture_too_slow": 422,
    "unsuitable_picture": 422,
    "message_too_long": 422,
    "message_empty": 422,
    "unknown_address": 422,
    "unknown_delivery": 422,
    "unknown_payment": 422,
    "coupon_invalid": 422,
    "blocked_goods": 422,
    "fresh_login": 401,
    "rate_limited": 429,
    "cool_down": 429,
    "switched_off": 503,
}
_OWN_MEMBERS = frozenset({"type", "title", "status", "detail", "code"})


class Mistake(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="Where it stands, e.g. 'body.text' or 'header.if-match'.")
    text: str


class Problem(BaseModel):
    """RFC 9457 problem details. Further members carry facts a page may draw, e.g. `old` and `new`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(default="about:blank")
    title: str = Field(description="The HTTP status in words.")
    status: int
    detail: str = Field(description="What happened and what to do instead, in plain words.")
    code: str = Field(description="Stable reason in snake_case.")
    errors: list[Mistake] | None = None


class HttpProblem(Exception):
    """Ends a request with a problem document.

    Args:
        status: HTTP status.
        code: Stable reason in snake_case.
        detail: One or two plain sentences.
        facts: Further members of the document.
    """

    def __init__(self, status: int, code: str, detail: str, facts: Mapping[str, object] | None = None) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.facts = dict(facts or {})
        super().__init__(f"{status} {code}: {detail}")


def not_found() -> HttpProblem:
    """Return the one answer to unknown ids and to other people's: nothing tells them apart."""
    return HttpProblem(404, "not_found", "There is nothing here under that name. Check the id, or start a new session.")


def body_of(status: int, code: str, detail: str, facts: Mapping[str, object] | None = None) -> dict[str, Any]:
    """Return the JSON of a problem document; `facts` never replace its own members."""
    extra = {name: value for name, value in (facts or {}).items() if name not in _OWN_MEMBERS}
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, **extra)  # pyright: ignore[reportArgumentType]  # Extra members are free-form.
    return problem.model_dump(mode="json", exclude_none=True)


def respond(problem: HttpProblem) -> JSONResponse:
    """Return the response that carries the problem."""
    body = body_of(problem.status, problem.code, problem.detail, problem.facts)
    headers = {"Cache-Control": "no-store"} | _telling(problem)
    return JSONResponse(body, problem.status, headers=headers, media_type=MEDIA_TYPE)


def _telling(problem: HttpProblem) -> dict[str, str]:
    """Return the headers by which programs read the problem: when to come back, what to prove."""
    if problem.code == "fresh_login":
        # RFC 9470: the same shopper has to sign in again.
        wanted = f'error="insufficient_user_authentication", max_age="{problem.facts.get("max_age_s")}"'
        return {"WWW-Authenticate": f"Bearer {wanted}"}
    if problem.status == 401:
        return {"WWW-Authenticate": "Bearer"}
    seconds = problem.facts.get("retry_after_s")
    return {} if seconds is None else {"Retry-After": str(seconds)}


def of_refusal(refused: Refused) -> HttpProblem:
    """Return the problem that stands for a refusal of the shop."""
    status = _REFUSED_STATUS.get(refused.code, 409)
    if status == 404:
        return not_found()
    return HttpProblem(status, refused.code, refused.text, refused.facts)


def of_unavailable() -> HttpProblem:
    """Return the problem that stands for a store that cannot be asked: nothing was done."""
    detail = "The shop cannot be reached at the moment, so nothing was changed. Please try again shortly."
    return HttpProblem(503, "unavailable", detail)


def of_validation(errors: Sequence[Mapping[str, Any]]) -> HttpProblem:
    """Return the problem that lists what is wrong with a request, without repeating what was sent."""
    mistakes = [
        Mistake(where=".".join(str(part) for part in error["loc"]), text=str(error["msg"])) for error in errors[:20]
    ]
    if any(error["type"] == "json_invalid" for error in errors):
        return HttpProblem(400, "broken_json", "The body is not valid JSON. Send one JSON object in UTF-8.")
    first = mistakes[0]
    detail = f"The request cannot be read: {first.where}: {first.text}."
    return HttpProblem(422, "invalid_request", detail, {"errors": [mistake.model_dump() for mistake in mistakes]})


def _of_http(error: HTTPException) -> HttpProblem:
    if error.status_code == 404:
        return not_found()
    if error.status_code == 405:
        return HttpProblem(405, "method_not_allowed", "This address does not take that method; see /openapi.json.")
    return HttpProblem(error.status_code, "bad_request", str(error.detail))


def install(app: FastAPI) -> None:
    """Make the app answer every error with a problem document."""

    async def on_problem(_: Request, error: Exception) -> JSONResponse:
        return respond(as_problem(error))

    for kind in (HttpProblem, Refused, Unavailable, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, on_problem)


def as_problem(error: BaseException) -> HttpProblem:
    """Return the problem that stands for any error; a bug says nothing about itself."""
    match error:
        case HttpProblem():
            return error
        case Refused():
            return of_refusal(error)
        case Unavailable():
            return of_unavailable()
        case RequestValidationError():
            return of_validation(error.errors())
        case HTTPException():
            return _of_http(error)
        case _:
            detail = "Something went wrong on our side. Nothing was ordered by this request; please try again."
            return HttpProblem(500, "internal_error", detail)
