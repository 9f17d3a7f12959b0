"""Says what became of a quote, by templates filled from the books; read when the waiting node wakes."""

from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from assistant.events import Event, Shown, Text
from assistant.state import ConversationState, TurnContext
from policies.words import say, state_text
from shop.change_quotes import is_change
from shop.views import OrderView, QuoteView
from tools.bookkeeping import order_record


@dataclass(frozen=True, slots=True)
class Update:
    """What to say and draw, and the message the conversation remembers it by."""

    events: tuple[Event, ...]
    message: AIMessage
    message_id: str


async def outcome_update(context: TurnContext, quote_id: str) -> Update | None:
    """Read the quote and its order from the books; None while there is nothing final to say."""
    if is_change(quote_id):
        return await _change_update(context, quote_id)
    books, principal = context.books, context.principal
    quote = await books.quotes.get(principal, quote_id)
    if quote is None:
        return None
    message_id = f"outcome-{quote_id}"
    if quote.order_id is not None:
        order = await books.orders.get(principal, quote.order_id)
        if order is None:
            return None
        text = order.state_text
        # What a person decides later is told again.
        message_id = f"{message_id}-{order.state}" if order.state == "in_review" else message_id
        shown: tuple[Event, ...] = (Text(delta=text), Shown(record=order_record(order)))
        return Update(shown, _settled(text, message_id, order), message_id)
    text = _without_order(quote, context.policy.locale)
    if text is None:
        return None
    return Update((Text(delta=text),), AIMessage(text, id=message_id), message_id)


async def _change_update(context: TurnContext, quote_id: str) -> Update | None:
    """Read a change and its order from the books; None while there is nothing to say."""
    change = await context.books.changes.get(context.principal, quote_id)
    if change is None or (change.change_id is None and change.state != "declined"):
        return None
    order = await context.books.orders.get(context.principal, change.order_id)
    if order is None:
        return None
    text = change.text or order.state_text
    message_id = f"outcome-{quote_id}"
    shown: tuple[Event, ...] = (Text(delta=text),)
    if change.change_id is not None:
        shown = (*shown, Shown(record=order_record(order)))
    return Update(shown, _settled(text, message_id, order), message_id)


def _settled(text: str, message_id: str, order: OrderView) -> AIMessage:
    """Return the message by which the conversation remembers an order; the id says that it is one."""
    return AIMessage(text, id=message_id, additional_kwargs={"order_id": order.order_id})


def _without_order(quote: QuoteView, locale: str) -> str | None:
    if quote.outcome == "declined":
        return state_text(locale, "declined")
    return say(locale, "quote_declined") if quote.state == "declined" else None


async def report(state: ConversationState, runtime: Runtime[TurnContext]) -> dict[str, Any]:
    """Remember what the books say of the quote that was waited for."""
    update = await outcome_update(runtime.context, str(state["quote_id"]))
    said = [update.message] if update is not None else []
    return {"messages": said, "quote_id": None}
