"""Cuts text into the terms that are searched: words, numbers with units, dimensions, codes with and without joints."""

import re
import unicodedata
from collections.abc import Iterator

_UNITS = {
    unit: names[0]
    for names in (
        ("inch", "inches", "in", '"'),
        ("ft", "feet", "foot"),
        ("yd", "yard", "yards"),
        ("mm", "millimetre", "millimetres", "millimeter", "millimeters"),
        ("cm", "centimetre", "centimetres", "centimeter", "centimeters"),
        ("m", "metre", "metres", "meter", "meters"),
        ("lb", "lbs", "pound", "pounds"),
        ("oz", "ounce", "ounces"),
        ("kg", "kilo", "kilos", "kilogram", "kilograms"),
        ("g", "gram", "grams"),
        ("gal", "gallon", "gallons"),
        ("l", "litre", "litres", "liter", "liters"),
        ("ml",),
        ("w", "watt", "watts"),
        ("v", "volt", "volts"),
        ("amp", "amps", "ampere"),
        ("ga", "gauge"),
        ("mah",),
        ("hp", "horsepower"),
        ("hz",),
        ("mhz",),
        ("ghz",),
        ("mb",),
        ("gb",),
        ("tb",),
        ("pack", "pk", "packs"),
        ("piece", "pc", "pcs", "pieces"),
    )
    for unit in names
}
_PIECE = re.compile(r"[^\W_]+(?:[./'-][^\W_]+)*|\"")
_NUMBER = re.compile(r"\d+(?:[./-]\d+)*")
_MEASURED = re.compile(r"(\d+(?:[./]\d+)?)-?([^\W\d_]+)")
_CROSSED = re.compile(r"(?<![^\W_])\d+(?:\.\d+)?(?:x\d+(?:\.\d+)?)+(?![^\W_])")
_JOINTS = re.compile(r"[./'-]")
# What a number's own marks are written as inside a term, so that no tokenizer cuts it there.
_MARKS = str.maketrans({"/": "f", ".": "p", "-": "h"})
_SIGNS = str.maketrans({"®": " ", "™": " ", "©": " ", "”": '"', "“": '"', "″": '"', "’": "'", "⁄": "/", "×": "x"})


def plain(text: str) -> str:
    """Return the text in one case, without accents, trade marks and typographic signs."""
    folded = text.translate(_SIGNS).casefold()
    if folded.isascii():
        return folded
    apart = unicodedata.normalize("NFKD", folded)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_SIGNS)


def pieces(text: str) -> list[str]:
    """Return words, numbers and inch marks as they are written, folded; "4x4" comes apart, "3/4" does not."""
    return _PIECE.findall(_CROSSED.sub(lambda found: found.group().replace("x", " x "), plain(text)))


def terms(text: str) -> list[str]:
    """Return everything a text may be found by, in order and as often as it stands there; words are not stemmed.

    "TN-2110" gives tn2110, tn, 2110; "3/4 in." gives 3f4, 3f4inch; "4 x 4" and "4 in. x 4 in." give 4x4 beside the
    numbers; "men's" gives men.
    """
    said = pieces(text)
    found: list[str] = []
    before = ""  # the number that an "x" may join to the next
    for at, piece in enumerate(said):
        number = _leading_number(piece)
        if number is None:
            if not _is_unit_at(said, at) and not _is_cross_at(said, at):
                found.extend(split(piece))
                before = ""
            continue
        found.extend(_number_terms(said, at))
        if before:
            found.append(f"{before}x{number}")
        before = number if _crosses(said, at) else ""
    return found


def split(piece: str) -> Iterator[str]:
    """Yield a word's parts, and all of it without its joints where it has some."""
    if piece == '"':
        return
    parts = [part for part in _JOINTS.split(piece.removesuffix("'s")) if part]
    if len(parts) > 1:
        yield "".join(parts)
    yield from parts


def is_code(piece: str) -> bool:
    """Say whether a piece looks like a part or model number: letters and digits, or digits only and long."""
    bare = _JOINTS.sub("", piece)
    digits = sum(sign.isdigit() for sign in bare)
    measured = _MEASURED.fullmatch(piece)
    if measured and measured[2] in _UNITS:
        return False
    return (0 < digits < len(bare) and len(bare) >= 4) or (digits == len(bare) and digits >= 5)


def _leading_number(piece: str) -> str | None:
    measured = _MEASURED.fullmatch(piece)
    if measured and measured[2] in _UNITS:
        return measured[1].translate(_MARKS)
    return piece.translate(_MARKS) if _NUMBER.fullmatch(piece) else None


def _number_terms(said: list[str], at: int) -> Iterator[str]:
    number = _leading_number(said[at]) or ""
    yield number
    measured = _MEASURED.fullmatch(said[at])
    unit = measured[2] if measured else said[at + 1] if _is_unit_at(said, at + 1) else ""
    if unit:
        yield f"{number}{_UNITS[unit]}"


def _is_unit_at(said: list[str], at: int) -> bool:
    """Say whether a piece is the unit of the number before it ("in" is one only there)."""
    return 0 < at < len(said) and said[at] in _UNITS and _NUMBER.fullmatch(said[at - 1]) is not None


def _is_cross_at(said: list[str], at: int) -> bool:
    """Say whether a piece is the sign between two dimensions."""
    if said[at] != "x" or at == 0 or at + 1 >= len(said):
        return False
    after_number = _leading_number(said[at - 1]) is not None or _is_unit_at(said, at - 1)
    return after_number and _leading_number(said[at + 1]) is not None


def _crosses(said: list[str], at: int) -> bool:
    """Say whether the number here is followed by a cross, its unit between them or not."""
    after = at + 2 if _is_unit_at(said, at + 1) else at + 1
    return after < len(said) and _is_cross_at(said, after)
