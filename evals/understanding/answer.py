"""Answers of an understander, brought to the words the development set is labelled in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from pydantic import BaseModel, ConfigDict, Field

# Words that stand for several types; an answer may list the types instead.
FAMILIES: Mapping[str, frozenset[str]] = {
    "shoes": frozenset({"boots", "heels", "loafers", "sandals", "sneakers"}),
    "bags": frozenset({"backpack", "crossbody bag", "tote"}),
    "tables": frozenset({"coffee table", "dining table", "side table"}),
    "chairs": frozenset({"armchair", "desk chair", "dining chair", "stool"}),
    "jewellery": frozenset({"bracelet", "necklace"}),
    "tops": frozenset({"shirt", "t-shirt", "sweater"}),
}
# Words for several materials are soft words of the labels; an answer may list the materials instead.
_WIDE: Mapping[str, frozenset[str]] = {
    "wood": frozenset({"oak", "walnut", "pine", "ash", "bamboo", "beech", "birch", "teak"}),
    "metal": frozenset({"steel", "brass", "iron", "aluminium", "copper"}),
}
_MANY = 3
LISTED = (
    "product_types",
    "colours",
    "materials",
    "sizes",
    "brands",
    "not_product_types",
    "not_colours",
    "not_materials",
    "not_brands",
    "quantity",
    "sort",
    "order",
)
PRICES = ("price_min", "price_max")
_RELATIVE = {"cheaper": "price_low", "dearer": "price_high"}
_ASKED = {
    "size": "dimensions",
    "materials": "material",
    "composition": "material",
    "stock": "availability",
    "colour": "colours",
    "reviews": "rating",
    "details": "description",
    "exchanges": "returns",
    "contact": "stores",
    "gift": "gift wrapping",
}


class Entity(BaseModel):
    """A span of the message as it was written, and the slot it belongs to."""

    model_config = ConfigDict(frozen=True)

    slot: str
    text: str


class Answer(BaseModel):
    """One line of an understander.

    `entities` is optional: with it, words that are no catalogue's words can be judged as well.
    """

    model_config = ConfigDict(frozen=True)

    intents: tuple[str, ...]
    slots: Mapping[str, object] = {}
    asked: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()
    confidence: float = Field(ge=0, le=1)
    entities: tuple[Entity, ...] | None = None

    @property
    def first(self) -> str:
        """The first intent; "" where there is none."""
        return self.intents[0] if self.intents else ""


def words_of(slots: Mapping[str, object]) -> dict[str, frozenset[str]]:
    """Return the words of each listed slot in one spelling; slots without words are left out.

    Colours and materials for which the answer tells the word said (`near`, pairs of said and nearest) count as said.
    """
    said = {nearest: word for word, nearest in _pairs(slots.get("near"))}
    found: dict[str, frozenset[str]] = {}
    for name in LISTED:
        words = {plain(said.get(word, word)) for word in _texts(slots.get(name))}
        if name == "sizes":
            words = {_size(word) for word in words}
        if words:
            found[name] = frozenset(words)
    relative = slots.get("relative")
    if "sort" not in found and isinstance(relative, str) and relative in _RELATIVE:
        found["sort"] = frozenset({_RELATIVE[relative]})
    return found


def soft_of(slots: Mapping[str, object]) -> frozenset[str]:
    """Return the single words of soft terms and of styles."""
    phrases = (*_texts(slots.get("soft")), *_texts(slots.get("styles")))
    return frozenset(_stem(word) for phrase in phrases for word in plain(phrase).replace("-", " ").split())


def price_of(slots: Mapping[str, object], name: str) -> int | None:
    """Return a price bound in minor units, written plain or as {amount, currency}."""
    value = slots.get(name)
    if isinstance(value, Mapping):
        value = Money.model_validate(value).amount
    return value if isinstance(value, int) else None


def asked_of(asked: Iterable[str]) -> frozenset[str]:
    """Return what is asked about in one spelling."""
    names = {_ASKED.get(plain(name), plain(name)) for name in asked}
    return frozenset({"dimensions"} if len(names & {"width", "height", "depth", "length", "dimensions"}) > 1 else names)


class Money(BaseModel):
    """An amount in minor units."""

    amount: int


def plain(text: str) -> str:
    """Return text in lower case, one spelling of grey and one space between words."""
    return " ".join(text.casefold().replace("gray", "grey").split())


def types_of(words: frozenset[str], wanted: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """Return the types an answer names, to be held against the wanted ones.

    Args:
        words: Types of the answer. Two or more of a wanted family meet the family's name.
        wanted: Types of the label.
        known: Types of the shop; others are left out.
    """
    kept = frozenset(word for word in words if word in known or word in FAMILIES)
    for family in wanted & FAMILIES.keys():
        if len(kept & FAMILIES[family]) > 1:
            kept = (kept - FAMILIES[family]) | {family}
    return kept


def materials_of(words: frozenset[str]) -> frozenset[str]:
    """Return materials with the wide word in place of three or more of its materials."""
    for name, materials in _WIDE.items():
        if len(words & materials) >= _MANY:
            words = (words - materials) | {name}
    return words


def wide(words: frozenset[str]) -> frozenset[str]:
    """Return the words that stand for several materials."""
    return words & _WIDE.keys()


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _size(text: str) -> str:
    return text.replace("×", "x").replace("cm", "").replace(" ", "")


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(text for one in cast(Sequence[object], value) for text in _texts(one))
    return (str(value),) if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else ()


def _pairs(value: object) -> list[tuple[str, str]]:
    """Read [[said, nearest], ...]; whatever is no pair is left out."""
    pairs = [_texts(one) for one in cast(Sequence[object], value)] if isinstance(value, list | tuple) else []
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]
