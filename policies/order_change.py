"""What an approval of a change binds: every fact of what shall become of an order, and its digest."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from policies.quote import MAX_MINOR, TermChoice, TermLine, TermTotal

# "exchange" is of delivered goods, "items" of goods that were not shipped; "payment" is another way to pay.
ChangeKind = Literal["cancel", "return", "exchange", "items", "address", "payment"]
CancelReason = Literal["no_longer_needed", "by_mistake"]


class _Terms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ChangeLine(_Terms):
    """What goes back of one line, at the price it was bought for, and what comes instead, at today's."""

    goes: TermLine
    comes: TermLine | None = None


class ChangeTerms(_Terms):
    """Everything that a shopper approves about an order. `difference` is signed: negative is paid back."""

    schema_version: Literal["aisle.change/1"] = "aisle.change/1"
    action: ChangeKind
    change_id: str
    seller: str
    subject: str
    session_id: str
    order_id: str
    order_state: str
    reason: CancelReason | None = None
    order_content: str = Field(description="SHA-256 (hex) of the order as it stands before the change.")
    locale: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    exponent: int = Field(ge=0, le=4)
    lines: tuple[ChangeLine, ...]
    before: tuple[TermTotal, ...] = Field(min_length=2)
    after: tuple[TermTotal, ...] = Field(min_length=2)
    paid: int = Field(ge=0, le=MAX_MINOR, description="Minor units captured for the order less what went back.")
    difference: int = Field(ge=-MAX_MINOR, le=MAX_MINOR)
    moved: int = Field(default=0, ge=0, le=MAX_MINOR, description="Charged anew and then paid back to the old way.")
    instrument: TermChoice = Field(description="What pays or gets money back.")
    chosen: str | None = Field(default=None, description="Handle of the instrument, where the shopper named one.")
    credit: bool = Field(default=False, description="The refund goes to something that did not pay for the order.")
    ship_to: TermChoice
    region: str
    button: str
    notes: tuple[str, ...]
    policy_digest: str
    issued_at: str = Field(description="RFC 3339, UTC, microseconds.")
    expires_at: str = Field(description="RFC 3339, UTC, microseconds.")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        for totals in (self.before, self.after):
            if totals[-1].amount != sum(line.amount for line in totals[:-1]) or totals[-1].amount < 0:
                raise ValueError("the total is not the sum of the lines above it")
        if self.difference != self.after[-1].amount - self.paid:
            raise ValueError("the difference is not what the order costs afterwards less what is paid")
        if self.moved and (self.action != "payment" or self.difference):
            raise ValueError("only another way to pay moves what was paid, and all of it")
        return self

    @property
    def refund(self) -> int:
        """Minor units that go back."""
        return max(0, -self.difference)

    @property
    def pay(self) -> int:
        """Minor units that are to be paid on top."""
        return max(0, self.difference)

    @property
    def charged(self) -> int:
        """Minor units that the instrument is charged, also where as much goes back elsewhere."""
        return self.pay + self.moved


def parse(text: str | bytes) -> ChangeTerms:
    """Read terms from stored JSON.

    Raises:
        pydantic.ValidationError: It is not what `canonical` wrote.
    """
    return ChangeTerms.model_validate_json(text)
