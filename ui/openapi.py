"""The OpenAPI document: problem documents for errors, and the events that streams carry."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from assistant.events import Done, Status, Text
from tools.records import Board, Boards, Cart, Comparison, Notice, Order, Orders, Products, Quote, Things
from ui.problems import MEDIA_TYPE, Problem

_DESCRIPTION = """\
Aisle is a self-hosted conversational shopping assistant.

Begin a session, send turns, draw the events that stream back. A purchase happens only when the shopper presses
a card that was rendered for them: `render`, then `approve` with the digest and challenge of that rendering.

Errors are RFC 9457 problem documents. Money is `{amount, currency}` in integer minor units.
"""

_MEANING = {
    400: "The body cannot be read.",
    401: "No valid token was presented, or the shopper has to sign in again first.",
    402: "The payment was declined; nothing was ordered.",
    403: "The token does not allow this.",
    404: "Unknown, or someone else's: the answer is the same.",
    409: "The shop's state does not allow this now; facts say what changed.",
    410: "The quote has expired or was replaced by a newer one.",
    412: "The cart changed since the version named in If-Match.",
    413: "The request is too large.",
    415: "The body is of a kind that is not read here.",
    422: "The request is understood but wrong.",
    428: "If-Match is missing.",
    429: "Too much at once; Retry-After says when to come back.",
    503: "A part of the shop cannot be asked; nothing was done.",
}

# The data of each event a stream can carry, in order of appearance in a turn.
STREAM_EVENTS: dict[str, Any] = {
    "status": Status,
    "text": Text,
    "things": Things,
    "products": Products,
    "comparison": Comparison,
    "cart": Cart,
    "quote": Quote,
    "order": Order,
    "orders": Orders,
    "board": Board,
    "boards": Boards,
    "notice": Notice,
    "error": Problem,
    "done": Done,
}

_EXAMPLE = (
    'event: status\nid: 1\ndata: {"step":"Looking through the shop"}\n\n'
    'event: text\nid: 2\ndata: {"delta":"Two of our walnut desks fit."}\n\n'
    'event: done\nid: 3\ndata: {"turn_id":"t_1","seconds":0.08}\n\n'
)

STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `event: NAME`, `id: SEQ`, `data: JSON`, an empty line. "
        "Comments keep the stream alive. `x-events` names the schema of each event's data.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documented problem responses of a route."""
    return {status: {"model": Problem, "description": _MEANING[status]} for status in statuses}


def document(app: FastAPI) -> dict[str, Any]:
    """Return the app's OpenAPI document, built once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title="Aisle", version=app.version, description=_DESCRIPTION, routes=app.routes, tags=app.openapi_tags
        )
        _add_stream_schemas(schema)
        for path in schema["paths"].values():
            for operation in path.values():
                _mend(operation)
        schema["components"]["schemas"].pop("HTTPValidationError", None)
        schema["components"]["schemas"].pop("ValidationError", None)
        app.openapi_schema = schema
    return app.openapi_schema


def _add_stream_schemas(schema: dict[str, Any]) -> None:
    models = [(model, "serialization") for model in STREAM_EVENTS.values()]
    _, definitions = models_json_schema(models, ref_template="#/components/schemas/{model}")  # pyright: ignore[reportArgumentType]  # The mode is one of its literals.
    for name, definition in definitions["$defs"].items():
        schema["components"]["schemas"].setdefault(name, definition)


def _mend(operation: dict[str, Any]) -> None:
    """Serve problems under their own media type, and name the events of streams."""
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if status.isdigit() and int(status) >= 400:
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
            if status == "422":
                response["description"] = _MEANING[422]
        if "text/event-stream" in content:
            content["text/event-stream"]["x-events"] = {
                name: {"$ref": f"#/components/schemas/{model.__name__}"} for name, model in STREAM_EVENTS.items()
            }
