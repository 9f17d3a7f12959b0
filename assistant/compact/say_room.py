"""Words for a length the shopper has room for: which of the row fit, by the pages' own measures."""

import re
from collections.abc import Sequence

from assistant.compact.measures import centimetres
from assistant.compact.wording import listed, place
from tools.records import Item

_ROOM = re.compile(
    r"\b(?:fits?(?: in(?:to)?)?|under|below|less than|at most|max(?:imum)?|up to|narrower than|within|smaller than)"
    r" (?P<n>\d+(?:\.\d+)?) ?(?P<unit>cm|m|metres?|meters?)\b(?: (?P<side>wide|high|tall|deep|long))?"
)
_SIDES = {"high": "height", "tall": "height", "deep": "depth", "long": "length"}


def room(text: str, items: Sequence[Item]) -> str:
    """Return which of the products keep within a length that was said; '' when none was said."""
    match = _ROOM.search(text)
    if match is None:
        return ""
    side = _SIDES.get(match["side"] or "", "width")
    limit = float(match["n"]) * (1 if match["unit"] == "cm" else 100)
    sizes = [centimetres(i.attributes.get(side, "")) for i in items]
    fitting = [at for at, size in enumerate(sizes) if size is not None and size <= limit]
    said = f"{match['n']} {match['unit']}"
    if not fitting:
        return f"None of these states a {side} within {said}."
    if len(fitting) == len(items):
        return f"All of them keep within {said}." if len(items) > 1 else f"Its {side} is {items[0].attributes[side]}."
    named = [f"{place(at)} at {items[at].attributes[side]}" for at in fitting[:3]]
    return f"Within {said} {'is' if len(fitting) == 1 else 'are'} {listed(named)}."
