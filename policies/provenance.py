"""Where the values of a call come from, and which may come from nowhere but the shopper or the shop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, cast

from policies import speech


class Origin(StrEnum):
    """Who a value comes from, most trusted first."""

    USER = "user"
    SHOP = "shop"
    UNTRUSTED = "untrusted"
    PLANNER = "planner"


@dataclass(frozen=True, slots=True)
class Thing:
    """A product as the shopper was shown it.

    Args:
        title: As in the catalogue.
        kind: The product type.
        traits: Colours, materials, brand and styles.
        price: Minor units, for "the cheapest"; None where unknown.
    """

    title: str
    kind: str = ""
    traits: tuple[str, ...] = ()
    price: int | None = None

    @property
    def names(self) -> frozenset[str]:
        """Stems of the words that name it."""
        return speech.stems(f"{self.title} {self.kind}")

    @property
    def looks(self) -> frozenset[str]:
        """Stems of the words that describe it."""
        return speech.stems(" ".join(self.traits))


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A line of the cart as the shopper saw it last."""

    product_id: str
    title: str
    options: Mapping[str, str]
    quantity: int


@dataclass(frozen=True, slots=True)
class OpenOption:
    """A change of the cart that the shop could not make without an option, and what it offered."""

    offered: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the shopper said and had before their eyes when they said it. Nothing in it was written by a seller.

    Args:
        text: The message of this turn.
        before: The message before it, while what it wished is still open (the assistant asked back, nothing was done).
        said: The assistant's last words, as the shopper read them.
        earlier: Everything the shopper wrote before in this conversation.
        shown: Products shown before this message, by id.
        found: Products first shown in this turn, by id.
        rows: Showings before this message, the latest first.
        latest: How many of `rows` belong to the latest turn that showed anything.
        focus: Products talked about last; what "it" means.
        cart: Lines of the cart by id.
        touched: Lines that were changed last.
        open: Questions for an option that wait for an answer, by product id.
        added: Whether the turn before put something into the cart.
        shop_ids: Ids and handles that the shop's own records told.
        deliveries: Handle to label of each delivery.
        untrusted: Text of sellers, reviewers and pictures that entered this turn.
    """

    text: str
    before: str = ""
    said: str = ""
    earlier: tuple[str, ...] = ()
    shown: Mapping[str, Thing] = field(default_factory=dict[str, Thing])
    found: Mapping[str, Thing] = field(default_factory=dict[str, Thing])
    rows: tuple[tuple[str, ...], ...] = ()
    latest: int = 1
    focus: tuple[str, ...] = ()
    cart: Mapping[str, HeldLine] = field(default_factory=dict[str, HeldLine])
    touched: tuple[str, ...] = ()
    open: Mapping[str, OpenOption] = field(default_factory=dict[str, OpenOption])
    added: bool = False
    shop_ids: frozenset[str] = frozenset()
    deliveries: Mapping[str, str] = field(default_factory=dict[str, str])
    untrusted: str = ""

    @property
    def things(self) -> dict[str, Thing]:
        """Every product the shopper can name."""
        return {**self.found, **self.shown}


Kind = Literal["id", "choice", "code"]
# Arguments that decide what is bought, at what cost, and where it goes. An id must be one that the shop told; of a
# choice the shopper must have said a telling word, of a code every letter. What is not listed (a colour, a size) the
# shop checks against its offers.
SENSITIVE: Mapping[str, Mapping[str, Kind]] = {
    "add_to_cart": {"product_id": "id"},
    "change_cart": {"changes.line_id": "id"},
    "prepare_quote": {"delivery": "choice", "coupon": "code"},
    "request_order_change": {
        "order_id": "id",
        "line_ids": "id",
        "product_id": "id",
        "address": "choice",
        "pay_with": "choice",
    },
}
_TRUSTED: Mapping[Kind, frozenset[Origin]] = {
    "id": frozenset({Origin.SHOP, Origin.USER}),
    "choice": frozenset({Origin.USER}),
    "code": frozenset({Origin.USER}),
}
_COMMON = frozenset({"card", "address", "delivery", "shipping", "always", "declined"})
_FAST = frozenset(
    {"fast", "faster", "fastest", "quick", "quickly", "quickest", "overnight", "asap", "tomorrow", "urgent"}
)


def origin_of(value: object, heard: Heard, kind: Kind = "choice") -> Origin:
    """Return where one argument comes from; a value of several origins has the most trusted one.

    Args:
        value: A string or number as the planner wrote it.
        heard: What the shopper said and the shop showed.
        kind: Whether it is an id, a choice by a word of its label, or a code in full.
    """
    written = str(value)
    if _in_own_words(written, heard, kind):
        return Origin.USER
    if kind == "id" and written in heard.shop_ids:
        return Origin.SHOP
    if written and speech.stems(written) and speech.stems(written) <= speech.stems(heard.untrusted):
        return Origin.UNTRUSTED
    return Origin.PLANNER


def misplaced(tool: str, arguments: Mapping[str, object], heard: Heard) -> tuple[str, Origin] | None:
    """Return the first sensitive argument that comes from elsewhere than the shopper or the shop, with its origin."""
    for path, kind in SENSITIVE.get(tool, {}).items():
        for value in _values(arguments, path):
            origin = origin_of(value, heard, kind)
            if origin not in _TRUSTED[kind]:
                return path, origin
    return None


def _in_own_words(value: str, heard: Heard, kind: Kind) -> bool:
    """Say whether the shopper wrote the value, in this message or an earlier one; a choice by a telling word of it."""
    said: set[str] = set()
    for text in (heard.text, *heard.earlier):
        said |= {speech.stem(word) for word in speech.words(speech.plain(text))}
    wanted = speech.stems(value)
    if wanted and wanted <= said:
        return True
    if kind != "choice":
        return False
    others = {word for handle, label in heard.deliveries.items() if handle != value for word in speech.stems(label)}
    own = speech.stems(f"{value} {heard.deliveries.get(value, '')}") - others - _COMMON
    telling = {word for word in own if len(word) > 3}
    return bool(telling & said) or ("express" in own and bool(_FAST & said))


def _values(arguments: Mapping[str, object], path: str) -> list[object]:
    first, _, rest = path.partition(".")
    value = arguments.get(first)
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        each = list(cast("Sequence[object]", value))
        if rest:
            rows = [cast("Mapping[str, object]", row) for row in each if isinstance(row, Mapping)]
            return [row[rest] for row in rows if rest in row]
        return each
    return [value]
