"""What comparatives and superlatives rank products by, and which products come first by it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.compact.measures import centimetres
from tools.records import Item

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Rank:
    """One way to rank.

    Args:
        key: 'cheapest', 'dearest', 'best rated', or '+' (most) or '-' (least) with a measure or 'size'.
        words: A pattern of the words that ask for it.
        more: How two are told apart: 'narrower'.
        most: How several are: 'narrowest'.
    """

    key: str
    words: str
    more: str
    most: str


RANKS = (
    Rank("cheapest", r"cheap(?:er|est)|(?:less|least) expensive|lower priced|most affordable", "cheaper", "cheapest"),
    Rank("dearest", r"(?:more|most) expensive|dear(?:er|est)|pric(?:ier|iest)", "dearer", "dearest"),
    Rank("best rated", r"(?:best|better|highest|higher|top)[ -](?:rated|reviewed)|(?:best|better) (?:reviews|ratings?)",
         "better rated", "best rated"),
    Rank("-width", r"narrow(?:er|est)|slim(?:mer|mest)", "narrower", "narrowest"),
    Rank("+width", r"wid(?:er|est)|broad(?:er|est)", "wider", "widest"),
    Rank("-depth", r"shallow(?:er|est)", "shallower", "shallowest"),
    Rank("+depth", r"deep(?:er|est)", "deeper", "deepest"),
    Rank("-size", r"small(?:er|est)|(?:more|most) compact|compact", "smaller", "smallest"),
    Rank("+size", r"bigg(?:er|est)|larg(?:er|est)", "larger", "largest"),
    Rank("-height", r"low(?:er|est)", "lower", "lowest"),
    Rank("+height", r"tall(?:er|est)|high(?:er|est)", "taller", "tallest"),
    Rank("-length", r"short(?:er|est)", "shorter", "shortest"),
    Rank("+length", r"long(?:er|est)", "longer", "longest"),
    Rank("-weight", r"light(?:er|est)", "lighter", "lightest"),
    Rank("+weight", r"heav(?:ier|iest)", "heavier", "heaviest"),
)  # fmt: skip
_BY_KEY = {rank.key: rank for rank in RANKS}
_SAID = tuple((rank, re.compile(rf"\b(?:{rank.words})\b")) for rank in RANKS)
# Of a garment "shorter" is its length, of furniture often its height: the first that the pages state.
_NAMES = {"size": ("width", "length", "height", "diameter"), "length": ("length", "height")}


@dataclass(frozen=True, slots=True)
class Ranked:
    """Products by rank.

    Args:
        rank: By what.
        name: The fact it was read from: 'price', 'rating' or a measure.
        order: First to last of those whose pages state it, each with its place from 0; equals share one.
        unstated: The rest.
    """

    rank: Rank
    name: str
    order: tuple[tuple[int, Item], ...]
    unstated: tuple[Item, ...]

    @property
    def best(self) -> tuple[Item, ...]:
        """Those that share the first place."""
        return tuple(item for place, item in self.order if place == 0)


def rank_said(text: str) -> Rank | None:
    """Return what a normalised text ranks by, None when it does not."""
    found = [(match.start(), rank) for rank, words in _SAID if (match := words.search(text))]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def rank_called(key: str) -> Rank:
    """Return the rank of a key."""
    return _BY_KEY[key]


def ranked(items: Sequence[Item], rank: Rank) -> Ranked:
    """Rank products by what their records state."""
    name, values = _values(items, rank)
    known = sorted({value for value in values if value is not None})
    order = sorted(
        ((known.index(value), item) for item, value in zip(items, values, strict=True) if value is not None),
        key=lambda pair: pair[0],
    )
    return Ranked(rank, name, tuple(order), tuple(i for i, v in zip(items, values, strict=True) if v is None))


def _values(items: Sequence[Item], rank: Rank) -> tuple[str, list[float | None]]:
    """Return the fact to rank by, and a number for each item that is lowest for the one preferred."""
    if rank.key in {"cheapest", "dearest"}:
        sign = 1.0 if rank.key == "cheapest" else -1.0
        return "price", [sign * item.price.amount for item in items]
    if rank.key == "best rated":
        return "rating", [None if item.rating is None else -item.rating for item in items]
    sign = -1.0 if rank.key.startswith("+") else 1.0
    names = _NAMES.get(rank.key[1:], (rank.key[1:],))
    readings = {name: [_reading(item, name) for item in items] for name in names}
    # One measure for all: a width against a length says nothing.
    name = max(names, key=lambda each: sum(value is not None for value in readings[each]))
    return name, [None if value is None else sign * value for value in readings[name]]


def _reading(item: Item, name: str) -> float | None:
    said = item.attributes.get(name, "")
    size, number = centimetres(said), _NUMBER.search(said)
    return size if size is not None else float(number.group()) if number else None
