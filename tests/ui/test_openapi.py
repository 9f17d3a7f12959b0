"""The OpenAPI document says everything a client needs, and nothing that is not there."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.ui.conftest import Server
from ui.problems import MEDIA_TYPE

pytestmark = pytest.mark.asyncio(loop_scope="module")


def refs(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in refs(value)]
    return [ref for value in node for ref in refs(value)] if isinstance(node, list) else []


async def test_every_route_is_documented(server: Server) -> None:
    paths = server.contract.document["paths"]

    assert set(paths) >= {
        "/healthz",
        "/metrics",
        "/readyz",
        "/v1/operator/catalogue",
        "/v1/operator/offers/{variant_id}",
        "/v1/operator/products/{product_id}/offers",
        "/v1/orders",
        "/v1/orders/{order_id}",
        "/v1/quotes/{quote_id}/approve",
        "/v1/quotes/{quote_id}/decline",
        "/v1/quotes/{quote_id}/render",
        "/v1/sessions",
        "/v1/sessions/{session_id}",
        "/v1/sessions/{session_id}/cart",
        "/v1/sessions/{session_id}/cart/lines",
        "/v1/sessions/{session_id}/cart/undo",
        "/v1/sessions/{session_id}/checkout",
        "/v1/sessions/{session_id}/events",
        "/v1/sessions/{session_id}/quotes",
        "/v1/sessions/{session_id}/turns",
    }


async def test_operations_have_names_summaries_and_problem_documents(server: Server) -> None:
    operations = [each for path in server.contract.document["paths"].values() for each in path.values()]

    assert len({each["operationId"] for each in operations}) == len(operations)
    for each in operations:
        assert each["description"]
        for status, response in each["responses"].items():
            assert response["description"]
            if int(status) >= 400:
                assert list(response["content"]) == [MEDIA_TYPE]


async def test_every_reference_leads_somewhere_and_every_schema_is_one(server: Server) -> None:
    document = server.contract.document
    schemas = document["components"]["schemas"]

    assert {ref.removeprefix("#/components/schemas/") for ref in refs(document)} <= set(schemas)
    assert "HTTPValidationError" not in schemas
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


async def test_streams_name_their_events(server: Server) -> None:
    turns = server.contract.document["paths"]["/v1/sessions/{session_id}/turns"]["post"]

    stream = turns["responses"]["200"]["content"]["text/event-stream"]
    assert {"status", "text", "products", "comparison", "cart", "quote", "order", "notice", "error", "done"} <= set(
        stream["x-events"]
    )


async def test_events_of_a_conversation_keep_to_their_schemas(server: Server) -> None:
    document = server.contract.document
    paths = document["paths"]["/v1/sessions/{session_id}/turns"]["post"]
    schemas = paths["responses"]["200"]["content"]["text/event-stream"]["x-events"]
    ada = await server.shopper()

    events = [event for text in ("a walnut desk", "add the first one", "buy it") for event in await ada.say(text)]

    assert {"products", "cart", "quote"} <= {event.event for event in events}
    for event in events:
        Draft202012Validator({"components": document["components"], **schemas[event.event]}).validate(event.data)


async def test_the_document_is_served(server: Server) -> None:
    assert (await server.http.get("/openapi.json")).json() == server.contract.document
