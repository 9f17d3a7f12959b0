"""Reads price phrases: bounds, ranges, rough amounts, spelled numbers, and words such as 'cheaper'."""

import re
from dataclasses import dataclass, field

from assistant.compact.meaning import Relative
from assistant.compact.wordforms import NUMBER_WORDS, number
from policies.money import exponent
from retrieval.query import Sort

_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_SPELLED = (
    rf"(?:a couple(?: of)? hundred|(?:a|{_WORDS})(?:[ -](?:{_WORDS}))?[ -](?:hundred|thousand|grand)"
    rf"(?: and (?:{_WORDS}))?|(?:{_WORDS})(?:[ -](?:{_WORDS}))?)"
)
_UNIT = r"(?:\s?(?:dollars?|bucks?|usd|euros?|eur|€|pounds?|quid|gbp|\$))"
_FIGURE = r"[$€£]?\s?\d+(?:[.,]\d{3})*(?:[.,]\d{1,2})?\s?(?:k\b|grand\b|hundred\b)?"
_AMOUNT = rf"(?:{_FIGURE}|{_SPELLED}){_UNIT}?"
# A number followed by one of these is a measure, a count or a place in a list, not money.
_NOT_MONEY = (
    r"(?!\s?(?:cm|mm|m\b|wide\b|deep\b|high\b|tall\b|long\b|across\b|by \d|seater|metres?|meters?|inch|inches|\"|"
    r"'|ft|feet|kg|g\b|litres?|liters?|l\b|%|percent|stars?|drawers?"
    r"|seats?|seater|people|persons?|pieces?|items?|weeks?|days?|years?|hours?|months?|of\b|x\b|x\s?\d|"
    r"ones?\b|options?|other"
    r"|more\b|[a-z]*\d))"
)
_A = rf"(?P<a>{_AMOUNT}){_NOT_MONEY}"
_B = rf"(?P<b>{_AMOUNT}){_NOT_MONEY}"

_RANGE = re.compile(rf"\b(?:between|from|somewhere between)\s+{_A.replace(_NOT_MONEY, '')}\s*(?:and|to|-|&)\s*{_B}")
_DASH = re.compile(rf"(?<![\w.])(?P<a>[$€£]\s?\d[\d.,]*)\s?(?:-|to)\s?(?P<b>[$€£]?\s?\d[\d.,]*){_NOT_MONEY}")
_TO = re.compile(rf"(?<![\w.])(?P<a>\d[\d.,]*)\s?(?:-|to)\s?(?P<b>\d[\d.,]*)(?={_UNIT})")
_RANGED = re.compile(
    r"(?:^|\bin the )(?P<a>\d{2,5})\s?(?:-|to)\s?(?P<b>\d{2,5})(?= range\b|(?: please| or so)?[ .!]*$)"
)
_MOST = (
    r"under|below|less than|lower than|cheaper than|up to|at most|no more than|not more than|not over|nothing over|"
    r"nothing above|not above|maximum(?: of)?|max(?: of)?|within|underneath|beneath|stay(?:ing)? under|"
    r"(?:a )?budget (?:is|of|:)|budget's|budget|spend|no higher than|(?:cap|limit|keep) (?:it|that|them|"
    r"the price) (?:at|to|below|under)|<=?"
)
_MAX = re.compile(rf"(?:\b(?:{_MOST})|<=?)\s*(?:about |around |like |only |up to |roughly )?{_A}")
_MAX_AFTER = re.compile(
    rf"(?<![\w.]){_A}\s*(?:each |apiece |a piece |per piece )?(?:or less|or under|or below|or cheaper|max\b|"
    rf"maximum|tops\b|at most|all in|in total|"
    rf"total\b|budget|to spend|left to spend)"
)
_LEAST = (
    r"over|above|more than|at least|starting (?:at|from)|upwards of|minimum(?: of)?|min(?: of)?|from|no less than|>=?"
)
_MIN = re.compile(rf"(?:\b(?:{_LEAST})|>=?)\s*{_A}")
_MIN_AFTER = re.compile(rf"(?<![\w.]){_A}\s*(?:or more|or above|or over|and up|and above|\+)")
_ROUGH = re.compile(
    rf"(?:\b(?:around|about|roughly|approximately|approx|circa|near|close to|something like|ish)|~)\s*{_A}"
)
_PLAIN = re.compile(rf"(?<![\w.])(?P<a>[$€£]\s?\d[\d.,]*|(?:\d[\d.,]*|{_SPELLED}){_UNIT})(?:ish)?")
_PLAIN_FOR = re.compile(r"\bfor\s*$")

_CHEAPER = re.compile(
        r"\b(?:cheaper|less expensive|lower price|lower priced|more affordable|less pricey|not (?:so|as|that|"
        r"too) (?:expensive|pricey)|"

        r"too (?:expensive|pricey|dear|much)|bring (?:the )?price down|costs? less|for less|"
        r"lower budget)\b(?! than [$€£\d])")  # fmt: skip
_DEARER = re.compile(
        r"\b(?:more expensive|pricier|dearer|higher end|more upmarket|fancier|more premium|more luxurious|"
        r"splurge)\b(?! than [$€£\d])")  # fmt: skip
_LOWEST = re.compile(
        r"\b(?:cheapest|least expensive|lowest priced?|most affordable|by price|price low to high|cheap(?:ly)?|"
        r"affordable|inexpensive|on a (?:tight )?budget|budget friendly|low cost)\b")  # fmt: skip
