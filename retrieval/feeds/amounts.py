"""Reads prices as shops write them into integer minor units: "1.299,00 €", "EUR 12.50", "$1,299"."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Literal

from policies.money import exponent
from retrieval.feeds.tally import Refusal

Mark = Literal[".", ","]

_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "zł": "PLN", "US$": "USD"}
_CODE = re.compile(r"\b([A-Za-z]{3})\b")
_NUMBER = re.compile(r"[+-]?\d[\d.,'’\s\u00a0\u202f]*")
_MOST = 10**12  # minor units


def decimal_mark(samples: Iterable[str]) -> Mark:
    """Return the mark that separates cents in these prices of one feed; a point where nothing tells."""
    votes = {".": 0, ",": 0}
    for sample in samples:
        found = _NUMBER.search(sample)
        number = found.group().strip() if found else ""
        if tail := re.search(r"([.,])(\d{1,2})$", number):
            votes[tail.group(1)] += 1
        elif re.search(r"\d[.,]\d{3}([.,])\d{3}", number):
            votes["," if "." in number else "."] += 1
    return "," if votes[","] > votes["."] else "."


def parse_price(text: str, currency: str, mark: Mark, *, minor: bool = False) -> int:
    """Return a price in minor units of `currency`.

    Args:
        text: As the feed writes it, with or without a currency.
        currency: ISO 4217; a price in another one is refused.
        mark: What separates the smaller unit.
        minor: The feed counts in minor units already.

    Raises:
        Refusal: It is no price, is not positive, has more digits than the currency, or is in another currency.
    """
    other = _currency_of(text)
    if other not in (None, currency):
        raise Refusal(("price", f"is in {other}; the shop sells in {currency}"))
    amount = _amount(text, mark)
    scaled = amount if minor else amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise Refusal(("price", f"{text!r} has more digits than {currency} has"))
    if not 0 < scaled <= _MOST:
        raise Refusal(("price", f"{text!r} is not a price between 0 and {_MOST:,}"))
    return int(scaled)


def _amount(text: str, mark: Mark) -> Decimal:
    found = list(_NUMBER.finditer(text))
    if len(found) != 1:
        raise Refusal(("price", f"{text[:40]!r} is not one price"))
    number = re.sub(r"[\s'’\u00a0\u202f]", "", found[0].group())
    whole, _, rest = number.rpartition(mark) if mark in number else (number, "", "")
    thousands = "," if mark == "." else "."
    groups = whole.lstrip("+-").split(thousands)
    if mark in whole or thousands in rest or any(len(group) != 3 for group in groups[1:]) or not groups[0]:
        raise Refusal(("price", f"{text[:40]!r} does not read as a number with decimal {mark!r}"))
    try:
        return Decimal(f"{whole.replace(thousands, '')}.{rest or '0'}")
    except InvalidOperation as problem:
        raise Refusal(("price", f"{text[:40]!r} is not a price")) from problem


def _currency_of(text: str) -> str | None:
    code = _CODE.search(text)
    if code:
        return code.group(1).upper()
    return next((iso for symbol, iso in sorted(_SYMBOLS.items(), key=lambda s: -len(s[0])) if symbol in text), None)
