"""What a tool is: a typed async function with its argument model and declared reach, and errors a model can act on."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from policies.errors import Refused
from policies.principal import Principal
from policies.reach import Reach
from retrieval.catalog import Catalog
from shop.books import PlannerBooks
from tools.arguments import Arguments
from tools.records import Record
from tools.uploads import Uploads

# Refusals a model can do something about: choose another option, fewer units, look at the cart again.
_MODEL_ACTS = frozenset(
    {
        "cart_changed",
        "cart_empty",
        "coupon_invalid",
        "out_of_stock",
        "over_limit",
        "unknown_delivery",
        "unknown_line",
        "unknown_variant",
    }
)


class ToolError(Exception):
    """A failure the model can act on: ask for what is missing, choose another id, explain.

    Args:
        code: Stable machine reason, e.g. "choose_option", "unknown_id", "out_of_stock".
        text: One sentence for the model.
        facts: JSON-plain details, e.g. {"missing": ["size"], "options": {"size": ["S", "M"]}}.
    """

    def __init__(self, code: str, text: str, facts: dict[str, object] | None = None) -> None:
        self.code = code
        self.text = text
        self.facts = facts or {}
        super().__init__(f"{code}: {text}")


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Whom a call is for and what it may ask.

    Args:
        principal: The authenticated shopper; every read and write of the books is scoped by it.
        catalog: Finds products.
        books: The shop's records, in the role that cannot place an order.
        shown: Product ids this conversation has shown; no other id is accepted.
        uploads: Pictures shoppers sent; None where nobody can send any.
        words: The shopper's own last messages, the one being answered at the end.
        tainted: Whether text of sellers or reviewers entered this turn before the call.
    """

    principal: Principal
    catalog: Catalog
    books: PlannerBooks
    shown: frozenset[str]
    uploads: Uploads | None = None
    words: tuple[str, ...] = ()
    tainted: bool = False


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call found.

    Args:
        records: To draw on the screen and to check the answer against.
        facts: JSON-plain knowledge for the planner that is not drawn.
        taints: Whether untrusted text (descriptions, reviews) is among the facts.
    """

    records: tuple[Record, ...] = ()
    facts: dict[str, object] = field(default_factory=dict[str, object])
    taints: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing the planner may call.

    Args:
        name: The function name the model uses.
        reach: How far the effect goes; policy decides by it.
        arguments: Model that validates what the planner fills in.
        run: Does the work; receives an instance of `arguments`.
        description: For the model: when to call, what not to do.
        status: For the shopper while it runs, e.g. "Looking through the shop".
        unlisted: Arguments that prompts leave out: rarely needed, and each costs every conversation.
    """

    name: str
    reach: Reach
    arguments: type[Arguments]
    run: Callable[[Any, ToolContext], Awaitable[ToolResult]]
    description: str
    status: str
    unlisted: frozenset[str] = frozenset()


@contextmanager
def told_to_model() -> Generator[None]:
    """Turn a refusal of the books that the model can act on into a ToolError; others pass to the shopper."""
    try:
        yield
    except Refused as refusal:
        if refusal.code not in _MODEL_ACTS:
            raise
        raise ToolError(refusal.code, refusal.text, refusal.facts) from refusal


def require_shown(product_ids: tuple[str, ...], context: ToolContext) -> None:
    """Refuse ids that this conversation has not shown.

    Raises:
        ToolError: "unknown_id" with the ids that are unknown.
    """
    unknown = [product_id for product_id in product_ids if product_id not in context.shown]
    if unknown:
        raise ToolError(
            "unknown_id",
            f"{', '.join(unknown)} was not shown in this conversation; use the product_id of an item "
            "in a tool result, or search first.",
            {"unknown": unknown},
        )
