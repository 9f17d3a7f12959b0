"""Reads sizes and measures: the catalogue's own, and any other as it was said, metres and words turned into figures."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.compact.lexicon import LETTER_SIZES
from assistant.compact.terms import Terms
from assistant.compact.wordforms import NUMBER_WORDS, stems

_WORDS = "|".join(NUMBER_WORDS)
_LETTERS = r"x{1,3}[sl]|xx?s|[2-5]xl|[sml]"
_NOT_SIZE = (
    r"(?!\s?(?:cm|mm|metres?|meters?|m\b|inch|ft|feet|x\s?\d|by \d|kg|%|percent|weeks?|days?|hours?|minutes?|"
    r"months?|years?|"
    r"of\b|dollars?|bucks|euros?|usd|eur|pounds|or less|stars?|people|persons?|pieces?|pairs?|lamps?|tables?|"
    r"desks?|chairs?|"
    r"sofas?|rugs?|rooms?|drawers?|seats?|[.,]\d))"
)
_SIZE = re.compile(
    rf"\b(?P<lead>(?:sizes?|sz)(?: is|:)?(?: an?)?|in an?|in|us|uk|eu|eur|an?)\s(?:sizes? )?(?:an? )?(?:us |uk |eu )?"
    rf"(?P<size>\d{{1,3}}(?:[.,]5)?|{_LETTERS}|(?:extra |x )?(?:small|large)|medium)\b{_NOT_SIZE}"
)
_WEARS = re.compile(
    rf"\b(?:i'm|i am|i wear|i take|he wears|she wears|he's|she's|he takes|she takes|wears?|takes?) (?:usually |"
    rf"normally |"
    rf"always )?(?:an? )?(?:size )?(?P<size>\d{{1,2}}(?:[.,]5)?|{_LETTERS}|medium|small|large)\b{_NOT_SIZE}"
)
_SPELLED = re.compile(rf"\bsizes?(?: is| an?)? (?P<size>(?:{_WORDS})(?: and a half)?)\b{_NOT_SIZE}")
_FOR_WHOM = re.compile(
    r"\b(?:women'?s|men'?s|kids'?|ladies'?|girls'?|boys'?) (?:size )?"
    rf"(?P<size>\d{{1,2}}(?:[.,]5)?|{_LETTERS})\b{_NOT_SIZE}"
)
_EITHER = re.compile(
    rf"\bsizes? (?:\d{{1,2}}|{_LETTERS}|small|medium)(?: or | and |/)"
    rf"(?P<size>\d{{1,2}}(?:[.,]5)?|{_LETTERS}|medium|large)\b"
)
_IN_A = re.compile(r"\bin an? (?P<size>(?:2[89]|3\d|4\d|50)(?:[.,]5)?)\b" + _NOT_SIZE)
_EUROPEAN = re.compile(r"(?:3[4-9]|4\d)(?:[.,]5)?")
_BETWEEN = re.compile(
    r"\b(?:between )?(?P<size>(?:3\d|4\d)(?:[.,]5)?) (?:or|and) (?:an? )?(?=(?:3\d|4\d)(?:[.,]5)?(?:$|[ ,.?!]))"
    + _NOT_SIZE
)
_LETTER_OR = re.compile(rf"\b(?P<size>{_LETTERS}) or (?:an? )?(?={_LETTERS}\b)")
_HALF = re.compile(r"\b(?P<size>\d{1,2} and a half)\b(?! (?:metres?|meters?|feet|inch))")
_FEET = re.compile(r"\b(?:feet|foot|shoe size) (?:are|is) (?:an? )?(?P<size>\d{1,2}(?:[.,]5)?)\b" + _NOT_SIZE)
_LAST = re.compile(r", (?P<size>small|medium|large)(?: please)?[ .!?]*$")
_LOUD = re.compile(r"\b(?P<size>x{1,3}[sl]|[2-5]xl|extra (?:small|large))\b")
_WORN = re.compile(
    r"\b(?:shoes?|boots?|sneakers?|trainers?|heels?|sandals?|loafers?|flats?|dress(?:es)?|jeans|trousers|pants|skirts?|"
    r"shirts?|coats?|jackets?|blazers?|pumps|one|it|them|those|these),? (?:in )?"
    rf"(?P<size>\d{{2}}(?:[.,]5)?|[4-9](?:[.,]5)?|{_LETTERS})(?=[ ,.?!]|$){_NOT_SIZE}"
)
_ALONE = re.compile(r"(?: (?:please|instead|one|size|too|then))*[ .!?]*$")
_BARE = re.compile(
    rf"^(?:ok |yes |no |hm |the |and |then |an? |make it |rather |sorry |actually "
    rf")*(?P<size>\d{{1,2}}(?:[.,]5)?|{_LETTERS}|"
    r"medium|small|large)(?: (?:please|then|instead|one|size|i think|i guess|thanks|for me|would be fine))*[ .!?]*$"
)
_NUMBER = rf"(?:\d+(?:[.,]\d+)?|(?:{_WORDS}|an?|half an?)(?: and a half)?)"
_UNIT = (
    r"(?:cm|mm|m|centimet(?:re|er)s?|met(?:re|er)s?|inch(?:es)?|in(?= (?:wide|long|tall|high|deep|across)\b|[ ,.?!]*$)|"
    r"ft|foot|feet)"
)
_SIDES = re.compile(
    rf"(?<![\w$€£.])(?P<a>\d+(?:[.,]\d+)?)\s?(?P<ua>{_UNIT})?\s?(?:x|by|times|\*)\s?"
    rf"(?P<b>\d+(?:[.,]\d+)?)\s?(?P<ub>{_UNIT}\b)?"
)
_MEASURE = re.compile(
    rf"(?<![\w$€£.])(?P<a>{_NUMBER})\s?(?P<unit>{_UNIT})\b(?! of\b)(?P<more> and a half| ?\d\d\b(?! ?(?:x|cm|by)\b))?"
    r"(?: (?:wide|long|tall|high|deep|across))?"
)
_METRES_ONLY = re.compile(r"(?<![\w$€£.])(?P<a>[1-4][.,]\d{1,2}) (?:wide|long|tall|high|deep|across)\b")
_UNITLESS = re.compile(
    r"(?<![\w$€£.])(?P<a>\d{2,3}) (?:wide|long|tall|high|deep|across)\b|"
    r"\b(?:wider|taller|longer|deeper|higher|narrower|shorter) than (?P<b>\d{2,3})\b"
    r"(?!\s?(?:cm|m|inch|ft|feet|\$|dollars))"
)
_CORRECTED = re.compile(r"\b(?:no|sorry|actually|i mean|i meant|rather|wait)\b")
_SHORT = {"extra small": "xs", "x small": "xs", "small": "s", "medium": "m", "large": "l", "extra large": "xl",
          "x large": "xl"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SizeWords:
    """Sizes of the catalogue that were said, whatever else was said as a size or measure, and the places of both."""

    known: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


def read_sizes(text: str, terms: Terms) -> SizeWords:
    """Read every size of a normalised clause."""
    labels = terms.sizes
    found: list[tuple[int, int, str]] = [*_sides(text), *_labelled(text, labels)]
    taken = [(start, end) for start, end, _ in found]
    for match in filter(_is_measure, _MEASURE.finditer(text)):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            found.append((*match.span(), _measured(match["a"], match["unit"], match["more"] or "")))
    found.extend((*match.span(), _measured(match["a"], "m")) for match in _METRES_ONLY.finditer(text))
    taken = [(start, end) for start, end, _ in found]
    for match in _UNITLESS.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            found.append((*match.span(), f"{match['a'] or match['b']} cm"))
    found.sort()
    if len(found) > 1 and _CORRECTED.search(text[found[-2][1] : found[-1][0]]):
        found = found[-1:]
    known: list[str] = []
    said: list[str] = []
    for _, _, value in found:
        fitting = [labels[key] for key in _keys(value) if key in labels]
        known.extend(fitting)
        said.extend([] if fitting else [value])
    return SizeWords(
        tuple(dict.fromkeys(known)), tuple(dict.fromkeys(said)), tuple((start, end) for start, end, _ in found)
    )


def longest_side(size: str) -> int | None:
    """Return the longest side in cm of a size such as '70 x 300 cm', None for other sizes."""
    if not size.endswith("cm"):
        return None
    return max((int(number) for number in re.findall(r"\d+", size)), default=None)


def known_sides(text: str, labels: Mapping[str, str]) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the catalogue's sizes said as two sides, '80 x 150', and where.

    Args:
        text: The clause.
        labels: The catalogue's sizes by their words.
    """
    found = [(labels[key], (start, end)) for start, end, value in _sides(text) for key in _keys(value) if key in labels]
    return [size for size, _ in found], [span for _, span in found]


