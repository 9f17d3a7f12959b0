"""Reads what a shopper asks to be remembered: sizes, tastes, budget, room and things owned, in their own words."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from assistant.compact.money_words import read_price
from assistant.compact.terms import Match, Terms
from assistant.compact.wordforms import Token, tokens
from policies.money import exponent
from policies.told import HOUSEHOLD

Args = dict[str, Any]
Sign = Literal["like", "dislike", ""]

_ASK = re.compile(
    r"\b(?:remember|note|notice|keep in mind|bear in mind|don't forget|make a note|save|store|keep)\b"
    r"(?! (?:it|them) for later)"
)
_NOT_ASK = re.compile(r"\b(?:don't|do not|never|no need to) (?:remember|note|save|store|keep)\b|^(?:do|did) you\b")
_PARTS = re.compile(r"\s*[,;.]+\s*|\s+(?:and|but|plus)\s+")
_DISLIKE = re.compile(
    r"\b(?:don't|do not|never|not|no|without|hate|dislike|avoid|allergic|can't stand|cannot stand|can't wear|nothing)\b"
)
_LIKE = re.compile(
    r"\b(?:like|love|adore|prefer|favou?rites?|into|always|(?:thing|weakness|soft spot) for|"
    r"(?:fond|fan) of|keen on|(?:crazy|mad) about)\b"
)
_SIZE = re.compile(
    r"\b(?:sizes?(?: is| are|:)?|wear(?:ing)?|take|i(?:'m| am)(?: usually| always| mostly)?(?= (?:an? |size )))"
    r"(?: an?)?(?: size)? (?P<size>x{0,3}[sml]|xs|[2-5]xl|extra (?:small|large)|small|medium|large|\d{1,3}(?:\.5)?)\b"
    r"(?! ?(?:cm|metres?|meters?|years?|kg))"
)
_SHOES = re.compile(r"\b(?:shoes?|feet|foot|footwear|boots|heels|sneakers|trainers|sandals|loafers|flats)\b")
_CLOTHES = re.compile(r"\b(?:clothes|clothing|tops|fashion|wear clothes)\b")
_BUDGET = re.compile(r"\b(?:budget|spend|pay|more than|under|at most|up to|maximum|max)\b")
_BUDGET_IS = re.compile(r"\bbudget\b.{0,40}?[$€£]?(?P<n>\d[\d,]*(?:\.\d{1,2})?)")
_OWN = re.compile(r"\b(?:have|own|got|bought)\b|\bi've\b")
_ROOM = re.compile(
    r"\b(?P<room>living room|bedroom|kitchen|bathroom|dining room|hallway|office|study|nursery|children's room|"
    r"guest room|balcony|terrace|garden|garage|flat|house)\b"
)
_TRAIT = re.compile(r"\b(?:small|tiny|narrow|large|big|long|dark|bright|low)\b")
_SIDES = re.compile(
    r"\b(?P<a>\d+(?:[.,]\d+)?) ?(?P<au>cm|m|metres?|meters?)?(?: (?:by|x) (?P<b>\d+(?:[.,]\d+)?) ?"
    r"(?P<unit>cm|m|metres?|meters?)?| (?P<side>wide|long))?"
)
_CALLED = {
    "mum": "mother",
    "mom": "mother",
    "dad": "father",
    "kid": "child",
    "grandma": "grandmother",
    "grandpa": "grandfather",
}
_PERSON = re.compile(rf"\b(?:my|our|for my|for our) (?P<who>{'|'.join((*HOUSEHOLD, *_CALLED))})\b")
_TASTES = frozenset({"colours", "materials", "styles", "brands"})


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a message gives to remember.

    Args:
        calls: Arguments of `remember`, one per entry.
        unclear: A size said without what it is for, "" where none was.
    """

    calls: tuple[Args, ...] = ()
    unclear: str = ""


def asks_to_keep(text: str) -> bool:
    """Tell whether a normalised text asks to keep something, not only states it."""
    return _ASK.search(text) is not None and _NOT_ASK.search(text) is None


