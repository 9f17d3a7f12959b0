"""Reads how wide, high, deep or long a thing must or may be, and tells which products of a row are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.compact.measures import centimetres
from assistant.compact.outcomes import Call
from assistant.compact.scripts import Script
from assistant.compact.sizes import read_sizes
from assistant.compact.terms import Terms
from assistant.compact.wordforms import normal, plural, spelled, tokens
from assistant.compact.wording import capital, listed, sentences, the
from tools.records import Item, Products

_AXES = (
    ("width", "wide", re.compile(r"\b(?:wide|wider|width|across|narrower|broad|broader)\b")),
    ("depth", "deep", re.compile(r"\b(?:deep|deeper|depth|shallower)\b")),
    ("height", "high", re.compile(r"\b(?:high|higher|tall|taller|height|lower)\b")),
    ("length", "long", re.compile(r"\b(?:long|longer|length|shorter)\b")),
)
_MOST = re.compile(
    r"\b(?:at most|no more than|not more than|up to|max(?:imum)?|under|below|less than|within|"
    r"(?:no|not|isn't|aren't|nothing|can't|cannot|mustn't|shouldn't|may not|must not|"
    r"should not)(?: be)?(?: any)? (?:wider|deeper|higher|taller|longer|broader|over|above)|"
    r"(?:narrower|shallower|lower|shorter|smaller) than)\b"
)
_LEAST = re.compile(
    r"\b(?:at least|no less than|not less than|min(?:imum)?|more than|over|above|from|"
    r"(?:no|not|nothing) (?:narrower|lower|shorter|under|below)|(?:wider|deeper|higher|taller|longer|broader|"
    r"bigger) than)\b"
)
_MEASURE = re.compile(r"\b\d+(?:[.,]\d+)?\s?(?:cm|mm|m|(?:centi)?met(?:re|er)s?|inch(?:es)?|in|ft|feet|foot)\b")
_FIGURE = re.compile(r"(?<![$€£\d.,])\d+(?:[.,]\d+)?(?![\d.,]*\s?(?:[$€£]|dollars?|bucks|euros?|usd|eur|pounds))")
_SIDES = re.compile(r"(?P<first>\d+) x (?P<second>\d+) cm\b")
_SIDE_OF = {"width": "first", "length": "second"}
_DIGIT, _SUM = re.compile(r"\d"), re.compile(r"\s?[$€£]?\d")
_NAMED = 4  # Products one details call takes.
_LONGEST = 1_000  # Characters of an earlier message that are read again.


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound on one measure.

    Args:
        name: As product pages call it: width, depth, height or length.
        how: The adjective: wide, deep, high or long.
        limit: Centimetres, inclusive.
        least: Whether it is the smallest allowed, else the largest.
        said: The limit in the shopper's own unit, where that is another one.
    """

    name: str
    how: str
    limit: float
    least: bool
    said: str = ""

    def holds(self, item: Item) -> bool:
        """Tell whether a page states a measure within the bound."""
        return any(self.allows(stated) for stated, _ in self.stated(item))

    def allows(self, stated: float) -> bool:
        """Tell whether a measure, centimetres, is within the bound."""
        return stated >= self.limit if self.least else stated <= self.limit

    def stated(self, item: Item) -> list[tuple[float, str]]:
        """Return what a page states of the measure, in centimetres and as it is written there.

        What comes in several sizes has it in their names: a rug of 140 x 200 cm is 140 cm wide and 200 cm long.
        """
        said = item.attributes.get(self.name, "")
        measure = centimetres(said)
        if measure is not None:
            return [(measure, said)]
        sides = [(match, size) for size in item.sizes if (match := _SIDES.match(size)) and self.name in _SIDE_OF]
        return [(float(match[_SIDE_OF[self.name]]), size) for match, size in sides]

    def __str__(self) -> str:
        return f"at {'least' if self.least else 'most'} {self.said or f'{self.limit:g} cm'} {self.how}"


