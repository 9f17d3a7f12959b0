"""A new address as a shopper gives it, and what an approval binds that makes it the one orders go to."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from policies.quote import TermChoice


def _text(longest: int, shortest: int = 1) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=shortest, max_length=longest)


class NewAddress(BaseModel):
    """Where to deliver, as it stands on a parcel. Personal: it goes into the books and onto the shopper's own card."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    street: Annotated[str, _text(120)]
    more: Annotated[str, _text(120, 0)] = Field(default="", description="Suite, floor, name at the bell.")
    postcode: Annotated[str, _text(16)]
    city: Annotated[str, _text(80)]
    state: Annotated[str, _text(40, 0)] = ""
    region: str = Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$", description="ISO 3166, as the tax rules name it.")

    @property
    def label(self) -> str:
        """Return what others may read of it."""
        return f"{self.city}, {self.postcode}"

    @property
    def content(self) -> dict[str, str]:
        """Return what the books keep, without the region, which has a column of its own."""
        return self.model_dump(exclude={"region"})


def written(content: Mapping[str, str], region: str) -> str:
    """Return an address on one line, as the shopper's own card shows it."""
    place = " ".join(part for part in (content.get("state", ""), content.get("postcode", "")) if part)
    parts = (content.get("street", ""), content.get("more", ""), content.get("city", ""), place, region)
    return ", ".join(part for part in parts if part)


class HomeTerms(BaseModel):
    """Everything that a shopper approves about the address that orders go to from now on."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    schema_version: Literal["aisle.address/1"] = "aisle.address/1"
    action: Literal["home"] = "home"
    quote_id: str
    seller: str
    subject: str
    session_id: str
    locale: str
    before: TermChoice | None
    ship_to: TermChoice
    region: str
    button: str
    notes: tuple[str, ...]
    policy_digest: str
    issued_at: str = Field(description="RFC 3339, UTC, microseconds.")
    expires_at: str = Field(description="RFC 3339, UTC, microseconds.")


def parse(text: str | bytes) -> HomeTerms:
    """Read terms from stored JSON.

    Raises:
        pydantic.ValidationError: It is not what `canonical` wrote.
    """
    return HomeTerms.model_validate_json(text)