def read_wishes(text: str, terms: Terms, currency: str) -> Wishes:
    """Return the entries that a normalised text states, each value in the shopper's own words."""
    calls: list[Args] = []
    whose = person_in(text)
    unclear, sign = "", ""
    body = _ASK.sub(" ", text, count=1)
    for part in (each.strip() for each in _PARTS.split(body) if each.strip()):
        sign = _sign(part) or sign
        read = _budget(part, terms, currency) or _room(part) or _owned(part, terms)
        size = None if read else _size(part, terms)
        if size is not None:
            unclear = unclear or ("" if "of" in size else str(size["value"]))
            calls += [size] if "of" in size else []
        elif read is not None:
            calls.append(read)
        elif sign:
            calls += [{"kind": sign, "value": word} for word in _tastes(part, terms)]
    return Wishes(tuple({**call, "whom": whose} if whose else call for call in calls), unclear)


def person_in(text: str) -> str:
    """Return whom of the household a normalised text is about, "" for the shopper: 'my son wears M', 'for my wife'."""
    match = _PERSON.search(text)
    return _CALLED.get(match["who"], match["who"]) if match else ""


def _sign(part: str) -> Sign:
    if _DISLIKE.search(part):
        return "dislike"
    return "like" if _LIKE.search(part) else ""


def _budget(part: str, terms: Terms, currency: str) -> Args | None:
    amount = read_price(part, currency).price_max if _BUDGET.search(part) else None
    plain = _BUDGET_IS.search(part)
    if amount is None and plain is not None:
        amount = round(float(plain["n"].replace(",", "")) * 10 ** exponent(currency))
    if amount is None:
        return None
    kinds = _said(part, terms, {"product_types"})
    return {"kind": "budget", "amount": amount} | ({"of": kinds[0]} if kinds else {})


def _room(part: str) -> Args | None:
    match = _ROOM.search(part)
    if match is None:
        return None
    trait = _TRAIT.search(part)
    read: Args = {"kind": "room", "value": match["room"]} | ({"detail": trait.group()} if trait else {}) | _sides(part)
    return read if len(read) > 2 else None


def _sides(part: str) -> Args:
    match = next((each for each in _SIDES.finditer(part) if each["au"] or each["unit"]), None)
    if match is None:
        return {}
    a, b = (_centimetres(match[name], match["unit"] or match["au"]) for name in ("a", "b"))
    if match["side"] == "long":
        return {"length_cm": a}
    return {"width_cm": a} | ({"length_cm": b} if b is not None else {})


def _centimetres(figure: str | None, unit: str | None) -> int | None:
    if figure is None:
        return None
    return round(float(figure.replace(",", ".")) * (1 if unit == "cm" else 100))


def _owned(part: str, terms: Terms) -> Args | None:
    if not _OWN.search(part) or _DISLIKE.search(part) or re.search(r"\bhave to\b", part):
        return None
    kinds = _said(part, terms, {"product_types"})
    details = _said(part, terms, {"colours", "materials"})
    if not kinds:
        return None
    return {"kind": "owns", "value": kinds[0]} | ({"detail": details[0]} if details else {})


def _size(part: str, terms: Terms) -> Args | None:
    match = _SIZE.search(part)
    if match is None:
        return None
    read: Args = {"kind": "size", "value": match["size"]}
    kinds = _said(part, terms, {"product_types"})
    if _SHOES.search(part):
        return read | {"of": "shoes"}
    if kinds:
        return read | {"of": kinds[0]}
    return read | {"of": "clothes"} if not match["size"][0].isdigit() or _CLOTHES.search(part) else read


def _tastes(part: str, terms: Terms) -> list[str]:
    """Return the tastes said; one that only describes a kind of product ("leather jackets") is about both, so none."""
    words = tokens(part)
    found = terms.find(words)
    kinds = [match for match in found if match.field == "product_types"]
    tastes = [match for match in found if match.field in _TASTES]
    if kinds and tastes and any(match.end == kind.start for match in tastes for kind in kinds):
        return []
    return [_word(match, words) for match in tastes if not match.near]


def _said(part: str, terms: Terms, fields: set[str]) -> list[str]:
    words = tokens(part)
    return [_word(match, words) for match in terms.find(words) if match.field in fields]


def _word(match: Match, words: list[Token]) -> str:
    return " ".join(token.text for token in words[match.start : match.end])
