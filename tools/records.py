"""What tools hand to the screen: JSON-plain records that pages draw and the grounding check trusts."""

from typing import Literal

from pydantic import BaseModel, Field

from policies.money import Money
from policies.order_change import ChangeKind


class Record(BaseModel):
    """Base of everything a tool shows; `kind` names the stream event that carries it."""


class Item(BaseModel):
    """One product card. Price and availability were re-read from the books for this showing."""

    product_id: str
    variant_id: str | None = Field(default=None, description="Set when the showing is about one variant.")
    title: str
    brand: str = ""
    product_type: str = ""
    price: Money
    price_to: Money | None = Field(default=None, description="Highest variant price when prices differ.")
    list_price: Money | None = None
    image_url: str | None = None
    url: str | None = None
    availability: Literal["in_stock", "low_stock", "out_of_stock"]
    colours: list[str] = []
    sizes: list[str] = []
    materials: list[str] = []
    styles: list[str] = []
    rating: float | None = None
    attributes: dict[str, str] = {}
    in_stock_options: list[dict[str, str]] = Field(
        default=[], description="Options of each variant in stock, e.g. {'colour': 'rust', 'size': 'M'}."
    )
    sponsored: str = Field(default="", description="Who paid for this place; such an item is never advised.")
    why: str = Field(default="", description="Why it is here, from data: 'walnut, 110 cm wide, $60 off'.")


class BlockedBy(BaseModel):
    """A filter that left nothing, and what there is without it."""

    name: str
    value: str
    count: int
    nearest: list[Item] = []


class Products(Record):
    """A showing of product cards, in order."""

    kind: Literal["products"] = "products"
    items: list[Item]
    query: str = ""
    filters: dict[str, object] = {}
    relaxed: list[str] = []
    blocked_by: list[BlockedBy] = []
    relation: Literal["search", "similar", "goes_with", "recommended", "details", "picture"] = "search"
    about: str | None = Field(default=None, description="The product_id this showing relates to.")
    total: int | None = None


class ComparisonRow(BaseModel):
    """One property over all compared items; `differs` is False where all agree."""

    name: str
    values: list[str | None] = Field(description="One per item, None where the page does not say.")
    differs: bool


class Comparison(Record):
    """A side by side of two to four products, differing rows first."""

    kind: Literal["comparison"] = "comparison"
    items: list[Item]
    rows: list[ComparisonRow]


class Line(BaseModel):
    """A line of a cart, quote or order."""

    line_id: str
    product_id: str
    variant_id: str
    title: str
    options: dict[str, str]
    quantity: int
    unit_price: Money
    total: Money
    image_url: str | None = None
    note: str = Field(default="", description="E.g. 'only 2 left', 'no longer available'.")


class TotalLine(BaseModel):
    """One line of a total, in the shop's order."""

    name: Literal["subtotal", "discount", "delivery", "tax", "total"]
    label: str
    amount: Money


class Cart(Record):
    """The cart after the tool ran, read back from the books."""

    kind: Literal["cart"] = "cart"
    version: int
    lines: list[Line]
    totals: list[TotalLine]
    changed: str = Field(default="", description="What changed, from the books: 'added Reed runner, 70 x 300 cm'.")
    undo: bool = Field(default=False, description="Whether undo_cart would change something.")


class Quote(Record):
    """Summary of a prepared purchase or change; the card itself comes only from the trusted surface."""

    kind: Literal["quote"] = "quote"
    quote_id: str
    action: Literal["place_order"] | ChangeKind = "place_order"
    order_id: str | None = Field(default=None, description="The order a change is for.")
    state: str
    lines: list[Line]
    totals: list[TotalLine]
    ship_to: str
    delivery: str
    pay_with: str
    expires_at: str = Field(description="RFC 3339, UTC.")


class Order(Record):
    """An order as the books have it."""

    kind: Literal["order"] = "order"
    order_id: str
    state: str
    state_text: str = Field(description="Template from policies/words.py for that state.")
    placed_at: str
    lines: list[Line]
    totals: list[TotalLine]
    ship_to: str = ""
    delivery: str = ""
    refunded: Money | None = Field(default=None, description="What went back so far.")
    can: list[str] = Field(default=[], description="Changes that may be asked for now, e.g. ['cancel', 'address'].")


class Orders(Record):
    """The shopper's own orders, newest first."""

    kind: Literal["orders"] = "orders"
    orders: list[Order]


class Board(Record):
    """A board with what lies on it, or one that is only proposed: then `board_id` is empty and nothing is kept."""

    kind: Literal["board"] = "board"
    board_id: str = ""
    name: str
    version: int = 0
    items: list[Item]
    notes: dict[str, str] = Field(default={}, description="The shopper's own, by product_id.")
    options: dict[str, str] = Field(default={}, description="What is chosen of a product, by product_id: 'rust, M'.")
    total: Money | None = Field(default=None, description="One of each that is in stock; None where nothing is.")
    budget: Money | None = Field(default=None, description="The sum it was put together under.")
    gone: int = Field(default=0, description="Things on it that are no longer sold.")
    changed: str = Field(default="", description="What changed, from the books: 'saved Reed runner to Hallway'.")
    undo: bool = Field(default=False, description="Whether its last change can be taken back.")
    url: str = Field(default="", description="Its page, for its shopper.")
    link: str | None = Field(default=None, description="Where anybody who has it may look; None while not shared.")


class BoardLine(BaseModel):
    """One board in a list."""

    board_id: str
    name: str
    count: int
    url: str
    pictures: list[str] = Field(default=[], description="Of the first four things on it.")


class Boards(Record):
    """The shopper's own boards, the one changed last first."""

    kind: Literal["boards"] = "boards"
    boards: list[BoardLine]


class Notice(Record):
    """A short plain remark, e.g. that a filter was not applied."""

    kind: Literal["notice"] = "notice"
    code: str
    text: str


class PictureThing(BaseModel):
    """One of several things in a picture; where it is, as shares of the picture's width and height."""

    region: int = Field(description="Its place from the left, from 1.")
    kind: str = Field(description="The product type of what looks most like it.")
    left: float
    top: float
    width: float
    height: float


class Things(Record):
    """The several things in a picture of the shopper's, from left to right, each to be asked for on its own."""

    kind: Literal["things"] = "things"
    image_id: str
    things: list[PictureThing]


AnyRecord = Products | Comparison | Cart | Quote | Order | Orders | Board | Boards | Notice | Things
