"""What the routes of boards carry and answer, as OpenAPI describes it."""

from pydantic import BaseModel, Field

from shop.board_edits import LONGEST_NAME, LONGEST_NOTE
from tools.records import Cart, Item
from ui.bodies import Body

_PRODUCT = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"


class PiecePut(Body):
    """A product to put on a board."""

    product_id: str = Field(pattern=_PRODUCT)
    variant_id: str | None = Field(default=None, pattern=_PRODUCT, description="Where one is chosen.")
    note: str = Field(default="", max_length=LONGEST_NOTE)


class BoardMade(Body):
    """A board to make."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    pieces: list[PiecePut] = Field(default=[], max_length=60)


class BoardNamed(Body):
    """What a board is to be called."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)


class NotePut(Body):
    """A note at a product on a board; "" takes it away."""

    note: str = Field(max_length=LONGEST_NOTE)


class SharedBoardTold(BaseModel):
    """A board as whoever has its link sees it."""

    name: str
    items: list[Item]
    notes: dict[str, str] = Field(description="By product_id.")
    options: dict[str, str] = Field(description="What is chosen of a product, by product_id.")


class LeftTold(BaseModel):
    """Something of a board that did not go into the cart."""

    product_id: str
    title: str
    why: str = Field(description="E.g. 'choose_option', 'out_of_stock'.")
    missing: list[str] = Field(default=[], description="Options to choose.")


class BoardBought(BaseModel):
    """The cart with what of a board could go into it, and what could not."""

    cart: Cart
    left: list[LeftTold]
