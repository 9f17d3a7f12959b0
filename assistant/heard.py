"""Gathers from a conversation's messages what the shopper said and saw, for the policies to judge a call by."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from langchain_core.messages import AnyMessage, BaseMessage, HumanMessage, ToolMessage

from assistant.compact.dialogue import Dialogue
from assistant.compact.folding import fold, message_text
from assistant.compact.outcomes import read_outcome
from policies.limits import ShopPolicy
from policies.provenance import Heard, HeldLine, OpenOption, Thing
from tools.records import Board, Cart, Comparison, Item, Orders, Products, Record

_CHANGES = frozenset({"add_to_cart", "change_cart", "undo_cart", "prepare_quote", "request_order_change"})
# Tool messages never change, and every step of a long conversation brings all of them again.
_read = lru_cache(maxsize=2048)(read_outcome)


def heard_in(messages: Sequence[AnyMessage], policy: ShopPolicy) -> Heard:
    """Return what was said and seen; the last message of the shopper is the one being answered.

    What this very turn found can be named ("add a walnut desk"), but is nothing that the shopper pointed at.
    """
    folded = fold(messages, _read)
    dialogue = folded.dialogue
    now = [outcome for _, outcome in folded.steps]
    records = [record for outcome in now for record in outcome.records]
    shown = {product_id: _thing(item) for product_id, item in dialogue.items.items()}
    found = {item.product_id: _thing(item) for item in _items(records) if item.product_id not in shown}
    carts = [record for record in records if isinstance(record, Cart)]
    cart = carts[-1] if carts else dialogue.cart
    last_turn = dialogue.showings[-1].turn if dialogue.showings else 0
    return Heard(
        text=dialogue.text,
        before=_open_wish(messages, dialogue),
        said=dialogue.said,
        earlier=tuple(dialogue.heard),
        shown=shown,
        found=found,
        rows=tuple(showing.ids for showing in reversed(dialogue.showings)),
        latest=sum(1 for showing in dialogue.showings if showing.turn == last_turn),
        focus=dialogue.focus or dialogue.pair,
        cart=_lines(cart),
        touched=dialogue.last_lines,
        open=_open_options(dialogue),
        added=any(call.name == "add_to_cart" for call in dialogue.last_calls),
        shop_ids=frozenset(_ids(dialogue, [*shown, *found], records, cart)),
        deliveries={option.handle: " ".join(option.label.values()) for option in policy.delivery},
        untrusted=" ".join(message_text(message) for message in _this_turn(messages)),
    )


def _open_wish(messages: Sequence[BaseMessage], dialogue: Dialogue) -> str:
    """Return the message before, where the assistant asked back and changed nothing."""
    if not dialogue.heard or not dialogue.said.rstrip().endswith("?"):
        return ""
    starts = [at for at, message in enumerate(messages) if isinstance(message, HumanMessage)]
    between = messages[starts[-2] : starts[-1]]
    done = any(isinstance(m, ToolMessage) and m.name in _CHANGES and m.status == "success" for m in between)
    return "" if done else dialogue.heard[-1]


def _open_options(dialogue: Dialogue) -> dict[str, OpenOption]:
    """Return the questions for an option by product; one of a line's change goes by the line's product."""
    asked: dict[str, OpenOption] = {}
    held = {line.line_id: line.product_id for line in dialogue.cart.lines} if dialogue.cart else {}
    for choice in dialogue.choices:
        offered = {name: tuple(values) for name, values in choice.options.items()}
        changes = choice.call.args.get("changes", ())
        products = [choice.product_id, *(held.get(str(change.get("line_id")), "") for change in changes)]
        asked |= {product_id: OpenOption(offered, choice.missing) for product_id in products if product_id}
    return asked


def _this_turn(messages: Sequence[BaseMessage]) -> list[ToolMessage]:
    start = max((at for at, message in enumerate(messages) if isinstance(message, HumanMessage)), default=0)
    return [message for message in messages[start:] if isinstance(message, ToolMessage)]


def _items(records: Iterable[Record]) -> list[Item]:
    items: list[Item] = []
    for record in records:
        if isinstance(record, (Products, Comparison, Board)):
            items += record.items
        if isinstance(record, Products):
            items += [item for blocked in record.blocked_by for item in blocked.nearest]
    return items


def _ids(dialogue: Dialogue, products: Iterable[str], records: Sequence[Record], cart: Cart | None) -> Iterable[str]:
    yield from products
    yield from (line.line_id for line in cart.lines) if cart else ()
    listed = [dialogue.orders, *(record for record in records if isinstance(record, Orders))]
    for order in [order for each in listed if each is not None for order in each.orders]:
        yield order.order_id
        yield from (line.line_id for line in order.lines)


def _lines(cart: Cart | None) -> dict[str, HeldLine]:
    lines = cart.lines if cart else ()
    return {line.line_id: HeldLine(line.product_id, line.title, line.options, line.quantity) for line in lines}


def _thing(item: Item) -> Thing:
    traits = (item.brand, *item.colours, *item.materials, *item.styles)
    return Thing(item.title, item.product_type, tuple(trait for trait in traits if trait), item.price.amount)
