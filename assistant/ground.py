"""Checks an answer against the records it claims to rest on; sentences nothing backs are cut."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, cast

from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage

from policies.money import exponent

NOTHING_LEFT = "Here is what the shop has on record."
NOTHING_KNOWN = "I can't say that for certain. Ask me about a product and I'll look it up."

_SENTENCE = re.compile(r"[\s\S]+?(?:[.!?]+[\"”')\]]*(?=\s|$)|\n|$)\s*")
_MONEY = re.compile(r"(?:[$€£¥]\s?\d[\d,]*(?:\.\d+)?)|(?:\d[\d,]*(?:\.\d+)?\s?(?:USD|EUR|GBP|dollars|bucks|euros?)\b)")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SETTLED = re.compile(
    r"\b(?:(?:i|we)(?:'ve|’ve| have)? (?:just )?(?:placed|ordered|paid|bought|purchased|cancell?ed|refunded|returned)"
    r"|(?:is|are|was|were|been|now|successfully) (?:ordered|paid|purchased|cancell?ed|refunded|confirmed|shipped)"
    r"|(?:order|purchase|payment|refund) (?:is |was |has been |went )?(?:placed|confirmed|complete|through|successful)"
    r"|on (?:its|the) way)\b",
    re.IGNORECASE,
)
# What may be said only of an order that the books have as undone.
_UNDONE = re.compile(
    r"\b(?:(?:i|we)(?:'ve|’ve| have)? (?:just |already )?(?:cancell?ed|refunded|returned|exchanged)"
    r"|(?:is|are|was|were|been|now|successfully)(?: already| now| just| fully)? (?:cancell?ed|refunded|exchanged)"
    r"|(?:refund|cancell?ation) (?:is |was |has been |went )?(?:made|confirmed|completed?|through|successful))\b",
    re.IGNORECASE,
)
_UNDONE_STATES = frozenset({"cancelled", "refunded", "partly_refunded", "exchanged"})
_NOT_YET = re.compile(r"\b(?:nothing|not|never|no|can't|cannot|won't|isn't|until|once|when|if|before)\b", re.IGNORECASE)
_PROMISE = re.compile(
    r"\b(?:\d+ ?%|percent) (?:off|discount)|\b(?:coupon|promo|voucher) code\b|\bfree gift\b", re.IGNORECASE
)
_NAMED = re.compile(r"\b[Tt]he ([A-Z][\w'’-]+)")
_IN_STOCK = re.compile(r"\b(?:in stock|available)\b", re.IGNORECASE)


@dataclass(slots=True)
class Backing:
    """What the conversation's records and the shopper's own words allow an answer to say.

    Args:
        amounts: Minor units of every price, total and difference on record.
        words: Words of titles, brands, facts and of the shopper, casefolded.
        sold_out: Titles of products without any variant in stock, casefolded.
        orders: Whether this turn holds an order the books confirmed.
        undone: Whether one of those was cancelled, returned or exchanged.
        offers: Whether the records speak of percentages or coupons.
    """

    amounts: set[int] = field(default_factory=set[int])
    words: set[str] = field(default_factory=set[str])
    sold_out: set[str] = field(default_factory=set[str])
    orders: bool = False
    undone: bool = False
    offers: bool = False


def ground(text: str, messages: Sequence[AnyMessage], currency: str = "USD") -> tuple[str, list[str]]:
    """Return the answer without its unbacked sentences, and those sentences.

    Args:
        text: The model's words.
        messages: The conversation up to the answer.
        currency: The shop's currency, ISO 4217.
    """
    backing = collect(messages, currency)
    kept: list[str] = []
    cut: list[str] = []
    for sentence in (m.group() for m in _SENTENCE.finditer(text) if m.group().strip()):
        (kept if _backed(sentence, backing, currency) else cut).append(sentence)
    if kept:
        return "".join(kept).strip(), cut
    return (NOTHING_LEFT if _turn_results(messages) else NOTHING_KNOWN), cut


def _backed(sentence: str, backing: Backing, currency: str) -> bool:
    if any(amount not in backing.amounts for amount in _amounts(sentence, currency)):
        return False
    if _SETTLED.search(sentence) and not backing.orders and not _NOT_YET.search(sentence):
        return False
    if _UNDONE.search(sentence) and not backing.undone and not _NOT_YET.search(sentence):
        return False
    if _PROMISE.search(sentence) and not backing.offers and not _NOT_YET.search(sentence):
        return False
    if any(name.casefold() not in backing.words for name in _NAMED.findall(sentence)):
        return False
    folded = sentence.casefold()
    claims_stock = _IN_STOCK.search(sentence) and not _NOT_YET.search(sentence)
    return not (claims_stock and any(title in folded for title in backing.sold_out))


def collect(messages: Sequence[AnyMessage], currency: str) -> Backing:
    """Gather what the tool results and the shopper's words back."""
    backing = Backing()
    prices: list[int] = []
    for message in messages:
        if isinstance(message, HumanMessage):
            said = message.text
            backing.words |= _words(said)
            backing.amounts |= {_minor(n, currency) for n in _NUMBER.findall(said)}
        elif isinstance(message, ToolMessage):
            prices += _collect_result(json.loads(str(message.content)), backing, currency)
    backing.amounts |= set(prices) | {abs(a - b) for a, b in combinations(sorted(set(prices))[:60], 2)}
    results = _turn_results(messages)
    backing.orders = any(r.get("kind") in ("order", "orders") for result in results for r in _records(result))
    backing.undone = any(o.get("state") in _UNDONE_STATES for r in results for o in _dicts(r) if "order_id" in o)
    backing.offers = any(_PROMISE.search(text) for result in results for text in _strings(result))
    return backing


