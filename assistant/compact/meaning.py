"""What a shopper's message means: intents in order, each with its slots, references and questions."""

from dataclasses import dataclass, field, fields, replace
from typing import Literal

from retrieval.query import Sort

Intent = Literal[
    "search",
    "refine",
    "find_similar",
    "goes_with",
    "recommend",
    "ask_attribute",
    "compare",
    "add_to_cart",
    "change_cart",
    "view_cart",
    "undo",
    "buy",
    "order_status",
    "change_order",
    "board",
    "store_policy",
    "remember",
    "answer_clarification",
    "greet",
    "thanks",
    "help",
    "hand_over",
    "out_of_scope",
]

Relative = Literal["cheaper", "dearer"]


@dataclass(frozen=True, slots=True)
class Slots:
    """Conditions a message states. Words are the catalogue's own; money is minor units, bounds inclusive."""

    product_types: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    not_product_types: tuple[str, ...] = ()
    not_colours: tuple[str, ...] = ()
    not_materials: tuple[str, ...] = ()
    not_brands: tuple[str, ...] = ()
    price_min: int | None = None
    price_max: int | None = None
    in_stock: bool = False
    sort: Sort | None = None
    relative: Relative | None = None
    quantity: int | None = None
    soft: tuple[str, ...] = ()
    """Remaining content words in the order said: taste, occasion, or a product nobody here knows."""
    not_soft: tuple[str, ...] = ()
    """Refused words that are no facet of this shop."""
    said_type: str = ""
    """The product words as the shopper said them, e.g. 'couches' where the catalogue says 'sofa'."""
    order: tuple[str, ...] = ()
    """Numbers of orders."""
    near: tuple[tuple[str, str], ...] = ()
    """(word said, the shop's nearest word) where the shop has no such colour or material."""

    def constrains(self) -> bool:
        """Tell whether any field beyond product types, quantity and soft words is set."""
        return any(getattr(self, f.name) for f in fields(self) if f.name not in _NO_CONSTRAINT)


_NO_CONSTRAINT = frozenset(
    {"product_types", "quantity", "soft", "said_type", "near", "departments", "not_soft", "order"}
)

RefKind = Literal[
    "none", "ordinal", "first_n", "last", "other", "both", "all", "it", "ranked", "facet", "name", "type", "several"
]


@dataclass(frozen=True, slots=True)
class Reference:
    """How a message points at shown products, before it is looked up in the conversation."""

    kind: RefKind = "none"
    ordinals: tuple[int, ...] = ()
    """One-based positions within a showing; for 'first_n' and 'last' how many."""
    rank: str = ""
    """For 'ranked': 'cheapest', 'dearest', 'best rated', or an attribute with direction such as '-width'."""
    product_types: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Ids of shown products whose title words were said."""
    plural: bool = False
    parts: tuple["Reference", ...] = ()
    """For 'several': each thing named apart, as in 'the first desk with the second armchair'."""

    def __bool__(self) -> bool:
        return self.kind != "none"


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing the shopper wants, in words and meaning."""

    intent: Intent
    text: str
    slots: Slots = field(default_factory=Slots)
    reference: Reference = field(default_factory=Reference)
    asked: tuple[str, ...] = ()
    confidence: float = 1.0
    earlier: "Clause | None" = None
    """For an answer to 'which one?': the wish of the message before, which waited for it."""
    leads: bool = False
    """The words may only introduce what follows: 'I like the first one.'"""

    def having(self, intent: Intent, confidence: float) -> "Clause":
        """Return this clause with another intent."""
        return replace(self, intent=intent, confidence=confidence)


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything one message asks for, in the order it was said."""

    text: str
    clauses: tuple[Clause, ...]

    @property
    def intents(self) -> tuple[Intent, ...]:
        """Intents in order."""
        return tuple(c.intent for c in self.clauses)

    @property
    def confidence(self) -> float:
        """How sure the least certain clause is, in [0, 1]."""
        return min((c.confidence for c in self.clauses), default=0.0)
