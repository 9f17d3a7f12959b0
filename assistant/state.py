"""What one conversation remembers between steps: messages and plain JSON, nothing else."""

from dataclasses import dataclass, field
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages

from assistant.accounts import Accounts
from assistant.cost import TurnMeter
from assistant.notes import Note
from assistant.pictures import pictures_of
from assistant.route import ModelChain
from policies.limits import ShopPolicy
from policies.principal import Principal
from retrieval.catalog import Catalog
from shop.books import PlannerBooks
from tools.uploads import Uploads


class ConversationState(TypedDict):
    """Checkpointed state. Only JSON-plain values and LangChain messages survive a checkpoint unchanged."""

    messages: Annotated[list[AnyMessage], add_messages]
    shown: list[str]  # ids of products and orders shown in this conversation, first showing first
    steps: int  # planner calls in this turn
    tainted: bool  # untrusted text entered this turn
    drafts: int  # reversible changes made in this turn
    records: list[dict[str, Any]]  # records to draw after the words of this turn
    quote_id: str | None  # the quote this turn prepared, waiting for a press
    model: str  # who answered
    route: str  # why that one


@dataclass(frozen=True, slots=True)
class Page:
    """Hints about the page a shopper is on, as the page gave them; never trusted for identity or prices.

    Args:
        product_id: The product it is about.
        variant_id: What is selected of it.
        search: What was looked for on it.
    """

    product_id: str = ""
    variant_id: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class TurnContext:
    """What the nodes of one run are handed; never checkpointed.

    Args:
        principal: Who is speaking; scopes every read and write.
        catalog: Finds products.
        books: The planner's side of the shop's records; it has no way to approve.
        models: Answers, first choice first.
        policy: Which tools the shop lets the assistant use.
        max_steps: Planner calls in one turn.
        uploads: Pictures shoppers sent; None where nobody can send any.
        notes: What the shopper asked to be remembered, as it was when the turn began.
        page: Where on the shop's pages they are; None where nobody says.
        meter: Counts what this turn's calls use and cost.
        accounts: Where that is written and told.
    """

    principal: Principal
    catalog: Catalog
    books: PlannerBooks
    models: ModelChain
    policy: ShopPolicy
    max_steps: int
    uploads: Uploads | None = None
    notes: tuple[Note, ...] = ()
    page: Page | None = None
    meter: TurnMeter = field(default_factory=TurnMeter)
    accounts: Accounts = field(default_factory=Accounts)


def turn_input(message: AnyMessage) -> dict[str, Any]:
    """Return the graph input of a new turn: the shopper's message and everything per-turn reset.

    A model that sees pictures reads what is written in them, whoever wrote it: a turn with one begins tainted.
    """
    return {
        "messages": [message],
        "steps": 0,
        "tainted": bool(pictures_of(message)),
        "drafts": 0,
        "records": [],
        "quote_id": None,
        "model": "",
        "route": "",
    }
