"""Runs what policy cleared; failures the model can act on go back to it, the rest surface."""

import json
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage, ToolCall, ToolMessage
from langgraph.config import get_stream_writer
from langgraph.runtime import Runtime

from assistant.compact.folding import message_text
from assistant.events import Status
from assistant.heard import heard_in
from assistant.state import ConversationState, TurnContext
from policies.judge import NOTHING_HEARD, Proposal, Refuse, judge
from policies.provenance import Heard
from policies.reach import Reach
from policies.rules import RULES
from tools.records import Board, Comparison, Order, Orders, Products, Quote, Record
from tools.registry import TOOLS, Tool, ToolContext, ToolError, ToolResult, parse_arguments

# Never in the planner's context: addresses of pages and pictures are drawn from records, not repeated by a model.
_LINKS = {"__all__": {"image_url", "url"}}
_PAGES = {"__all__": {"url", "pictures"}}
# Whoever has a board's link may look at it: it is drawn for the shopper, and in no model's context.
_UNSPOKEN: dict[str, Any] = {
    "link": True,
    "url": True,
    "boards": _PAGES,
    "items": _LINKS,
    "lines": _LINKS,
    "blocked_by": {"__all__": {"nearest": _LINKS}},
}


async def act(state: ConversationState, runtime: Runtime[TurnContext]) -> dict[str, Any]:
    """Run the calls of the last message in order; later calls see what earlier ones showed."""
    message = state["messages"][-1]
    assert isinstance(message, AIMessage)  # The graph's edges lead here only from a message with calls.
    turn = _Turn(state, runtime.context)
    answers = [await turn.run(call) for call in message.tool_calls]
    return {
        "messages": answers,
        "shown": turn.shown,
        "tainted": turn.tainted,
        "drafts": turn.drafts,
        "records": latest_of_each_kind(state["records"], turn.records),
        "quote_id": turn.quote_id,
    }


class _Turn:
    """What the calls of one step share and change."""

    def __init__(self, state: ConversationState, context: TurnContext) -> None:
        self._context = context
        self._messages = state["messages"]
        self._answers: list[ToolMessage] = []
        self._say = get_stream_writer()
        self.shown = list(state.get("shown", []))
        self.tainted = state["tainted"]
        self.drafts = state["drafts"]
        self.quote_id = state["quote_id"]
        self.records: list[Record] = []

    async def run(self, call: ToolCall) -> ToolMessage:
        """Judge one call, run it, and return what the planner reads about it; later calls are judged knowing it."""
        answer = await self._answered(call)
        self._answers.append(answer)
        return answer

    async def _answered(self, call: ToolCall) -> ToolMessage:
        try:
            with self._context.accounts.tool(self._context.meter, call["name"]):
                result = await self._cleared(call)
        except ToolError as error:
            return _answer(call, {"error": {"code": error.code, "text": error.text, "facts": error.facts}}, "error")
        self._remember(result)
        return answered(call, result)

    async def _cleared(self, call: ToolCall) -> ToolResult:
        tool = TOOLS.get(call["name"])
        proposal = Proposal(
            tool=call["name"],
            reach=tool.reach if tool else None,
            arguments=call["args"],
            shown=frozenset(self.shown),
            tainted=self.tainted,
            drafts_this_turn=self.drafts,
            heard=self._heard(tool),
        )
        verdict = judge(proposal, self._context.policy.tools, RULES)
        if isinstance(verdict, Refuse) or tool is None:
            reason = verdict if isinstance(verdict, Refuse) else Refuse("unknown_tool", "No such tool.")
            raise ToolError(reason.code, reason.reason)
        arguments = parse_arguments(tool, call["args"])
        self._say(Status(step=tool.status).model_dump())
        context = ToolContext(
            principal=self._context.principal,
            catalog=self._context.catalog,
            books=self._context.books,
            shown=frozenset(self.shown),
            uploads=self._context.uploads,
            tainted=self.tainted,
            words=tuple(message_text(m) for m in self._messages if isinstance(m, HumanMessage))[-2:],
        )
        result = await tool.run(arguments, context)
        self.drafts += tool.reach is Reach.DRAFT
        return result

    def _heard(self, tool: Tool | None) -> Heard:
        if tool is None or tool.reach is Reach.READ:
            return NOTHING_HEARD
        return heard_in([*self._messages, *self._answers], self._context.policy)

    def _remember(self, result: ToolResult) -> None:
        self.tainted = self.tainted or result.taints
        self.records += result.records
        for record in result.records:
            if isinstance(record, (Products, Comparison, Board)):
                self.shown += [i.product_id for i in record.items if i.product_id not in self.shown]
            if isinstance(record, Products):
                nearest = [i.product_id for blocked in record.blocked_by for i in blocked.nearest]
                self.shown += [product_id for product_id in nearest if product_id not in self.shown]
            if isinstance(record, (Order, Orders)):
                found = [record] if isinstance(record, Order) else record.orders
                self.shown += [order.order_id for order in found if order.order_id not in self.shown]
            if isinstance(record, Quote):
                self.quote_id = record.quote_id


def answered(call: ToolCall, result: ToolResult) -> ToolMessage:
    """Return what the planner reads of a call that was made."""
    spoken = [r.model_dump(mode="json", exclude_defaults=True, exclude=_UNSPOKEN) | _kind(r) for r in result.records]
    return _answer(call, {"records": spoken, "facts": result.facts}, "success")


def latest_of_each_kind(earlier: list[dict[str, Any]], new: list[Record]) -> list[dict[str, Any]]:
    """Return the records to draw: a later step's showing replaces an earlier one of its kind."""
    kinds = {str(_kind(record)["kind"]) for record in new}
    kept = [record for record in earlier if record["kind"] not in kinds]
    return kept + [record.model_dump(mode="json") for record in new]


def _kind(record: Record) -> dict[str, Any]:
    return {"kind": record.model_dump(include={"kind"})["kind"]}


def _answer(call: ToolCall, content: dict[str, Any], status: str) -> ToolMessage:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return ToolMessage(text, tool_call_id=call["id"] or "", name=call["name"], status=status)
