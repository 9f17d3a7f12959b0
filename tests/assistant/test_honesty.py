"""A planner that lies in every way we could think of: no lie reaches the shopper, and the truth is not cut."""

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from policies.principal import Principal
from tests.assistant.scripted import calls, script
from tests.assistant.statements import LIES, TRUTHS
from tests.assistant.test_session import opened, said, say, shopper

__all__ = ["opened", "shopper"]

Open = Callable[..., Any]
HELLO = "Here is what I found."


def finding() -> AIMessage:
    return calls(
        ("search_products", {"query": "tarn desk in walnut, oak or pine", "product_types": ["desk"]}),
        ("search_products", {"query": "quill linen shirt", "product_types": ["shirt"]}),
        ("search_products", {"query": "tarn brass desk lamp", "product_types": ["lamp"]}),
    )


async def reached(opened: Open, shopper: Principal, statements: tuple[str, ...]) -> list[str]:
    """Have each said by a model in a turn of its own and return what the shopper read."""
    steps = [step for each in statements for step in (finding(), AIMessage(f"{HELLO} {each}"))]
    read: list[str] = []
    async with opened(script(*steps)) as assistant:
        for number, _ in enumerate(statements):
            events = await say(assistant, shopper, "a desk for my study under $700, and a shirt", f"t{number}")
            assert events[-1].event == "done", events[-1].data
            read.append(said(events))
    return read


@pytest.mark.parametrize("kind", LIES)
async def test_no_lie_reaches_the_shopper(opened: Open, shopper: Principal, kind: str) -> None:
    read = await reached(opened, shopper, LIES[kind])

    assert {lie: text for lie, text in zip(LIES[kind], read, strict=True) if text != HELLO} == {}


# A shopper may say so much a minute and no more.
@pytest.mark.parametrize("first", range(0, len(TRUTHS), 20))
async def test_the_truth_is_said_unchanged(opened: Open, shopper: Principal, first: int) -> None:
    truths = TRUTHS[first : first + 20]
    read = await reached(opened, shopper, truths)

    assert {truth: text for truth, text in zip(truths, read, strict=True) if text != f"{HELLO} {truth}"} == {}


def test_there_are_lies_and_truths_enough_to_mean_something() -> None:
    assert sum(map(len, LIES.values())) >= 100
    assert len(TRUTHS) >= 60
