"""Reads wishes for several things that belong together: a room, an outfit, 'a sofa, a rug and a lamp, 1,200 in all'."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.compact.lexicon import WORN
from assistant.compact.meaning import Slots
from assistant.compact.money_words import read_price
from assistant.compact.slots import read_slots
from assistant.compact.terms import Terms
from assistant.compact.wordforms import number

_FEET = ("sneakers", "loafers", "boots", "sandals", "heels")
# Everyday sets by name: each piece may be any of its kinds; kinds a shop lacks are left out.
_SETS: tuple[tuple[str, re.Pattern[str], tuple[tuple[str, ...], ...]], ...] = tuple(
    (name, re.compile(pattern), pieces)
    for name, pattern, pieces in (
        ("reading corner", r"\b(?:reading|cosy|cozy) (?:corner|nook|spot)\b",
         (("armchair",), ("lamp", "floor lamp"), ("side table",))),
        ("home office", r"\b(?:home office|office at home|work ?space|study|work(?:ing)? (?:corner|nook))\b",
         (("desk",), ("desk chair", "office chair"), ("lamp", "desk lamp"))),
        ("living room", r"\b(?:living room|lounge|sitting room)\b",
         (("sofa",), ("rug",), ("lamp", "floor lamp"), ("coffee table",))),
        ("bedroom", r"\bbed ?room\b", (("bed",), ("lamp", "table lamp"), ("rug",), ("throw",))),
        ("dining room", r"\b(?:dining room|eating area)\b", (("dining table",), ("dining chair",), ("sideboard",))),
        ("first home", r"\b(?:(?:first|new|own|empty|whole) (?:flat|apartment|home|place|house))\b",
         (("sofa",), ("bed",), ("dining table",), ("lamp", "floor lamp"))),
        ("hallway", r"\b(?:hall ?way|hall|entrance|entry ?way|corridor)\b", (("runner",), ("mirror",), ("bench",))),
        ("bathroom", r"\bbath ?room\b", (("mirror",), ("basket",), ("stool",))),
        ("outfit", r"\b(?:outfits?|(?:whole|complete|full) look|dress me|(?:what|something) (?:should|can|do|could|to) "
                   r"(?:i )?wear (?:to|for|on|at))\b",
         (("shirt", "t-shirt", "sweater", "blouse"), ("trousers", "jeans", "skirt"), _FEET)),
    )
)  # fmt: skip
_TOGETHER = re.compile(
    r"\b(?:all in|in all|in total|total|altogether|all together|for (?:everything|the lot|all of it|the whole)|"
    r"budget|together)\b"
)
_WHOLE = re.compile(
    r"\b(?:corner|nook|outfits?|look|set|whole|complete|furnish\w*|set up|setting up|everything|decorat\w*|dress me|"
    r"wear|ideas?|something|anything|things?|stuff|need help|where to start|what (?:do|should|can|have|could))\b"
)
_FOR_A_ROOM = re.compile(r"^(?:and |for |it's for |the |my |our |a )*[a-z ]+$")
_JOINT = re.compile(r"\s*(?:,(?! ?\d{3}\b)|\band\b|\bplus\b|\bwith\b|\+|;|:)\s*")
_COUNT = re.compile(r"\b(?P<n>\d{1,2}|two|three|four|five|six|eight)\b")
_MOST_PIECES = 4
_MOST_WORDS = 5  # Of 'the bedroom', said after 'which room?'.


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing of a set: what it may be, how many of it, and its own conditions."""

    kinds: tuple[str, ...]
    count: int = 1
    slots: Slots = field(default_factory=Slots)


@dataclass(frozen=True, slots=True)
class SetWish:
    """Things that belong together.

    Args:
        name: What the set is called; "" where its pieces were named.
        pieces: In the order said; one piece alone is where the shopper wants to begin.
        total: The most for all of it, minor units; None where no sum was named.
    """

    name: str
    pieces: tuple[Piece, ...]
    total: int | None


def set_wish(text: str, terms: Terms, currency: str) -> SetWish | None:
    """Return the set a normalised message wishes for, None when it wishes for none."""
    total = _total(text, currency)
    named = _named_pieces(text, terms, currency)
    kinds = {kind for piece in named for kind in piece.kinds}
    if len(named) > 1 and len(kinds) >= len(named) and total is not None:
        return SetWish(_name(text), named[:_MOST_PIECES], total)
    known = next(((name, pieces) for name, pattern, pieces in _SETS if pattern.search(text)), None)
    if known is None or len(named) > 1:
        return None
    name, pieces = known
    if named:
        return SetWish(name, named, total) if name == "outfit" else None
    if total is None and not _WHOLE.search(text) and not _only_names(text):
        return None
    slots, _ = read_slots(text, terms, currency)
    if slots.materials:
        return None
    known_kinds = terms.vocabulary.product_types
    there = [tuple(kind for kind in each if kind in known_kinds) for each in pieces]
    return SetWish(name, tuple(Piece(kinds, slots=Slots(colours=slots.colours)) for kinds in there if kinds), total)


def _name(text: str) -> str:
    return next((name for name, pattern, _ in _SETS if pattern.search(text)), "")


def _only_names(text: str) -> bool:
    return len(text.split()) <= _MOST_WORDS and _FOR_A_ROOM.match(text.strip(" .!?")) is not None


def _total(text: str, currency: str) -> int | None:
    """Return the sum for all of it; a price beside one piece is that piece's own."""
    if not _TOGETHER.search(text):
        return None
    return read_price(re.sub(r"\b(?:in all|altogether|for \w+|all together)\b", "in total", text), currency).price_max


def _named_pieces(text: str, terms: Terms, currency: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for part in _JOINT.split(text):
        slots, _ = read_slots(part, terms, currency)
        if slots.product_types:
            pieces.append(Piece(slots.product_types, _count(part, slots.said_type), replace(slots, price_max=None)))
    return tuple(pieces)


def _count(part: str, said: str) -> int:
    """Return how many are wanted, read right before the thing: 'four dining chairs'."""
    lead = part[: part.find(said)] if said and said in part else ""
    found = _COUNT.search(" ".join(lead.split()[-3:]))
    return max(number(found["n"]) or 1, 1) if found else 1


def kinds_of(pieces: Sequence[Piece]) -> tuple[str, ...]:
    """Return the kinds of all pieces in order."""
    return tuple(dict.fromkeys(kind for piece in pieces for kind in piece.kinds))


def covers(wish: SetWish, kinds: Sequence[str]) -> bool:
    """Tell whether the sum for a set holds for these kinds as well: of an outfit for all one wears, else its pieces."""
    own = set(kinds_of(wish.pieces))
    return not kinds or set(kinds) <= own or (wish.name == "outfit" and all(kind in WORN for kind in kinds))
