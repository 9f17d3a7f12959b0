"""What a shopper may ask to be remembered: typed entries with a key each, and how they are said back."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from policies.money import format_minor

Kind = Literal["size", "dislike", "like", "budget", "room", "owns"]
Facet = Literal["", "colour", "material", "brand", "style"]

KINDS: tuple[Kind, ...] = ("size", "dislike", "like", "budget", "room", "owns")
MOST = 40
"""How many entries are kept of one shopper."""
HOUSEHOLD = (
    "wife", "husband", "partner", "girlfriend", "boyfriend", "friend", "mother", "father", "sister", "brother", "son",
    "daughter", "child", "baby", "grandmother", "grandfather", "aunt", "uncle", "niece", "nephew",
)  # fmt: skip
"""People whose sizes and tastes a shopper may tell apart from their own."""
LONGEST_WORDS = 300
"""Characters of the shopper's own words that are kept with an entry."""
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


class Told(BaseModel):
    """One thing a shopper asked to be remembered, in the shop's own words; nothing in it is free text.

    Args:
        kind: What it is about.
        value: A size label, the shop's word of a taste, a kind of product owned, or the name of a room.
        facet: For a taste: which of the shop's fields the word belongs to.
        of: What a size or a budget is for: "clothes", "shoes" or a kind of product; "" is everything.
        detail: The owned thing's colour or material; what the room is like.
        amount: Most to spend, minor units.
        currency: ISO 4217 code of the amount.
        width_cm: Of the room.
        length_cm: Of the room.
        whom: Whose it is, where it is not the shopper's own: 'son'.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    value: str = Field(default="", max_length=80)
    facet: Facet = ""
    of: str = Field(default="", max_length=80)
    detail: str = Field(default="", max_length=80)
    amount: int | None = Field(default=None, ge=0)
    currency: str = ""
    width_cm: int | None = None
    length_cm: int | None = None
    whom: str = Field(default="", max_length=20)

    @property
    def key(self) -> str:
        """What the entry is addressed by; a newer one of the same key replaces it."""
        match self.kind:
            case "size" | "budget":
                parts = (self.kind, self.of)
            case "like" | "dislike":
                parts = (self.kind, self.facet, self.value)
            case "room":
                parts = (self.kind, self.value)
            case "owns":
                parts = (self.kind, self.detail, self.value)
        parts = (*parts, f"of {self.whom}") if self.whom else parts
        return "-".join(part for part in (_NOT_SLUG.sub("-", each.lower()).strip("-") for each in parts) if part)

    @property
    def opposite(self) -> str:
        """The key of the taste that this one takes back, "" where there is none."""
        if self.kind not in ("like", "dislike"):
            return ""
        other: Kind = "dislike" if self.kind == "like" else "like"
        return self.model_copy(update={"kind": other}).key

    def said(self) -> str:
        """Return the entry as a phrase: 'size M in clothes', 'no leather', 'size 32 in shoes for your son'."""
        return f"{self._said()} for your {self.whom}" if self.whom else self._said()

    def _said(self) -> str:
        match self.kind:
            case "size":
                return f"size {self.value.upper()}" + (f" in {self.of}" if self.of else "")
            case "dislike":
                return f"no {self.value}"
            case "like":
                return f"a liking for {self.value}"
            case "budget":
                most = format_minor(self.amount or 0, self.currency)
                return f"a budget of {most}" + (f" for {_a(self.of)}" if self.of else "")
            case "room":
                return self._room()
            case "owns":
                return f"your {self.detail} {self.value}" if self.detail else f"your {self.value}"

    def _room(self) -> str:
        sides = [f"{side / 100:g} m" for side in (self.width_cm, self.length_cm) if side is not None]
        measured = f", {' by '.join(sides)}" if sides else ""
        return f"your {self.detail} {self.value}{measured}" if self.detail else f"your {self.value}{measured}"


def _a(kind: str) -> str:
    """Return a kind of product with its article; one named in the plural has none."""
    if kind.endswith("s") and not kind.endswith("ss"):
        return kind
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
