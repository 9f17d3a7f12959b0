"""Lets "this" mean what the shopper looks at on the shop's page: once per page, as if the conversation had shown it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall

from assistant.act import answered
from assistant.state import Page, TurnContext, turn_input
from tools.on_page import product_on_page, search_on_page
from tools.records import Products
from tools.tool import ToolContext, ToolResult

_ON = "on_page"
# A shopper's words never hold an empty line, so nobody can write this; and it counts as no words of theirs.
_OPENED = "\n\n[page: the shopper looks at this on the shop's own page]"
_SEEN = "I have that before me."


async def entered(said: HumanMessage, values: Mapping[str, Any], context: TurnContext) -> dict[str, Any]:
    """Return the graph's input of a new turn: the message and, before it, the page where that is another than before.

    Args:
        said: The shopper's message.
        values: The conversation as it was checkpointed.
        context: Of this run, with the page.
    """
    begun, page = turn_input(said), context.page
    shown: list[str] = list(values.get("shown", []))
    if page is None or page == _last(values.get("messages", ())):
        return begun
    tools = ToolContext(context.principal, context.catalog, context.books, frozenset(shown))
    call, result = await _looked_up(page, f"page_{said.id}", tools)
    if result is None:
        return begun
    opened = HumanMessage(_OPENED, id=f"{said.id}-page", additional_kwargs={_ON: asdict(page)})
    read = [AIMessage("", tool_calls=[call], id=f"{said.id}-look"), answered(call, result)]
    ids = [each.product_id for record in result.records if isinstance(record, Products) for each in record.items]
    messages = [opened, *read, AIMessage(_SEEN, id=f"{said.id}-seen"), said]
    return begun | {"messages": messages, "shown": list(dict.fromkeys([*shown, *ids]))}


async def _looked_up(page: Page, call_id: str, tools: ToolContext) -> tuple[ToolCall, ToolResult | None]:
    if page.product_id:
        call = ToolCall(name="product_details", args={"product_ids": [page.product_id]}, id=call_id, type="tool_call")
        return call, await product_on_page(page.product_id, page.variant_id, tools)
    call = ToolCall(name="search_products", args={"query": page.search}, id=call_id, type="tool_call")
    return call, await search_on_page(page.search, tools)


def _last(messages: Sequence[BaseMessage]) -> Page | None:
    """Return the page that the conversation knows the shopper to be on."""
    known = (message.additional_kwargs.get(_ON) for message in reversed(messages))
    return next((Page(**each) for each in known if each), None)
