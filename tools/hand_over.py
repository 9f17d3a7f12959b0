"""A person instead of the assistant: a case with the shopper's own words is opened, added to, withdrawn or told of."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from policies.case_words import state_text, told
from policies.errors import Refused
from policies.money import format_minor
from policies.reach import Reach
from shop.case_views import Case, Reason
from tools.arguments import Arguments, ProductId
from tools.tool import Tool, ToolContext, ToolError, ToolResult

_MOST_LINES = 20
_ABOUT_ORDERS = ("order", "damaged", "payment")


class HandToPerson(Arguments):
    """A step of a case. The words that go with it are the shopper's own message; there is no place for others."""

    step: Literal["open", "add", "withdraw"] = Field(default="open", description="'add' and 'withdraw' need a case_id.")
    reason: Reason = Field(default="other")
    order_ids: list[ProductId] = Field(default=[], max_length=5)
    case_id: str | None = Field(default=None, max_length=16)


class MyCases(Arguments):
    """Nothing to say: all of the shopper's own."""


async def hand_to_person(args: HandToPerson, context: ToolContext) -> ToolResult:
    """Open a case, add this message to one, or withdraw it."""
    words = context.words[-1] if context.words else ""
    cases, principal = context.books.cases, context.principal
    try:
        if args.step == "open":
            case = await cases.open(principal, args.reason, _all_words(context), await _around(args, context))
        elif args.case_id is None:
            raise ToolError("which_case", "Call my_cases for the case_id, or ask which case is meant.")
        elif args.step == "add":
            case = await cases.add(principal, args.case_id, words)
        else:
            case = await cases.withdraw(principal, args.case_id)
    except Refused as refusal:
        raise ToolError(refusal.code, refusal.text) from refusal
    context_now = {"cart": bool(case.context.get("cart")), "orders": [o["order_id"] for o in case.context["orders"]]}
    return ToolResult(facts={"case_state": case_facts(case) | context_now, **_handed_over([case])})


async def my_cases(args: MyCases, context: ToolContext) -> ToolResult:
    """Return the shopper's cases, newest first, with how each stands."""
    cases = await context.books.cases.mine(context.principal)
    return ToolResult(facts={"cases": [case_facts(case) for case in cases], **_handed_over(cases)})


def case_facts(case: Case) -> dict[str, object]:
    """Return a case for the planner and for pages: how it stands in binding words, nothing more than is known."""
    telling = told(case.told.state, case.told.at)
    return {
        "case_id": case.case_id,
        "state": case.state,
        "reason": case.reason,
        "told": case.told.state,
        "told_text": telling,
        "state_text": state_text(case.state, case.note, case.changed_at, telling),
    }


def _handed_over(cases: Sequence[Case]) -> dict[str, object]:
    """Return the fact that lets an answer say that somebody was told: only where a message was taken."""
    return {"handed_over": True} if any(case.told.state == "delivered" for case in cases) else {}


def _all_words(context: ToolContext) -> str:
    """Return the message; where it is a bare yes or a bare wish for a person, with the one before it."""
    last = context.words[-1] if context.words else ""
    if len(context.words) < 2 or len(last.split()) > 8:
        return last
    return f"{context.words[-2]}\n{last}"


async def _around(args: HandToPerson, context: ToolContext) -> dict[str, Any]:
    """Return what a person needs besides the words: the cart, the orders named, where the conversation is."""
    cart = await context.books.carts.view(context.principal)
    orders = [await context.books.orders.get(context.principal, order_id) for order_id in args.order_ids]
    if not orders and args.reason in _ABOUT_ORDERS:
        orders = list(await context.books.orders.mine(context.principal, 1))
    if None in orders:
        raise ToolError("unknown_order", "This shopper has no such order; call my_orders, or leave order_ids out.")
    return {
        "conversation": context.principal.session_id,
        "cart": [
            {
                "title": line.title,
                "options": dict(line.options),
                "quantity": line.quantity,
                "total": format_minor(line.total, cart.currency),
            }
            for line in cart.lines[:_MOST_LINES]
        ],
        "orders": [
            {"order_id": order.order_id, "state": order.state, "state_text": order.state_text}
            for order in orders
            if order is not None
        ],
    }


HAND_TO_PERSON = Tool(
    name="hand_to_person",
    reach=Reach.DRAFT,
    arguments=HandToPerson,
    run=hand_to_person,
    description="Open a case when the shopper wants a person or complains; or add to one, or withdraw it.",
    status="Opening a case",
    unlisted=frozenset({"reason"}),
)
MY_CASES = Tool(
    name="my_cases",
    reach=Reach.READ,
    arguments=MyCases,
    run=my_cases,
    description="This shopper's cases; tell state_text.",
    status="Looking up your cases",
)