_HIGHEST = re.compile(r"\b(?:most expensive|priciest|dearest|most luxurious|highest priced?|price high to low)\b")
_RATED = re.compile(
    r"\b(?:best|top|highest|well|highly|better|higher)[ -]?(?:rated|reviewed|rating|reviews)\b|"
    r"\bgood reviews\b|\bmost loved\b"
)
_BUDGET = re.compile(r"\b(?:budget|in total|all in|altogether|stay(?:ing)? under|total\b|nothing over)\b")


@dataclass(frozen=True, slots=True)
class PriceWords:
    """Bounds in minor units, inclusive; `spans` are the character ranges the phrases took."""

    price_min: int | None = None
    price_max: int | None = None
    sort: Sort | None = None
    relative: Relative | None = None
    budget: bool = False
    """The amount was called a budget or total, so it outlives a change of product type."""
    around: int | None = None
    """The amount that was only said roughly; the bounds are a quarter less and more."""
    spans: tuple[tuple[int, int], ...] = field(default=())


def read_price(text: str, currency: str) -> PriceWords:
    """Read every price phrase of a normalised text."""
    spans: list[tuple[int, int]] = []
    low, high = _bounds(text, currency, spans)
    around = _first(text, (_ROUGH,), currency, spans) if low is None and high is None else None
    if around is not None:
        low, high = round(around * 0.75), round(around * 1.25)
    elif low is None and high is None:
        high = _stated(text, currency, spans)
    sort = _sort(text, spans)
    relative = _relative(text, spans)
    if relative is not None and (low is not None or high is not None):
        relative = None
    budget = high is not None and bool(_BUDGET.search(text))
    return PriceWords(low, high, sort, relative, budget, around, tuple(spans))


def amount(text: str, currency: str) -> int | None:
    """Read one amount ('$1,200', '1.5k', 'a hundred bucks', 'two hundred and fifty') as minor units."""
    words = re.sub(_UNIT + r"|[$€£]", " ", text).strip()
    figure = re.match(r"(\d[\d.,]*)\s?(k|grand|hundred)?", words)
    units = 10 ** exponent(currency)
    if figure:
        value = _figure(figure[1])
        factor = {"k": 1000, "grand": 1000, "hundred": 100}.get(figure[2] or "", 1)
        return None if value is None else round(value * factor * units)
    value = _spelled(words)
    return None if value is None else value * units


def _bounds(text: str, currency: str, spans: list[tuple[int, int]]) -> tuple[int | None, int | None]:
    for pattern in (_RANGE, _DASH, _TO, _RANGED):
        if match := pattern.search(text):
            a, b = amount(match["a"], currency), amount(match["b"], currency)
            if a is not None and b is not None and not _two_sizes(match["a"], match["b"]):
                spans.append(match.span())
                return min(a, b), max(a, b)
    high = _first(text, (_MAX, _MAX_AFTER), currency, spans)
    low = _first(text, (_MIN, _MIN_AFTER), currency, spans)
    return low, high


def _stated(text: str, currency: str, spans: list[tuple[int, int]]) -> int | None:
    """Read a bare amount with its currency ('a lamp for $50', 'a $50 lamp') as the most to spend."""
    match = _PLAIN.search(text)
    if match is None:
        return None
    lead = _PLAIN_FOR.search(text[: match.start()])
    spans.append((lead.start() if lead else match.start(), match.end()))
    return amount(match["a"], currency)


def _first(text: str, patterns: tuple[re.Pattern[str], ...], currency: str, spans: list[tuple[int, int]]) -> int | None:
    for pattern in patterns:
        for match in pattern.finditer(text):
            inside = any(s < match.end() and match.start() < e for s, e in spans)
            value = None if inside or _small_count(match["a"]) else amount(match["a"], currency)
            if value is not None:
                spans.append(match.span())
                return value
    return None


def _two_sizes(low: str, high: str) -> bool:
    """Tell 'between 38 and 39', which are sizes, from a range of prices."""
    return low.strip().isdigit() and high.strip().isdigit() and 0 < int(high) - int(low) <= 2


def _small_count(words: str) -> bool:
    """Tell 'more than one' and 'over 3' from money: small bare numbers count things."""
    value = number(words.strip())
    return value is not None and value < 5


def _sort(text: str, spans: list[tuple[int, int]]) -> Sort | None:
    sorts: tuple[tuple[Sort, re.Pattern[str]], ...] = (
        ("price_high", _HIGHEST),
        ("price_low", _LOWEST),
        ("rating", _RATED),
    )
    for sort, pattern in sorts:
        if match := pattern.search(text):
            spans.append(match.span())
            return sort
    return None


def _relative(text: str, spans: list[tuple[int, int]]) -> Relative | None:
    kinds: tuple[tuple[Relative, re.Pattern[str]], ...] = (("cheaper", _CHEAPER), ("dearer", _DEARER))
    for kind, pattern in kinds:
        if match := pattern.search(text):
            spans.append(match.span())
            return kind
    return None


def _figure(text: str) -> float | None:
    text = text.rstrip(".,")
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", text):
        return float(re.sub(r"[.,]", "", text))
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+\.\d{1,2}|\d+\.\d{1,2}|\d+", text):
        return float(text.replace(",", ""))
    if re.fullmatch(r"\d+,\d{1,2}", text):
        return float(text.replace(",", "."))
    return None


def _spelled(words: str) -> int | None:
    total, current, seen = 0, 0, False
    for word in re.sub(r"a couple(?: of)?", "two", words).replace("-", " ").split():
        if word in NUMBER_WORDS:
            current += NUMBER_WORDS[word]
        elif word == "a":
            current += 1
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in {"thousand", "grand"}:
            total, current = total + max(current, 1) * 1000, 0
        elif word != "and":
            return None
        seen = True
    return total + current if seen else None
