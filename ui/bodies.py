"""What requests carry and responses answer, as OpenAPI describes them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from policies.order_address import NewAddress
from policies.order_change import CancelReason, ChangeKind
from tools.records import Order


class Body(BaseModel):
    """Base of everything a client sends; an unknown member is a mistake, never silently ignored."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def _whole_characters(cls, value: object) -> object:
        """Refuse half of a surrogate pair: no store can keep it."""
        if isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value):
            raise ValueError("this is not valid Unicode text")
        return value


class LineChanged(Body):
    """A change of one cart line; quantity 0 removes it."""

    line_id: str = Field(max_length=64)
    quantity: int | None = Field(default=None, ge=0, le=99)
    variant_id: str | None = Field(default=None, max_length=64, description="Another variant of the same product.")

    @model_validator(mode="after")
    def _says_something(self) -> "LineChanged":
        if self.quantity is None and self.variant_id is None:
            raise ValueError("give a quantity, a variant_id or both")
        return self


class CartChanged(Body):
    """Changes that happen together or not at all."""

    changes: list[LineChanged] = Field(min_length=1, max_length=50)


class CheckoutChosen(Body):
    """Where an order goes and how it is paid, by handle; what is left out stays as it is."""

    address: str | None = Field(default=None, max_length=64)
    delivery: str | None = Field(default=None, max_length=64)
    payment_handle: str | None = Field(default=None, max_length=64)


class Pressed(Body):
    """The shopper's press on a rendered card: what was seen, and the proof that this card was shown."""

    digest: str = Field(max_length=200)
    challenge: str = Field(max_length=200)


class LineBack(Body):
    """What goes back of one line of an order, and what comes instead."""

    line_id: str = Field(max_length=64)
    quantity: int | None = Field(default=None, ge=1, le=999, description="Left out: all that is left of the line.")
    variant_id: str | None = Field(default=None, max_length=64, description="For exchange and items: what comes.")


class ChangeAsked(Body):
    """A change of a placed order; it is prepared, and made only by a press on its card."""

    kind: ChangeKind
    lines: list[LineBack] = Field(default=[], max_length=50, description="For return, exchange, items; left out: all.")
    address: str | None = Field(default=None, max_length=64, description="For address: the handle of a known one.")
    new_address: NewAddress | None = Field(default=None, description="For address: one that is not known yet.")
    pay_with: str | None = Field(
        default=None, max_length=64, description="Handle of what pays or gets money back; left out: what paid."
    )
    reason: CancelReason | None = Field(default=None, description="For cancel.")


class OfferChanged(Body):
    """A merchant's change of one variant; what is left out stays as it is."""

    price: int | None = Field(default=None, ge=0, le=100_000_000, description="Minor units.")
    stock: int | None = Field(default=None, ge=0, le=1_000_000, description="Units on hand.")
    sellable: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "OfferChanged":
        if self.price is None and self.stock is None and self.sellable is None:
            raise ValueError("give price, stock or sellable")
        return self


class SeenRegion(BaseModel):
    """A part of a picture that stands out, as shares of its width and height from the upper left corner."""

    left: float
    top: float
    width: float
    height: float


class ImageKept(BaseModel):
    """A picture was cleaned and kept."""

    image_id: str = Field(description="To name in a turn's `image_ids`; good for a day.")
    width: int = Field(description="Pixels.")
    height: int = Field(description="Pixels.")
    notices: list[str] = Field(description="What was changed, as sentences to show.")
    regions: list[SeenRegion] = Field(default=[], description="Where several things stand out, from left to right.")


class PictureRegion(Body):
    """A part of a picture, as shares of its width and height from the upper left corner."""

    left: float = Field(ge=0, le=1)
    top: float = Field(ge=0, le=1)
    width: float = Field(gt=0, le=1)
    height: float = Field(gt=0, le=1)


class Choice(BaseModel):
    """Something a shopper can choose by handle."""

    handle: str
    label: str
    chosen: bool = False


class CheckoutChoices(BaseModel):
    """What the shopper can choose for an order; handles only, never an address or a card number."""

    addresses: list[Choice]
    deliveries: list[Choice]
    payments: list[Choice]


class CardRendered(BaseModel):
    """The purchase card as code drew it from the quote, and the proof of having shown it."""

    quote_id: str
    digest: str
    challenge: str
    card: dict[str, Any]


class OrderPlaced(BaseModel):
    """The order that came of a press; `text` is set where it is not placed yet, or was not taken, and says so."""

    order: Order
    text: str | None = None


class IntentAccepted(BaseModel):
    """The press counts; the order is still being placed. The event stream tells when it is."""

    intent: str
    state: str


class ChangeMade(BaseModel):
    """What came of a press on the card of a change: the order as it is now, and the words for it."""

    text: str = Field(description="What may be said of it; made from the books.")
    progress: str = Field(description="How far the change is, e.g. `done`, `awaiting_goods`, `refunding`, `failed`.")
    order: Order


class AddressPrepared(BaseModel):
    """A new address for orders to come waits for its press."""

    quote_id: str = Field(description="Render, approve and decline it as any other card.")
    ship_to: str = Field(description="What others may read of it; the card shows it whole.")
    expires_at: datetime


class AddressMade(BaseModel):
    """New orders go to the address of the card that was pressed."""

    text: str = Field(description="What may be said of it; made from the books.")


class OrderTold(BaseModel):
    """An order as the operator sees it."""

    order_id: str
    state: str


class OrderEvent(Body):
    """More about an event; what is left out is as usual."""

    resellable: bool = Field(default=True, description="Whether what came back goes on sale again.")


class OrdersTold(BaseModel):
    """The shopper's own orders, newest first."""

    orders: list[Order]


class Healthy(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether shoppers can be served, part by part."""

    status: Literal["ready"] = "ready"
    parts: dict[str, str]


class DemoSource(Body):
    """The generated demo shop: the same numbers give the same shop."""

    source: Literal["demo"] = "demo"
    products: int = Field(default=1200, ge=1, le=1_000_000)
    seed: int = Field(default=7, ge=0, le=2**31 - 1)


class OfferTold(BaseModel):
    """One variant as the books have it; money in minor units."""

    variant_id: str
    product_id: str
    title: str
    options: dict[str, str]
    price: int
    list_price: int | None
    currency: str
    available: int
    on_hand: int
    sellable: bool


class OffersTold(BaseModel):
    """The variants of one product."""

    offers: list[OfferTold]


class CatalogueTold(BaseModel):
    """What is in the index."""

    stats: dict[str, Any]
