"""What requests and responses of a conversation carry."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from tools.records import Cart, Quote
from ui.bodies import Body, CheckoutChoices

TurnId = Field(
    default=None,
    pattern=r"^[A-Za-z0-9._:-]{1,64}$",
    description="The client's own name for this turn; sending it again returns the same turn.",
)


class SessionWanted(Body):
    """Which conversation a page would like; nothing said is the one the visitor is in."""

    fresh: bool = Field(default=False, description="Begin a new one; cart and orders stay the visitor's.")
    session_id: str | None = Field(default=None, max_length=64, description="Go on with this one of the visitor's own.")
    locale: str | None = Field(
        default=None, max_length=35, description="The page's language (BCP 47): that of order cards and refusals."
    )
    assertion: str | None = Field(
        default=None, max_length=4096, description="Who is signed in, as a token (JWT) of the shop's own backend."
    )


class PageHints(Body):
    """Where on the shop's pages the shopper is; each is looked up, and what the catalogue does not know is no hint."""

    product_id: str = Field(default="", max_length=100, description="The product the page is about.")
    variant_id: str = Field(default="", max_length=100, description="What is selected of it.")
    search: str = Field(default="", max_length=200, description="What was looked for on it.")


class TurnAsked(Body):
    """One message of the shopper."""

    text: str = Field(description="What the shopper says; at most AISLE_MAX_MESSAGE_CHARS characters.")
    client_turn_id: str | None = TurnId
    image_ids: list[str] = Field(default=[], max_length=4, description="Ids of pictures sent before.")
    page: PageHints | None = Field(default=None, description='What "this" may mean.')


class SessionCreated(BaseModel):
    """A conversation has begun."""

    session_id: str
    token: str = Field(description="Bearer token of this session; hold it in memory or the tab's own storage.")
    expires_at: datetime
    scopes: list[str] = Field(description="What the token allows: `chat`, and `approve` on first-party pages.")


class StreamEvent(BaseModel):
    """One event as it went over the stream."""

    seq: int = Field(description="The stream's event id; grows by one within a session.")
    event: str
    data: dict[str, Any]


class TurnTold(BaseModel):
    """One turn of the transcript."""

    turn_id: str
    client_turn_id: str
    text: str
    image_ids: list[str] = Field(description="The pictures that went with it; each can be seen for a day.")
    state: str
    events: list[StreamEvent]


class Starter(BaseModel):
    """Something to begin with."""

    label: str
    says: str = Field(description="What is said for the shopper when it is chosen.")


class SessionTold(BaseModel):
    """Everything a page needs to draw a conversation again."""

    session_id: str
    turns: list[TurnTold]
    events: list[StreamEvent] = Field(description="What happened outside any turn, e.g. after a press.")
    last_event_id: int
    cart: Cart
    quote: Quote | None = Field(description="A quote that still waits for the shopper's press.")
    checkout: CheckoutChoices
    starters: list[Starter] = Field(description="What an empty conversation may begin with.")
