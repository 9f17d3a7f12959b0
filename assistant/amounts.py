"""Money and other numbers in a text, in digits or in words: `$4.50`, `a hundred bucks`, `two days`."""

import re
from collections.abc import Iterator
from itertools import takewhile

from policies.money import exponent

FOREIGN = -1
"""Stands for an amount in a currency that is not the shop's."""

_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW"}
_NAMES = {
    "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "usd": "USD", "cent": "CENT", "cents": "CENT",
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "pound": "GBP", "pounds": "GBP", "quid": "GBP", "gbp": "GBP",
    "yen": "JPY", "jpy": "JPY", "rupee": "INR", "rupees": "INR", "inr": "INR", "francs": "CHF", "chf": "CHF",
    "grand": "GRAND", "roubles": "RUB", "rubles": "RUB",
}  # fmt: skip
_DIGITS = r"\d+(?:[.,]\d+)*"
_SYMBOL = f"[{''.join(_SYMBOLS)}]"
_NAME = "|".join(sorted(_NAMES, key=len, reverse=True))
_MONEY = re.compile(
    rf"(?P<before>{_SYMBOL}|\b(?:USD|EUR|GBP|JPY|CHF|INR)\b)\s?(?P<first>{_DIGITS})(?P<thousand>k\b)?"
    rf"|(?P<second>{_DIGITS})\s?(?P<after>{_SYMBOL}|(?:{_NAME})\b)",
    re.IGNORECASE,
)
# An order's number is random, and may end like francs or hold a measure: order_h0aonyrb4ChF, order_7G3IyjfUU57s.
NUMBER_OF_ORDER = re.compile(r"\border_[\w-]+")
# A number at the end of a clause after a word of price is money without saying so: "it is yours for 79".
_BARE = re.compile(
    r"\b(?:costs?|pay|price[ds]?(?: is| at)?|yours for|charge[ds]?)(?: you)?(?: only| just| about| around)?\s+"
    rf"(?P<number>{_DIGITS})(?=\s*(?:[.!?;]*\s*$|,\s|today|now|each|apiece))",
    re.IGNORECASE,
)
_BARE_WORDS = re.compile(
    r"\b(?:costs?|pay|priced at|yours for|is|just|only)\s+(?P<words>(?:[a-z]+[\s-]){0,5}(?:hundred|thousand|grand))"
    r"(?=\s*[.!?]*\s*$)",
    re.IGNORECASE,
)
_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_ONES = {name: value for value, name in enumerate(_UNITS)}
_ROUND = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = dict(zip(_ROUND, range(20, 100, 10), strict=True))
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "dozen": 12}
_SMALL = _ONES | _TENS | {"a": 1, "an": 1, "couple": 2}
_TOKEN = re.compile(r"[A-Za-z]+|\S")


def amounts(text: str, currency: str) -> list[int]:
    """Return every amount of money in a text in minor units; `FOREIGN` for another currency's.

    Args:
        text: Words as said.
        currency: The shop's, ISO 4217.
    """
    text = NUMBER_OF_ORDER.sub("order", text)
    found = [_minor(match, currency) for match in _MONEY.finditer(text)]
    found += [round(number(match["number"]) * 10 ** exponent(currency)) for match in _BARE.finditer(text)]
    found += [_scaled(value, name, currency) for value, name in counted(text) if name in _NAMES]
    bare = (next(iter(_values(match["words"])), 0.0) for match in _BARE_WORDS.finditer(text))
    return found + [round(value * 10 ** exponent(currency)) for value in bare if value]


def _minor(match: re.Match[str], currency: str) -> int:
    name = str(match["before"] or match["after"])
    unit = _SYMBOLS.get(name) or _NAMES.get(name.casefold(), name.upper())
    value = number(match["first"] or match["second"]) * (1000 if match["thousand"] else 1)
    return _scaled(value, unit, currency)


def _scaled(value: float, unit: str, currency: str) -> int:
    unit = _NAMES.get(unit, unit)
    if unit == "CENT":
        return round(value)
    if unit not in {currency, "GRAND"}:
        return FOREIGN
    return round(value * (1000 if unit == "GRAND" and value < 1000 else 1) * 10 ** exponent(currency))


def number(digits: str) -> float:
    """Read `1,200`, `4.50` or `12,99`: a comma or point before exactly two last digits divides the cents."""
    whole, point, rest = digits.rpartition("." if "." in digits[-3:] else ",")
    if point and len(rest) <= 2:
        return float(re.sub(r"[.,]", "", whole) + "." + rest)
    return float(digits.replace(",", "")) if "," in digits else float(digits)


def counted(text: str) -> Iterator[tuple[float, str]]:
    """Yield numbers in words with the word that follows: `two hundred dollars` as (200, "dollars")."""
    tokens = [token.casefold() for token in _TOKEN.findall(text) if token != "-"]
    at = 0
    while at < len(tokens):
        run = list(takewhile(_counts, tokens[at:]))
        value = _value(run)
        after = tokens[at + len(run)] if at + len(run) < len(tokens) else ""
        if run and value is not None:
            if run[-1] == "grand":
                yield value, "dollars"
            yield value, after
        at += max(1, len(run))


def _counts(token: str) -> bool:
    return token in _SMALL or token in _SCALES or token in {"and", "half", "of"}


def _values(text: str) -> Iterator[float]:
    yield from (value for value, _ in counted(text + " ."))


def _value(run: list[str]) -> float | None:
    """Return what a run of number words counts; None when it is only `a`, `and` or `of`."""
    if not set(run) - {"a", "an", "and", "of", "half"} and "half" not in run:
        return None
    total, current = 0.0, 0.0
    for word in run:
        if word in _SCALES:
            scale = _SCALES[word]
            current = (current or 1) * scale
            if scale >= 1000:
                total, current = total + current, 0.0
        elif word == "half":
            current = 0.5
        elif word in {"a", "an"}:
            current = current or 1
        else:
            current += _SMALL.get(word, 0)
    return total + current
