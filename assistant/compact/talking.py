"""Scripts for everything around the goods: courtesies, help, orders, policies, what this shop cannot do here."""

import re
from typing import Any, cast

from assistant.compact.meaning import Clause
from assistant.compact.outcomes import Call
from assistant.compact.scripts import Desk, Script, refusal, say
from assistant.compact.signs import OTHERS_ORDERS
from assistant.compact.topics import topic_of
from assistant.compact.wording import capital, choose, listed, sentences, the, verb
from tools.records import Order, Orders

_ABLE = (
    "I find things here, compare them, fill your cart and prepare an order for you to check. "
    "Say for instance 'a walnut desk', or 'compare the first two'."
)
_ORDER_ID = re.compile(r"\border (?:no\.? |number |nr\.? |#)?#?(?P<id>[a-z]{0,6}[-_]?\d[\w-]*)|#\s?(?P<hash>\d[\w-]*)")
_DISPLEASED = re.compile(
    r"\b(?:useless|stupid|terrible|awful|rubbish|annoying|frustrat\w+|ridiculous|waste of time|fed up|doesn't work|"
    r"not (?:helpful|listening|helping|what i (?:asked|meant|wanted|said))|"
    r"(?:aren't|never) listening|wrong (?:again|answer)|don't understand(?: me)?|misunderst\w+)\b"
)
_SORRY = (
    "Sorry, I missed what you want. Say the thing and one condition, such as 'a walnut desk' or 'a black dress'. "
    "Or say 'a person', and I open a case with the shop's staff."
)
_DISCOUNT_ASK = re.compile(r"\bdiscounts?\b|\bprice match\b|\boff\b|\bcheaper elsewhere\b|\bcompetitor\b")


def greet(clause: Clause, desk: Desk) -> Script:
    """Greet back and offer the shop."""
    lines = ("Hello. What are you looking for?", "Hello. Looking for something for your home or your wardrobe?")
    return (yield from say(choose(lines, desk.seed)))


def thanks(clause: Clause, desk: Desk) -> Script:
    """Accept thanks, and mention a filled cart once."""
    if "think" in clause.text or clause.text.startswith("hmm"):
        return (yield from say("Take your time."))
    if (
        re.search(r"\b(?:bye|goodbye|see you|that's all|that is all)\b", clause.text)
        and desk.dialogue.cart
        and desk.dialogue.cart.lines
    ):
        return "Goodbye. Your cart stays as it is."
    return (
        yield from say(
            choose(("You're welcome.", "Gladly.", "You're welcome. I'm here if something else comes up."), desk.seed)
        )
    )


def help_(clause: Clause, desk: Desk) -> Script:
    """Say what this assistant does."""
    kinds = sorted(desk.terms.vocabulary.product_types.items(), key=lambda pair: (-pair[1], pair[0]))
    named = listed([name for name, _ in kinds[:6]])
    sells = f"This shop has {len(kinds)} kinds of things, among them {named}." if kinds else ""
    if re.search(r"\b(?:sell|offer|have|carry|stock)\b", clause.text) and sells:
        return (yield from say(sentences(sells, "Tell me what it is for and what it may cost.")))
    who = (
        "I'm the shop's automated assistant." if re.search(r"\b(?:who|what) are you\b|\bare you\b", clause.text) else ""
    )
    return (yield from say(sentences(who, _ABLE)))


def out_of_scope(clause: Clause, desk: Desk) -> Script:
    """Say that this assistant knows the shop only; to a complaint, what helps now."""
    if displeased(clause.text):
        return (yield from say(_SORRY))
    return (yield from say("I only know this shop. Anything for your home or wardrobe?"))


def displeased(text: str) -> bool:
    """Tell a complaint about the conversation itself."""
    return _DISPLEASED.search(text) is not None


def policy(clause: Clause, desk: Desk) -> Script:
    """Quote the shop's policy on what was asked."""
    topic = topic_of(clause.text)
    (outcome,) = yield (Call("store_policy", {"topic": topic}),)
    found = cast(dict[str, Any], outcome.facts.get("policy") or {})
    text = str(found.get("text") or "")
    lead = _no_discount(desk) if topic == "discounts" and _DISCOUNT_ASK.search(clause.text) else ""
    if text:
        return sentences(lead, text)
    if lead:
        return lead
    topics = [
        str(t) for t in (outcome.error.facts.get("topics", ()) if outcome.error else outcome.facts.get("topics", ()))
    ]
    known = f" I can tell you about {listed(topics)}." if topics else ""
    return f"I don't find that in the shop's terms.{known}"


def _no_discount(desk: Desk) -> str:
    dialogue = desk.dialogue
    item = dialogue.items.get(dialogue.focus[0]) if len(dialogue.focus) == 1 else None
    if item is not None and item.list_price is not None and item.list_price.amount > item.price.amount:
        off = item.list_price.model_copy(update={"amount": item.list_price.amount - item.price.amount})
        return f"I can't do discounts. {capital(the(item))} {verb(item, 'is', 'are')} already {off} off its list price."
    return "I can't do discounts."


def orders(clause: Clause, desk: Desk) -> Script:
    """Tell where the shopper's own orders stand, in the shop's words for that state; nobody else's are seen."""
    if OTHERS_ORDERS.search(clause.text):
        return "I can only see your own orders and cart, nobody else's. Ask for 'my orders' and I'll list yours."
    match = _ORDER_ID.search(clause.text)
    wanted = (match["id"] or match["hash"]) if match else None
    (outcome,) = yield (Call("my_orders", {"order_id": wanted} if wanted else {}),)
    if outcome.error is not None:
        if outcome.error.code == "unknown_order":
            return f"I find no order {wanted} among yours. Your own orders are listed when you ask for 'my orders'."
        return refusal(outcome.error)
    listed_orders = next((r.orders for r in outcome.records if isinstance(r, Orders)), None)
    single = next((r for r in outcome.records if isinstance(r, Order)), None)
    found = [single] if single else (listed_orders or [])
    if not found:
        return "You have no orders here yet."
    return sentences(*(_state(o) for o in found[:3]), f"And {len(found) - 3} older ones." if len(found) > 3 else "")


def _state(order: Order) -> str:
    what = order.lines[0].title if order.lines else ""
    more = f" and {len(order.lines) - 1} more" if len(order.lines) > 1 else ""
    return f"Order {order.order_id}{f' ({what}{more})' if what else ''}: {order.state_text.rstrip('.')}."
