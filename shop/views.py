"""What the books show to callers: frozen views, integer minor units, handles instead of card and address data."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from policies.order_change import ChangeKind
from policies.words import options_text

TotalName = Literal["subtotal", "discount", "delivery", "tax", "total"]
QuoteState = Literal[
    "quoted", "awaiting_approval", "confirmed", "declined", "expired", "superseded", "requote_required"
]
_Paying = Literal["confirmed", "authorising", "reconciling", "authorised", "placed", "captured", "voiding", "releasing"]
_Checked = Literal["in_review", "refused"]
OutcomeState = _Paying | _Checked | Literal["declined", "cancelled"]
_Going = Literal["placed", "captured", "cancelling", "cancelled", "changing", "shipped", "delivered"]
_Coming = Literal["return_requested", "exchange_requested", "received", "refunding", "refunded", "partly_refunded"]
OrderState = _Checked | _Going | _Coming | Literal["exchanged", "held", "disputed"]
TurnState = Literal["running", "done", "failed", "cancelled", "abandoned"]


class View(BaseModel):
    """Base of all views: frozen, read from the books, never written back."""

    model_config = ConfigDict(frozen=True)


class StockEntry(View):
    """One variant as a merchant hands it to the books; `stock` counts units on hand, reserved ones included."""

    variant_id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")
    product_id: str
    product_title: str = Field(min_length=1)
    options: dict[str, str] = {}
    price: int = Field(ge=0, description="Minor units.")
    list_price: int | None = Field(default=None, ge=0, description="Minor units.")
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    stock: int = Field(default=0, ge=0)
    sellable: bool = True
    image_url: str | None = None


class StockedOffer(View):
    """One buyable variant as the books have it now."""

    variant_id: str
    product_id: str
    product_title: str
    options: dict[str, str]
    price: int
    list_price: int | None
    currency: str
    available: int = Field(ge=0, description="Units that can still be promised: on hand less reserved.")
    on_hand: int = Field(ge=0)
    sellable: bool
    image_url: str | None
    seller: str
    not_sold: str = Field(default="", description="Why the policy sells it to nobody; empty where it does.")
    minimum_age: int | None = None

    @property
    def title(self) -> str:
        """Product title with the options that name this variant: 'Reed runner, 70 × 300 cm'."""
        return options_text(self.product_title, self.options)

    @property
    def buyable(self) -> bool:
        """Whether at least one unit can be put into a cart."""
        return self.for_sale and self.available > 0

    @property
    def for_sale(self) -> bool:
        """Whether the shop sells it at all, in or out of stock."""
        return self.sellable and not self.not_sold


class LineView(View):
    """A line of a cart, quote or order; `title` is the product's, options stand apart."""

    line_id: str
    product_id: str
    variant_id: str
    title: str
    options: dict[str, str]
    quantity: int = Field(ge=1)
    unit_price: int
    total: int
    image_url: str | None = None
    note: str = ""


class TotalView(View):
    """One line of a total in the shop's order; a discount is negative; the last line is the sum of the others."""

    name: TotalName
    label: str
    amount: int


class CartView(View):
    """The cart after a change, read back. Version 0 is a cart nothing was ever put into."""

    version: int
    currency: str
    lines: tuple[LineView, ...]
    totals: tuple[TotalView, ...]
    coupon: str | None = None
    changed: str = ""
    can_undo: bool = False

    @property
    def total(self) -> int:
        """Minor units of the whole cart: goods, discount and, where an address is known, delivery and tax."""
        return self.totals[-1].amount if self.totals else 0

    @property
    def subtotal(self) -> int:
        """Minor units of the goods alone."""
        return sum(line.total for line in self.lines)


class LineChange(View):
    """A wanted change of one line: quantity 0 removes; another variant replaces; None leaves as is."""

    line_id: str
    quantity: int | None = Field(default=None, ge=0)
    variant_id: str | None = None


class QuoteView(View):
    """Summary of a prepared purchase. Carries neither challenge nor digest: those belong to the trusted surface."""

    quote_id: str
    state: QuoteState
    currency: str
    lines: tuple[LineView, ...]
    totals: tuple[TotalView, ...]
    ship_to: str
    delivery: str
    pay_with: str
    issued_at: datetime
    expires_at: datetime
    intent_id: str | None = None
    outcome: OutcomeState | None = Field(default=None, description="Where the purchase stands once approved.")
    order_id: str | None = None

    @property
    def total(self) -> int:
        """Minor units the shopper would pay."""
        return self.totals[-1].amount


class OrderView(View):
    """An order as the books have it; `state_text` is the only wording of its state a shopper may read."""

    order_id: str
    quote_id: str
    state: OrderState
    state_text: str
    placed_at: datetime
    currency: str
    lines: tuple[LineView, ...]
    totals: tuple[TotalView, ...]
    ship_to: str
    delivery: str
    pay_with: str
    refunded: int = Field(default=0, description="Minor units that went back so far.")
    can: tuple[ChangeKind, ...] = Field(default=(), description="Changes that may be asked for now.")

    @property
    def total(self) -> int:
        """Minor units of the order."""
        return self.totals[-1].amount


class Outcome(View):
    """Where an approved purchase stands; `order` is set once the shop has one; `text` may be shown as it is."""

    intent_id: str
    quote_id: str
    state: OutcomeState
    text: str
    order: OrderView | None = None

    @property
    def settled(self) -> bool:
        """Whether nobody needs to wait for the worker: paid, without an order, cancelled, or with a person."""
        return self.state in ("captured", "declined", "cancelled", "in_review", "refused")


class Card(View):
    """What the trusted surface draws and echoes. `challenge` exists here and nowhere else in clear."""

    quote_id: str
    digest: str
    challenge: str = Field(repr=False)
    card: dict[str, object] = Field(description="JSON-plain; every string is a template or a row of the quote.")


class Handle(View):
    """A name the planner may use for something it must not see."""

    handle: str
    label: str


class Profile(View):
    """A shopper's choices as handles and labels; the chosen ones are None until there is one."""

    subject: str
    locale: str
    addresses: tuple[Handle, ...]
    deliveries: tuple[Handle, ...]
    payments: tuple[Handle, ...]
    address: str | None
    delivery: str | None
    payment: str | None


class OfferChange(View):
    """A row of the outbox: price, stock or sellability of a variant changed."""

    seq: int
    variant_id: str
    product_id: str


class AuditReport(View):
    """Result of reading the whole chain; `first_bad` is the first row that does not fit, or rows + 1."""

    ok: bool
    rows: int
    first_bad: int | None = None
    problem: str = ""


class SessionRow(View):
    """A conversation and who owns it."""

    session_id: str
    subject: str
    origin: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    title: str = ""


class ConversationRow(View):
    """A conversation as a list names it: when it began, what with, and what its shopper calls it, if anything."""

    session_id: str
    created_at: datetime
    first_words: str
    title: str = ""


class TurnRow(View):
    """One turn; `fresh` says that this call began it, False that it had been answered before."""

    turn_id: str
    session_id: str
    client_turn_id: str
    text: str
    image_ids: tuple[str, ...] = ()
    state: TurnState
    started_at: datetime
    finished_at: datetime | None = None
    fresh: bool = False


class EventRow(View):
    """A recorded stream event; `seq` grows by one within its session."""

    seq: int
    turn_id: str | None
    event: str
    data: dict[str, object]


class TranscriptTurn(View):
    """A turn with what was said to it and everything that was shown."""

    turn_id: str
    client_turn_id: str
    text: str
    image_ids: tuple[str, ...] = ()
    state: TurnState
    started_at: datetime
    events: tuple[EventRow, ...]
