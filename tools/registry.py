"""Every tool the planner may call, in one list; their schemas for a model; arguments checked before anything runs."""

from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tools.arguments import Arguments
from tools.boards import BOARDS
from tools.cart import ADD_TO_CART, CHANGE_CART, UNDO_CART, VIEW_CART
from tools.checkout import PREPARE_QUOTE
from tools.compare import COMPARE_PRODUCTS
from tools.details import PRODUCT_DETAILS
from tools.hand_over import HAND_TO_PERSON, MY_CASES
from tools.help import STORE_POLICY
from tools.look import FIND_BY_PICTURE
from tools.memory import FORGET, REMEMBER
from tools.order_changes import REQUEST_ORDER_CHANGE
from tools.orders import MY_ORDERS
from tools.reading import READ_PICTURE
from tools.recommend import GOES_WITH, RECOMMEND_FOR_ME, SIMILAR_TO
from tools.search import SEARCH_PRODUCTS
from tools.tool import Tool, ToolContext, ToolError, ToolResult

__all__ = ["TOOLS", "Tool", "ToolContext", "ToolError", "ToolResult", "parse_arguments", "tool_schemas"]

# The order is part of the prompt's byte-stable prefix: add at the end.
_REGISTERED = (
    SEARCH_PRODUCTS,
    SIMILAR_TO,
    GOES_WITH,
    RECOMMEND_FOR_ME,
    PRODUCT_DETAILS,
    COMPARE_PRODUCTS,
    VIEW_CART,
    ADD_TO_CART,
    CHANGE_CART,
    UNDO_CART,
    PREPARE_QUOTE,
    MY_ORDERS,
    STORE_POLICY,
    FIND_BY_PICTURE,
    REQUEST_ORDER_CHANGE,
    REMEMBER,
    FORGET,
    HAND_TO_PERSON,
    MY_CASES,
    BOARDS,
    READ_PICTURE,
)
TOOLS: dict[str, Tool] = {tool.name: tool for tool in _REGISTERED}

Schema = dict[str, Any]
_TOLD = ("type", "enum", "items", "description")  # of a property's schema
_LONGEST_ECHO = 60  # Characters of a wrong value that an error repeats.


def tool_schemas(*, nullable: bool = False) -> list[Schema]:
    """Return the tools in OpenAI function format, the same bytes every time.

    They are short, since every conversation starts with them: bounds are not told but checked (`parse_arguments`).
    `strict` has endpoints that can write arguments by the schema's grammar.

    Args:
        nullable: Write them for services that demand every property to be required; what may be left out is then
            nullable instead, and null means not given.
    """
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "strict": True,
                "parameters": _parameters(tool, nullable),
            },
        }
        for tool in TOOLS.values()
    ]


def parse_arguments(tool: Tool, raw: object) -> Arguments:
    """Check what the planner filled in; null for an optional argument means that it was not given.

    Raises:
        ToolError: "bad_arguments", naming the first wrong field, what is allowed there, and all wrong fields in facts.
    """
    if not isinstance(raw, Mapping):
        raise ToolError("bad_arguments", f"{tool.name} takes a JSON object.", {"allowed": _names(tool)})
    given = {str(name): value for name, value in cast("Mapping[object, object]", raw).items() if value is not None}
    try:
        return tool.arguments.model_validate(given)
    except ValidationError as error:
        wrong = [_described(detail) for detail in error.errors(include_url=False)[:5]]
        text = f"{tool.name}: {wrong[0]['field']}: {wrong[0]['problem']}."
        raise ToolError("bad_arguments", text, {"wrong": wrong, "allowed": _names(tool)}) from error


def _described(detail: ErrorDetails) -> dict[str, str]:
    """Say which field is wrong and what it must be, repeating no more than the start of what was given."""
    field = ".".join(str(part) for part in detail["loc"])[:_LONGEST_ECHO] or "arguments"
    problem = detail["msg"].removeprefix("Value error, ")
    if detail["type"] not in ("missing", "extra_forbidden", "value_error"):
        problem = f"{problem}, not {str(detail['input'])[:_LONGEST_ECHO]!r}"
    return {"field": field, "problem": problem}


def _names(tool: Tool) -> list[str]:
    return list(tool.arguments.model_fields)


def _parameters(tool: Tool, nullable: bool) -> Schema:
    """Return the JSON schema of a tool's arguments: no references, titles, bounds or prose of ours."""
    schema = tool.arguments.model_json_schema()
    listed = {name: part for name, part in schema.get("properties", {}).items() if name not in tool.unlisted}
    return _plain({**schema, "properties": listed}, schema.get("$defs", {}), nullable)


def _plain(schema: Schema, definitions: Schema, nullable: bool) -> Schema:
    """Return a schema with references inlined; optional properties without null, or required with it."""
    if "$ref" in schema:
        target = cast(Schema, definitions[str(schema["$ref"]).rpartition("/")[2]])
        return _plain({**target, **{k: v for k, v in schema.items() if k != "$ref"}}, definitions, nullable)
    if schema.get("type") == "object":
        return _object(schema, definitions, nullable)
    kinds = [kind for kind in schema.get("anyOf", []) if kind.get("type") != "null"]
    whole: Schema = {**kinds[0], **schema} if kinds else schema
    plain: Schema = {key: whole[key] for key in _TOLD if key in whole}
    if "enum" in plain and not nullable:
        del plain["type"]
    if "items" in plain:
        plain["items"] = _plain(plain["items"], definitions, nullable)
    return plain


def _object(schema: Schema, definitions: Schema, nullable: bool) -> Schema:
    needed: list[str] = schema.get("required", [])
    properties = {name: _plain(part, definitions, nullable) for name, part in schema.get("properties", {}).items()}
    if nullable:
        properties = {name: part if name in needed else _nullable(part) for name, part in properties.items()}
        needed = list(properties)
    required: Schema = {"required": needed} if needed else {}
    closed: Schema = {"additionalProperties": False} if nullable else {}
    return {"type": "object", "properties": properties, **required, **closed}


def _nullable(schema: Schema) -> Schema:
    """Return the schema with null allowed as well."""
    if "enum" in schema:
        return {**schema, "type": ["string", "null"], "enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}