def _sides(text: str) -> list[tuple[int, int, str]]:
    """Return sizes of two sides, 'A x B cm'."""
    found: list[tuple[int, int, str]] = []
    for match in _SIDES.finditer(text):
        unit = match["ub"] or match["ua"] or "cm"
        sides = [_measured(match[side], match[f"u{side}"] or unit).removesuffix(" cm") for side in "ab"]
        found.append((*match.span(), f"{sides[0]} x {sides[1]} cm"))
    return found


def _labelled(text: str, labels: dict[str, str]) -> list[tuple[int, int, str]]:
    """Return sizes as on a label: 'size 8', 'in M', '38' of shoes, a letter or number alone."""
    found: list[tuple[int, int, str]] = []
    for pattern in (
        _HALF,
        _BETWEEN,
        _LETTER_OR,
        _FEET,
        _SPELLED,
        _EITHER,
        _FOR_WHOM,
        _SIZE,
        _WEARS,
        _LOUD,
        _WORN,
        _IN_A,
        _LAST,
        _BARE,
    ):
        for match in pattern.finditer(text):
            start, end = match.span("size")
            clear = pattern is not _SIZE or _is_size(match, text, labels)
            if clear and not any(s < end and start < e for s, e, _ in found):
                found.append((match.start() if pattern is _SIZE else start, end, _label(match["size"])))
    return found


