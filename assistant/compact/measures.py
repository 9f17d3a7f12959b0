"""Reads measures of products as numbers that can be compared."""

import re

from tools.records import Item

_LENGTH = re.compile(r"^(\d+(?:\.\d+)?)\s?(cm|mm|m)?$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def centimetres(value: str) -> float | None:
    """Read '110 cm' or '1.1 m' as centimetres, None for anything else."""
    match = _LENGTH.match(value.strip())
    if match is None:
        return None
    return float(match[1]) * {"m": 100.0, "mm": 0.1}.get(match[2] or "cm", 1.0)


def measure(item: Item, rank: str) -> float | None:
    """Return a number that is lowest for the item a rank word prefers, None where the page does not say.

    Args:
        item: The product.
        rank: 'cheapest', 'dearest', 'best rated', or '+' (most) or '-' (least) with an attribute's name or 'size'.
    """
    if rank == "cheapest":
        return float(item.price.amount)
    if rank == "dearest":
        return -float(item.price.amount)
    if rank == "best rated":
        return -item.rating if item.rating is not None else None
    sign = -1.0 if rank.startswith("+") else 1.0
    names = ("width", "length", "height", "diameter") if rank[1:] == "size" else (rank[1:],)
    for name in names:
        value = item.attributes.get(name, "")
        size = centimetres(value)
        number = _NUMBER.search(value)
        if size is not None or number is not None:
            return sign * (size if size is not None else float(number.group() if number else 0))
    return None
