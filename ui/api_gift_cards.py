"""Route by which the operator gives a shopper a gift card."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ui.bodies import Body
from ui.identity import Operator
from ui.openapi import problems
from ui.services import Served

router = APIRouter(prefix="/v1/operator/gift-cards", tags=["operator"])


class GiftCardIssued(Body):
    """A new gift card: whose, its name, and what is on it in the shop's currency."""

    subject: str = Field(min_length=1, max_length=128, description="The shopper, as the books name them.")
    handle: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,55}$", description="Unique among all gift cards.")
    label: str = Field(min_length=1, max_length=60, description="What the shopper reads.")
    balance: int = Field(ge=1, le=100_000_000, description="Minor units.")


class GiftCardTold(BaseModel):
    """A gift card that was given."""

    handle: str
    label: str
    balance: int = Field(description="Minor units.")


@router.post(
    "", status_code=201, operation_id="issue_gift_card", responses=problems(400, 401, 403, 404, 409, 413, 422, 503)
)
async def issue_gift_card(given: GiftCardIssued, operator: Operator, services: Served) -> GiftCardTold:
    """Give a shopper a gift card; from then on it is among their ways to pay."""
    await services.app.books.gift_cards.issue(given.subject, (given.handle, given.label), given.balance)
    return GiftCardTold(handle=given.handle, label=given.label, balance=given.balance)
