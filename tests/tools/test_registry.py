import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.reach import Reach
from tools.registry import TOOLS, ToolError, parse_arguments, tool_schemas

NAMES = [
    "search_products",
    "similar_to",
    "goes_with",
    "recommend_for_me",
    "product_details",
    "compare_products",
    "view_cart",
    "add_to_cart",
    "change_cart",
    "undo_cart",
    "prepare_quote",
    "my_orders",
    "store_policy",
    "find_by_picture",
    "request_order_change",
    "remember",
    "forget",
    "hand_to_person",
    "my_cases",
    "boards",
    "read_picture",
]


def test_the_planner_sees_these_tools_in_this_order() -> None:
    assert list(TOOLS) == NAMES
    assert [schema["function"]["name"] for schema in tool_schemas()] == NAMES


def test_no_tool_reaches_further_than_a_quote_and_only_two_reach_that_far() -> None:
    quoting = [tool.name for tool in TOOLS.values() if tool.reach is Reach.QUOTE]

    assert quoting == ["prepare_quote", "request_order_change"]
    assert not any(word in name for name in TOOLS for word in ("place", "pay", "approve", "cancel", "refund"))


def test_the_schemas_are_the_same_bytes_every_time() -> None:
    assert json.dumps(tool_schemas()) == json.dumps(tool_schemas())
    assert json.dumps(tool_schemas(nullable=True)) == json.dumps(tool_schemas(nullable=True))


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from _objects(part)
    if isinstance(schema, list):
        for part in schema:
            yield from _objects(part)


@pytest.mark.parametrize("nullable", [False, True])
def test_every_schema_is_strict_and_refers_to_nothing(nullable: bool) -> None:
    for schema in tool_schemas(nullable=nullable):
        assert "$ref" not in json.dumps(schema)
        assert "anyOf" not in json.dumps(schema)
        assert schema["function"]["strict"] is True
        for part in _objects(schema["function"]["parameters"]):
            assert set(part.get("required", ())) <= set(part["properties"])
            assert not nullable or part.get("required", []) == list(part["properties"])
            assert not nullable or part["additionalProperties"] is False


def test_nullable_schemas_let_optional_arguments_be_null_and_null_means_not_given() -> None:
    search = tool_schemas(nullable=True)[0]["function"]["parameters"]["properties"]

    assert search["price_max"]["type"] == ["integer", "null"]
    assert None in search["sort"]["enum"]
    nothing = dict.fromkeys(search)
    assert parse_arguments(TOOLS["search_products"], nothing) == parse_arguments(TOOLS["search_products"], {})


def test_words_with_commas_are_a_list() -> None:
    by_comma = parse_arguments(TOOLS["search_products"], {"colours": "black, Grey ,", "sizes": "70 x 300 cm"})

    assert by_comma == parse_arguments(
        TOOLS["search_products"], {"colours": ["black", "grey"], "sizes": ["70 x 300 cm"]}
    )


def test_a_wrong_argument_is_named_with_what_is_allowed() -> None:
    with pytest.raises(ToolError) as caught:
        parse_arguments(TOOLS["add_to_cart"], {"product_id": "p1", "quantity": -3})

    assert caught.value.code == "bad_arguments"
    assert "quantity" in caught.value.text
    assert "greater than or equal to 1" in caught.value.text
    assert caught.value.facts["allowed"] == ["product_id", "colour", "size", "quantity"]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("search_products", {"query": "x" * 10_000}),
        ("search_products", {"colours": ["x" * 10_000]}),
        ("search_products", {"colours": ["red"] * 1_000}),
        ("search_products", {"price_min": 200, "price_max": 100}),
        ("search_products", {"price_max": -1}),
        ("search_products", {"price_max": 10**30}),
        ("search_products", {"price_max": "cheap"}),
        ("search_products", {"limit": 0}),
        ("search_products", {"limit": 10_000}),
        ("search_products", {"sort": "; DROP TABLE"}),
        ("search_products", {"place_order": True}),
        ("search_products", "walnut desk"),
        ("search_products", None),
        ("search_products", [1]),
        ("similar_to", {}),
        ("product_details", {"product_ids": []}),
        ("product_details", {"product_ids": ["a", "b", "c", "d", "e"]}),
        ("product_details", {"product_ids": [{"id": 1}]}),
        ("compare_products", {"product_ids": ["a", "a"]}),
        ("add_to_cart", {"product_id": "x" * 10_000}),
        ("add_to_cart", {"product_id": "a", "quantity": 100}),
        ("add_to_cart", {"product_id": "a", "quantity": 1.5}),
        ("add_to_cart", {"product_id": "a", "variant_id": "b"}),
        ("change_cart", {"changes": []}),
        ("change_cart", {"changes": [{"line_id": "a"}]}),
        ("change_cart", {"changes": [{"line_id": "a", "quantity": -1}]}),
        ("change_cart", {"changes": [{"line_id": "a", "quantity": 1}, {"line_id": "a", "quantity": 2}]}),
        ("view_cart", {"subject": "shopper:42"}),
        ("my_orders", {"subject": "shopper:42"}),
        ("prepare_quote", {"approve": True}),
        ("store_policy", {"topic": ""}),
    ],
)
def test_hostile_arguments_are_refused_in_a_short_answer(name: str, raw: object) -> None:
    with pytest.raises(ToolError) as caught:
        parse_arguments(TOOLS[name], raw)

    assert caught.value.code == "bad_arguments"
    assert len(caught.value.text) < 400


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(name=st.sampled_from(NAMES), data=st.data())
def test_any_json_is_either_valid_or_a_tool_error(name: str, data: st.DataObject) -> None:
    fields = list(TOOLS[name].arguments.model_fields) or ["nothing"]
    raw = data.draw(st.dictionaries(st.sampled_from(fields), _JSON) | _JSON)

    try:
        outcome: object = type(parse_arguments(TOOLS[name], raw))
    except ToolError as error:
        outcome = error.code

    assert outcome in ("bad_arguments", TOOLS[name].arguments)


def test_one_word_is_taken_for_a_list_of_one_and_words_are_folded() -> None:
    args = parse_arguments(TOOLS["search_products"], {"colours": " Black ", "price_max": "20000"})

    assert args.model_dump()["colours"] == ["black"]
    assert args.model_dump()["price_max"] == 20000
