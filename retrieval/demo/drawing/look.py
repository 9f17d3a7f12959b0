"""Look: what a product's page says of its shape, read once; and its own choices where the page says nothing."""

import re
from collections.abc import Sequence
from functools import cached_property
from hashlib import blake2b
from typing import TypeVar

from retrieval.demo.drawing.canvas import Paint
from retrieval.demo.drawing.materials import METALS, WOODS, knitted, metal, paint_of
from retrieval.product import Product

Option = TypeVar("Option")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?) cm")
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}


class Look:
    """A product in one of its colours, as drawings ask about it. The same product always answers alike."""

    def __init__(self, product: Product, colour: str | None) -> None:
        self.product = product
        self.colour = colour if colour is not None else (product.colours[0] if product.colours else None)
        self.type = product.product_type
        self.material = product.materials[0] if product.materials else "cotton"
        self.second = product.materials[1] if len(product.materials) > 1 else ""
        said = (product.title, product.description, *product.attributes, *product.attributes.values())
        self._words = " ".join(said).lower().replace("-", " ")

    @cached_property
    def seed(self) -> int:
        """A number of its own, the same for all its colours."""
        return self._hash("seed") & 0xFFFFFF

    @cached_property
    def main(self) -> Paint:
        """The main material in this colour."""
        return paint_of(self.material, self.colour)

    @cached_property
    def accent(self) -> Paint:
        """The second material, else a wood or metal of the product's choice; for legs, handles, frames."""
        if self.second in ("steel", "iron"):
            return metal("black")
        if self.second:
            return paint_of(self.second, "tan" if self.second == "leather" else None)
        return metal(self.pick("accent", ("oak", "walnut", "black", "brass")))

    @cached_property
    def metal(self) -> Paint:
        """Metal for handles and fittings: the second material where it is one."""
        named = self.second if self.second in METALS and self.second not in ("steel", "iron") else ""
        return metal(
            named or self.pick("metal", ("brass", "black", "steel") if not self.second else ("black", "brass"))
        )

    @cached_property
    def legs(self) -> Paint:
        """What the legs are of: the second wood or metal, the main wood or metal, or a fitting wood."""
        if self.second in WOODS | METALS:
            return self.accent
        if self.material in WOODS | METALS | {"bamboo"}:
            return self.main
        return metal(self.pick("legs", ("oak", "walnut", "black", "brass", "walnut", "oak")))

    @cached_property
    def knit(self) -> Paint:
        """The main yarn with visible stitches."""
        return knitted(self.main)

    @cached_property
    def rib(self) -> Paint:
        """The main yarn in rib."""
        return knitted(self.main, ribbed=True)

    @property
    def wooden(self) -> bool:
        """Whether the main material is a wood."""
        return self.material in WOODS

    @property
    def metallic(self) -> bool:
        """Whether the main material is a metal."""
        return self.material in METALS

    def says(self, *words: str) -> bool:
        """Whether the title, description or attributes contain any of these words; hyphens read as spaces."""
        return any(word in self._words for word in words)

    def form(self, forms: Sequence[str], otherwise: str = "") -> str:
        """The first of these forms that the title names, else that the page names, else `otherwise`."""
        title = self.product.title.lower().replace("-", " ")
        return next((form for text in (title, self._words) for form in forms if form in text), otherwise)

    def measure(self, name: str, otherwise: float) -> float:
        """An attribute in centimetres."""
        found = _NUMBER.search(self.product.attributes.get(name, ""))
        return float(found[1]) if found else otherwise

    def count(self, name: str, otherwise: int) -> int:
        """An attribute that starts with a counting word: 'two drawers' is 2."""
        first = self.product.attributes.get(name, "").split(" ")[0]
        return _COUNTS.get(first, otherwise)

    def pick(self, topic: str, options: Sequence[Option]) -> Option:
        """One of some options, by the product's id alone."""
        return options[self._hash(topic) % len(options)]

    def vary(self, topic: str, low: float, high: float) -> float:
        """A number in [low, high], by the product's id alone."""
        return low + (high - low) * (self._hash(topic) % 10_007) / 10_006

    def _hash(self, topic: str) -> int:
        key = f"{self.product.product_id}\x1f{topic}".encode()
        return int.from_bytes(blake2b(key, digest_size=8).digest(), "big")