def bound_of(text: str, terms: Terms) -> Bound | None:
    """Return the bound a normalised clause names, None where it names none: 'at least 120 cm wide'."""
    sizes = read_sizes(text, terms)
    stated = [(c, s) for s in (*sizes.known, *sizes.said) if " x " not in s and (c := centimetres(s)) is not None]
    axis = next(((name, how) for name, how, pattern in _AXES if pattern.search(text)), None)
    least = _least(text)
    if len(stated) != 1 or axis is None or least is None:
        return None
    limit, said = stated[0]
    return Bound(*axis, limit, least, re.sub("inch$", "inches", said) if said.endswith(("inch", "ft")) else "")


def bound_before(heard: Sequence[str], terms: Terms) -> Bound | None:
    """Return the bound on what is still looked for: the last one said, unless another kind of thing was named since."""
    for text in reversed(heard):
        plain = normal(text[:_LONGEST])
        bound = bound_of(plain, terms)
        if bound is not None or any(match.field == "product_types" for match in terms.find(tokens(plain))):
            return bound
    return None


def _least(text: str) -> bool | None:
    """Tell whether the words around a measure make it the smallest allowed, None where they say nothing of it.

    A price has such words of its own: 'at least 120 cm wide, under $600'.
    """
    spans = [(m.start(), m.end(), least) for p, least in ((_MOST, False), (_LEAST, True)) for m in p.finditer(text)]
    # 'No wider than' holds 'wider than', which says the opposite.
    whole = [(a, b, least) for a, b, least in spans if not any(c < b and a < d and c < a for c, d, _ in spans)]
    figure = _MEASURE.search(text) or _FIGURE.search(text)
    if figure is None:
        return whole[0][2] if whole else None
    before = [span for span in whole if not _DIGIT.search(text, span[1], figure.start()) and span[1] <= figure.start()]
    after = [span for span in whole if span[0] >= figure.end() and not _SUM.match(text, span[1])]
    nearest = [*sorted(before, key=lambda span: -span[1]), *sorted(after)]
    return nearest[0][2] if nearest else None


def bounded(record: Products, bound: Bound) -> Script:
    """Show of a longer row those that keep a bound on a measure, which no search knows."""
    fits = [item.product_id for item in record.items if bound.holds(item)][:_NAMED]
    if fits:
        yield (Call("product_details", {"product_ids": fits}),)
    return said_bound(record.items, bound)


def said_bound(items: Sequence[Item], bound: Bound) -> str:
    """Say which of what was looked at keep the bound, each with what its page states; or that none does."""
    kinds = {item.product_type for item in items}
    noun = plural(kinds.pop()) if len(kinds) == 1 else "pieces"
    fits = [item for item in items if bound.holds(item)]
    if not fits:
        stated = [(measure, item) for item in items for measure, _ in bound.stated(item)]
        if not stated:
            return f"No page of these {noun} states how {bound.how} they are."
        near = (max if bound.least else min)(stated, key=lambda pair: pair[0])
        if len(items) == 1:
            return f"{capital(the(near[1]))} is not {bound}, but {near[0]:g} cm."
        return sentences(
            f"None of the {spelled(len(items))} nearest {noun} is {bound}.",
            f"{capital(the(near[1]))} comes closest at {near[0]:g} cm.",
        )
    named = listed([f"{the(item)} {_told(item, bound)}" for item in fits[:_NAMED]])
    if len(items) == 1:
        return f"{capital(named)} is {bound}."
    more = f"; here are {spelled(_NAMED)}" if len(fits) > _NAMED else ""
    part = "all" if len(fits) == len(items) else f"{spelled(len(fits))} of the"
    count = f"{part} {spelled(len(items))} nearest {noun}"
    return capital(f"{count} {'is' if len(fits) == 1 < len(items) else 'are'} {bound}{more}: {named}.")


def _told(item: Item, bound: Bound) -> str:
    if bound.name in item.attributes:
        return f"at {item.attributes[bound.name]}"
    kept = [
        size for stated, size in bound.stated(item) if stated == bound.limit or (stated > bound.limit) == bound.least
    ]
    return f"in {listed(kept, 'or')}"
