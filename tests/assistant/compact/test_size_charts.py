"""A letter for what comes in numbers is looked for by number, and the shopper is told."""

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage

Answer = Callable[[Any], AIMessage]


def blocked(shop: Any, *sizes: str) -> dict[str, Any]:
    """Return what a search in M finds where the nearest comes in these sizes."""
    near = shop.card("d1") | {"sizes": list(sizes)}
    return shop.showing(
        filters={"sizes": ["M"]}, blocked_by=[{"name": "sizes", "value": "M", "count": 1, "nearest": [near]}]
    )


@pytest.mark.parametrize(
    ("made", "numbers"), [(("2", "8", "10", "14"), ["8", "10"]), (("36", "38", "40"), ["38"]), (("2", "12"), [])]
)
def test_a_letter_is_looked_for_by_the_numbers_there_are(
    answer: Answer, shop: Any, made: tuple[str, ...], numbers: list[str]
) -> None:
    talk = shop.desks().said("in size M")
    (call,) = answer(talk).tool_calls
    again = answer(talk.did(call["name"], call["args"], blocked(shop, *made)))
    assert [c["args"]["sizes"] for c in again.tool_calls] == ([numbers] if numbers else [])


def test_letters_that_are_sold_out_stay_letters(answer: Answer, shop: Any) -> None:
    talk = shop.desks().said("in size M")
    (call,) = answer(talk).tool_calls
    assert answer(talk.did(call["name"], call["args"], blocked(shop, "S", "L"))).tool_calls == []
