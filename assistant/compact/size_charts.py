"""Letters for garments that come in numbers: 'in M' where dresses are 2 to 14."""

from collections.abc import Mapping
from typing import Any

from assistant.compact.outcomes import Call
from assistant.compact.say_finds import Manner, found
from assistant.compact.say_none import nothing
from assistant.compact.scripts import Script
from assistant.compact.wordforms import plural
from assistant.compact.wording import capital, listed, sentences
from tools.records import Products

# Women's letters as most makers count them, in the United States and in most of Europe.
_CHARTS: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {"xs": ("0", "2"), "s": ("4", "6"), "m": ("8", "10"), "l": ("12", "14"), "xl": ("16", "18")},
    {"xs": ("32", "34"), "s": ("36",), "m": ("38",), "l": ("40", "42"), "xl": ("44",)},
)


def nothing_or_numbers(record: Products, args: dict[str, Any], how: Manner) -> Script:
    """Look once more by number where a letter left nothing of what comes in numbers; else say that nothing is left."""
    numbers = _numbers(record, args)
    if not numbers:
        return nothing(record, how)
    (outcome,) = yield (Call("search_products", {**args, "sizes": list(numbers)}),)
    again = outcome.products()
    if again is None or not again.items:
        return nothing(record, how)
    kinds = {item.product_type for item in again.items}
    noun = plural(kinds.pop()) if len(kinds) == 1 else "these"
    letter = args["sizes"][0].upper()
    return sentences(
        f"{capital(noun)} come in numbers here; most makers' {letter} is {listed(numbers, 'or')}.", found(again, how)
    )


def _numbers(record: Products, args: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the numbers that may be the one letter asked for, () where letters are not what left nothing."""
    blocked = next((b for b in record.blocked_by if b.name == "sizes" and b.nearest), None)
    sizes = args.get("sizes", [])
    if blocked is None or len(sizes) != 1:
        return ()
    made = {size for item in blocked.nearest for size in item.sizes}
    for chart in _CHARTS:
        known = {number for numbers in chart.values() for number in numbers}
        if made and made <= known:
            return tuple(number for number in chart.get(sizes[0].casefold(), ()) if number in made)
    return ()
