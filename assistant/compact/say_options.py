"""Words for options and stock: yes with the price, sold out with what is there, or never made."""

from collections.abc import Mapping, Sequence

from assistant.compact.wording import capital, listed, sentences, the, verb
from tools.records import Item

Wanted = Mapping[str, Sequence[str]]
"""Values asked for by option, e.g. {'colour': ('blue',), 'size': ('M',)}; any of them will do."""


def has_option(item: Item, wanted: Wanted) -> bool:
    """Tell whether one variant in stock has all wanted options; options all variants share count as the product's."""
    if item.availability == "out_of_stock":
        return False
    return any(all(_has(item, o, n, v) for n, v in wanted.items()) for o in item.in_stock_options or [{}])


def _has(item: Item, option: Mapping[str, str], name: str, values: Sequence[str]) -> bool:
    plain = {v.casefold() for v in values}
    if name in option:
        return option[name].casefold() in plain
    return any(v.casefold() in plain for v in made(item, name))


def made(item: Item, name: str) -> list[str]:
    """Return all values of an option the product is made in, in stock or not."""
    return item.colours if name == "colour" else item.sizes


def had(item: Item, wanted: Wanted) -> dict[str, str]:
    """Return the wanted options as the item has them, where exactly one value of each fits."""
    fits = {
        n: [v for v in made(item, n) if v.casefold() in {w.casefold() for w in values}] for n, values in wanted.items()
    }
    return {n: values[0] for n, values in fits.items() if len(values) == 1}


def option_answer(item: Item, wanted: Wanted, *, elsewhere: Item | None = None) -> str:
    """Answer 'do you have it in blue, in a 2', naming another shown item that has it where this one does not."""
    if not wanted:
        return stock(item)
    told = _told(item, wanted)
    if has_option(item, wanted):
        return f"Yes, {the(item)} {verb(item, 'is', 'are')} in stock {told}, {_at(item)}."
    other = _has_it(elsewhere, wanted) if elsewhere else ""
    for name, values in wanted.items():
        if not {v.casefold() for v in values} & {v.casefold() for v in made(item, name)}:
            return sentences(_never_made(item, name, values), other)
    return sentences(
        f"{capital(the(item))} {verb(item, 'is', 'are')} out of stock {told}.", _instead(item, wanted), other
    )


def _has_it(item: Item, wanted: Wanted) -> str:
    be = verb(item, "is the one", "are the ones")
    return f"{capital(the(item))} {be} {_told(item, wanted)}, {_at(item)}."


def _at(item: Item) -> str:
    """Write the price; of a product whose options differ in price the lowest is known here."""
    return f"at {item.price}" if item.price_to is None else f"from {item.price}, by option"


def _told(item: Item, wanted: Wanted) -> str:
    """Write the wanted options, only those values the item is made in where there are some."""
    parts: list[str] = []
    for name, values in wanted.items():
        own = [v for v in values if v.casefold() in {m.casefold() for m in made(item, name)}] or list(values)
        parts.append(_said(name, own))
    return listed(parts)


def _said(name: str, values: Sequence[str]) -> str:
    if name == "colour" or " " in values[0]:
        return f"in {listed(values, 'or')}"
    return f"in size {listed([v.upper() for v in values], 'or')}"


def _never_made(item: Item, name: str, values: Sequence[str]) -> str:
    has = made(item, name)
    if not has:
        return f"{capital(the(item))} {verb(item, 'has', 'have')} no choice of {name}."
    come, it = verb(item, "doesn't come", "don't come"), verb(item, "it comes", "they come")
    return f"{capital(the(item))} {come} {_said(name, values)}; {it} in {listed(has)}."


def _instead(item: Item, wanted: Wanted) -> str:
    """Name what is in stock nearest to the wish: other sizes of that colour, else other colours."""
    for kept, free in (("colour", "size"), ("size", "colour")):
        stocked = [o for o in item.in_stock_options if kept not in wanted or _has(item, o, kept, wanted[kept])]
        values = list(dict.fromkeys(o[free] for o in stocked if free in o))
        if values and free in wanted:
            return f"{capital(listed(values))} {'is' if len(values) == 1 else 'are'} here."
    return ""


def stock(item: Item) -> str:
    """Say whether the product is in stock, and which of its options are sold out."""
    be = verb(item, "is", "are")
    if item.availability == "out_of_stock":
        return f"{capital(the(item))} {be} out of stock at the moment."
    left = ", only a few left" if item.availability == "low_stock" else ""
    gone = [v for n in ("colour", "size") for v in sold_out(item, n)]
    but = f", except {listed(gone)}" if gone else ""
    return f"Yes, {the(item)} {be} in stock{left}{but}."


def sold_out(item: Item, name: str) -> list[str]:
    """Return the values of an option that no variant in stock has."""
    stocked = {o[name].casefold() for o in item.in_stock_options if name in o}
    return [v for v in made(item, name) if stocked and v.casefold() not in stocked]