def _collect_result(result: dict[str, Any], backing: Backing, currency: str) -> list[int]:
    # What is paid back or taken off is a negative amount; it is spoken of without the sign.
    prices = [abs(int(m["amount"])) for m in _dicts(result) if isinstance(m.get("amount"), int)]
    # A bound that was searched by may be spoken of: "under $440" for at most 439.99.
    bounds = [m[name] for m in _dicts(result) for name in ("price_min", "price_max") if isinstance(m.get(name), int)]
    backing.amounts |= {bound + off for bound in bounds for off in (-1, 0, 1)}
    for text in _strings(result):
        backing.words |= _words(text)
        backing.amounts |= set(_amounts(text, currency))
    for item in _dicts(result):
        if not item.get("title") or "availability" not in item:
            continue
        title = str(item["title"]).casefold()
        (backing.sold_out.add if item["availability"] == "out_of_stock" else backing.sold_out.discard)(title)
    return prices


def _turn_results(messages: Sequence[AnyMessage]) -> list[dict[str, Any]]:
    """Results of the tool calls since the shopper last spoke."""
    results: list[dict[str, Any]] = []
    for message in reversed(messages):
        if isinstance(message, HumanMessage):
            break
        if isinstance(message, ToolMessage):
            results.append(json.loads(str(message.content)))
    return results


def _records(result: dict[str, Any]) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", result.get("records", []))


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        yield mapping
        for inner in mapping.values():
            yield from _dicts(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _dicts(inner)


def _strings(value: object) -> Iterator[str]:
    for mapping in _dicts(value):
        for inner in mapping.values():
            for part in cast("Iterable[object]", inner) if isinstance(inner, list) else (inner,):
                if isinstance(part, str):
                    yield part


def _words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[\w'’-]+", text)}


def _amounts(text: str, currency: str) -> list[int]:
    return [_minor(_NUMBER.findall(match)[0], currency) for match in _MONEY.findall(text)]


def _minor(number: str, currency: str) -> int:
    return round(float(number.replace(",", "")) * 10 ** exponent(currency))
