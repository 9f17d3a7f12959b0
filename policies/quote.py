"""What an approval binds: every fact of a purchase as canonical JSON, its digest and a short code."""

import base64
import hashlib
from typing import Literal, Self

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, model_validator

# RFC 8785 serialises numbers as doubles; beyond this an integer would not survive.
MAX_MINOR = 2**53 - 1


class _Terms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TermLine(_Terms):
    """One line as it will be bought; amounts in minor units, `total` = `quantity` × `unit_price`."""

    line_id: str
    variant_id: str
    product_id: str
    title: str
    options: dict[str, str]
    quantity: int = Field(ge=1, le=10_000)
    unit_price: int = Field(ge=0, le=MAX_MINOR)
    total: int = Field(ge=0, le=MAX_MINOR)
    seller: str

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.total != self.quantity * self.unit_price:
            raise ValueError("line total is not quantity × unit price")
        return self


class TermTotal(_Terms):
    """One line of the total; a discount is negative."""

    name: Literal["subtotal", "discount", "delivery", "tax", "total"]
    label: str
    amount: int = Field(ge=-MAX_MINOR, le=MAX_MINOR)


class TermChoice(_Terms):
    """A choice by handle, the label shown, and a hash of what the label stands for."""

    handle: str
    label: str
    content: str = Field(description="SHA-256 (hex) of the address, delivery option or payment reference behind it.")


class QuoteTerms(_Terms):
    """Everything that a shopper approves. Two purchases that differ in any way have different digests."""

    schema_version: Literal["aisle.quote/1"] = "aisle.quote/1"
    action: Literal["place_order"] = "place_order"
    recurrence: Literal["one_time"] = "one_time"
    quote_id: str
    seller: str
    subject: str
    session_id: str
    cart_id: str
    cart_version: int = Field(ge=1)
    locale: str
    lines: tuple[TermLine, ...] = Field(min_length=1)
    totals: tuple[TermTotal, ...] = Field(min_length=2)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    exponent: int = Field(ge=0, le=4)
    coupon: str | None
    ship_to: TermChoice
    region: str
    delivery: TermChoice
    payment: TermChoice
    button: str
    disclosures: tuple[str, ...]
    policy_digest: str
    issued_at: str = Field(description="RFC 3339, UTC, microseconds.")
    expires_at: str = Field(description="RFC 3339, UTC, microseconds.")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        names = [line.name for line in self.totals]
        if names[0] != "subtotal" or names[-1] != "total" or len(set(names)) != len(names):
            raise ValueError("totals start with the subtotal and end with the total, each once")
        if self.totals[0].amount != sum(line.total for line in self.lines):
            raise ValueError("the subtotal is not the sum of the lines")
        if self.totals[-1].amount != sum(line.amount for line in self.totals[:-1]) or self.totals[-1].amount < 0:
            raise ValueError("the total is not the sum of the lines above it")
        return self

    @property
    def total(self) -> int:
        """Minor units to be paid."""
        return self.totals[-1].amount


def canonical(terms: BaseModel) -> bytes:
    """Return the terms of any card as RFC 8785 JSON (UTF-8)."""
    return rfc8785.dumps(terms.model_dump(mode="json"))


def digest(terms: BaseModel) -> str:
    """Return the SHA-256 of the canonical JSON as 64 hex digits."""
    return hashlib.sha256(canonical(terms)).hexdigest()


def parse(text: str | bytes) -> QuoteTerms:
    """Read terms from stored JSON.

    Raises:
        pydantic.ValidationError: It is not what `canonical` wrote.
    """
    return QuoteTerms.model_validate_json(text)


def short_code(digest_hex: str) -> str:
    """Return six characters of the digest, grouped for reading aloud: 'K3F-9QZ'. For people, never for checking."""
    letters = base64.b32encode(bytes.fromhex(digest_hex)[:5]).decode()[:6]
    return f"{letters[:3]}-{letters[3:]}"


def fingerprint(value: dict[str, str]) -> str:
    """Return the SHA-256 (hex) of a small record, so that terms can bind it without carrying it."""
    return hashlib.sha256(rfc8785.dumps(dict(value))).hexdigest()