def _is_size(match: re.Match[str], text: str, labels: dict[str, str]) -> bool:
    """Tell 'in a medium' from 'a small desk', and 'a 9' from 'a 3 seater'."""
    said, lead = match["size"], match["lead"]
    if lead.startswith(("siz", "sz", "us", "uk", "eu")) or "size" in match.group():
        return True
    if lead == "in" and _EUROPEAN.fullmatch(said):
        return True
    if not any(key in labels for key in _keys(_label(said))):
        return False
    return lead.startswith("in") or said[0].isdigit() or _ALONE.match(text[match.end() :]) is not None


def _is_measure(match: re.Match[str]) -> bool:
    """Tell '20 in wide' from 'the second one in black'."""
    return match["unit"] not in {"in", "m"} or match["a"][0].isdigit()


def _label(said: str) -> str:
    if said.split()[0] in NUMBER_WORDS or said.endswith(" and a half"):
        return f"{_value(said):g}"
    short = _SHORT.get(said, said).replace(",", ".")
    return short.upper() if short[0].isalpha() or short.endswith(("xl", "xs")) else short


def _keys(value: str) -> Sequence[str]:
    """Return how a value may be written in the catalogue."""
    plain = value.casefold()
    words = next((name for name, letters in LETTER_SIZES.items() if plain in letters), "")
    return [key for key in (" ".join(stems(value)), plain, words) if key]


def _measured(number: str, unit: str, more: str = "") -> str:
    """Return a measure in centimetres; `more` is what followed its unit, 'a metre and a half' or '1 m 20'."""
    value = _value(number) + (0.5 if more.endswith("half") else 0.0)
    if unit in {"m", "metre", "metres", "meter", "meters"}:
        value = value * 100 + (int(more) if more.strip().isdigit() else 0)
    elif unit == "mm":
        value /= 10
    elif unit.startswith(("in", "f")):
        return f"{value:g} {'inch' if unit.startswith('in') else 'ft'}"
    return f"{value:g} cm"


def _value(number: str) -> float:
    whole = number.removesuffix(" and a half")
    if whole[0].isdigit():
        return float(whole.replace(",", ".")) + 0.5 * (whole != number)
    value = 0.5 if whole.startswith("half") else float(NUMBER_WORDS.get(whole, 1))
    return value + 0.5 * (whole != number)
