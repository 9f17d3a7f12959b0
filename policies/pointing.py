"""Whether words point at a product or a line of the cart: by name, place, rank, or as what was talked about."""

import re
from collections.abc import Mapping

from policies import speech
from policies.provenance import Heard, HeldLine, Thing

_MANY = re.compile(
    r"\b(?:both|all|them|these|those|everything|each|beide\w*|alle\w*|tous|toutes|les deux|ambos|todos|entrambi"
    r"|tutti|alles)\b"
)
_EVERYTHING = re.compile(
    r"\b(?:everything|all|empty|clear|alles|leere?|tout|vide[rz]?|todo|vacia\w*|tutto|svuota\w*"
    r"|leeg)\b(?! the \w+s\b)"
)
_ALL_OF = re.compile(r"\ball (?:two|three|four|five|six)\b")
_OTHER = re.compile(r"\b(?:other|andere\w*|autre|otr[oa]|altr[oa])\b")
_CHEAPEST = re.compile(
    r"\b(?:cheapest|cheaper|least expensive|gunstigste\w*|billigste\w*|moins cher|mas barat[oa]|goedkoopste)\b"
)
_DEAREST = re.compile(
    r"\b(?:(?:most|more) expensive|dearer|priciest|dearest|teuerste\w*|plus cher|mas car[oa]|duurste)\b"
)
_RANKED = re.compile(
    r"\bthe (?:best|better|highest|higher|top|narrow\w+|slim\w+|wid\w+|small\w+|bigg\w+|larg\w+|low\w+|short\w+"
    r"|tall\w+|high\w+"
    r"|long\w+|light\w+|heav\w+)\b"
)
_PRONOUN = re.compile(
    r"\b(?:it|that|this|one|same|ihn|es|das|diese\w*|le|la|l'\w*|ca|celui|celle|lo|este|esta|esto|eso|questo"
    r"|questa|quello|het|hem|die|dat|deze)\b"
)


def everything(clause: str) -> bool:
    """Say whether a clause means the whole cart."""
    return _EVERYTHING.search(clause) is not None


def meant_thing(product_id: str, clause: str, rest: str, heard: Heard) -> bool:
    """Say whether a clause that asks for something means this product.

    Args:
        product_id: The product in question.
        clause: The clause with the act.
        rest: The whole message, for a clause that says "it" of what another clause names.
        heard: What was shown.
    """
    thing = heard.things.get(product_id)
    if thing is None:
        return False
    pointed = _placed(product_id, clause, heard)
    if pointed is not None:
        return pointed
    named = _named(product_id, clause, heard)
    if named is not None:
        return named or (_PRONOUN.search(clause) is not None and _talked_about(product_id, clause, heard))
    other = _placed(product_id, rest, heard)
    if other is None:
        other = _named(product_id, rest, heard)
    return bool(other) or _talked_about(product_id, clause, heard)


def meant_line(line_id: str, clause: str, rest: str, heard: Heard) -> bool:
    """Say whether a clause means this line of the cart: by place, name or option, or as the one touched last."""
    line = heard.cart[line_id]
    order = list(heard.cart)
    places = speech.places(clause)
    if places and any(n <= len(order) and order[n - 1] == line_id for n in places):
        return True
    if speech.LAST.search(clause) and order[-1] == line_id:
        return True
    names = {each: _line_names(held, heard.things) for each, held in heard.cart.items()}
    said = [speech.stem(word) for word in speech.words(clause)]
    hits = {each: len(speech.named_among(said, words)) for each, words in names.items()}
    best = max(hits.values(), default=0)
    if best and hits[line_id] == best:
        return True
    if _MANY.search(clause) and not best:
        return not heard.touched or line_id in heard.touched or len(heard.touched) < len(heard.cart)
    if best and not _PRONOUN.search(clause):
        return False
    if len(heard.cart) == 1:
        return True
    if _OTHER.search(clause) and heard.touched:
        return line_id not in heard.touched
    return line_id in heard.touched if heard.touched else line.product_id in heard.focus


def together(product_id: str, said: str, question: str, heard: Heard) -> bool:
    """Say whether the assistant's question is about this product: it names it, or it is the only one talked about."""
    thing = heard.things.get(product_id)
    if thing is None:
        return False
    titled = [each for each, other in heard.things.items() if _spoken(other.title, question)]
    titled = titled or [each for each, other in heard.things.items() if _spoken(other.title, said)]
    return product_id in titled if titled else heard.focus == (product_id,)


def _spoken(title: str, text: str) -> bool:
    written = " ".join(speech.words(speech.plain(title)))
    return bool(written) and f" {written} " in f" {' '.join(speech.words(text))} "


def _placed(product_id: str, clause: str, heard: Heard) -> bool | None:
    """Return whether a place or rank said means the product; None when none was said."""
    places = speech.places(clause)
    last = speech.LAST.search(clause) is not None
    if places or last:
        rows = _rows(clause, heard)
        return any(
            any(n <= len(row) and row[n - 1] == product_id for n in places) or (last and row[-1:] == (product_id,))
            for row in rows
        )
    if cheap := _CHEAPEST.search(clause) or _DEAREST.search(clause):
        dearest = _DEAREST.search(clause) is not None
        return any(_extreme(product_id, row, heard, dearest=dearest) for row in _rows(clause, heard)) if cheap else None
    if _RANKED.search(clause) or _OTHER.search(clause):
        return any(product_id in row for row in heard.rows[: max(heard.latest, 1)]) or product_id in heard.focus
    return None


def _rows(clause: str, heard: Heard) -> list[tuple[str, ...]]:
    """Return the showings a place counts in: the latest that holds the kind said, and what of it is of that kind."""
    said = [speech.stem(word) for word in speech.words(clause)]
    for row in heard.rows:
        fitting = tuple(each for each in row if _kind_hit(heard.shown.get(each), said))
        if fitting:
            return [row, fitting]
    return list(heard.rows[: max(heard.latest, 1)])


def _kind_hit(thing: Thing | None, said: list[str]) -> bool:
    return thing is not None and bool(speech.named_among(said, speech.stems(thing.kind)))


def _extreme(product_id: str, row: tuple[str, ...], heard: Heard, *, dearest: bool) -> bool:
    prices = {each: price for each in row if (thing := heard.shown.get(each)) and (price := thing.price) is not None}
    if product_id not in prices:
        return False
    return prices[product_id] == (max(prices.values()) if dearest else min(prices.values()))


def _named(product_id: str, clause: str, heard: Heard) -> bool | None:
    """Return whether the words name the product better than any other; None when they name nothing at all.

    Among products named equally well one that was on the screen counts before one found only now.
    """
    # "All three" counts; it names no three-seat sofa.
    said = [speech.stem(word) for word in speech.words(_ALL_OF.sub("all", clause))]
    things = heard.things
    hits = {each: _hits(thing, said) for each, thing in things.items()}
    best = max(hits.values(), default=(0, 0))
    if best == (0, 0):
        return None
    whole = [each for each, thing in things.items() if _spoken(thing.title, clause)]
    if whole:
        longest = max(len(things[each].title) for each in whole)
        return product_id in whole and len(things[product_id].title) == longest
    tied = [each for each, hit in hits.items() if hit == best]
    known = [each for each in tied if each in heard.focus or any(each in row for row in heard.rows[: heard.latest])]
    known = known or [each for each in tied if each in heard.shown]
    return product_id in (known or tied)


def _hits(thing: Thing, said: list[str]) -> tuple[int, int]:
    """Return how many words name the thing, names and looks together first."""
    names, looks = speech.named_among(said, thing.names), speech.named_among(said, thing.looks)
    return len(names | looks), len(names)


def _talked_about(product_id: str, clause: str, heard: Heard) -> bool:
    """Say whether 'it' or nothing at all can mean the product; several are meant only by 'both', 'them' or a count."""
    if heard.focus:
        many = _MANY.search(clause) is not None or len(speech.counts(clause)) > 0
        return product_id in heard.focus and (len(heard.focus) == 1 or many)
    latest = [each for row in heard.rows[: max(heard.latest, 1)] for each in row]
    if latest == [product_id]:
        return True
    if _MANY.search(clause):
        return product_id in latest
    return _spoken_of(latest, heard) == [product_id]


def _spoken_of(latest: list[str], heard: Heard) -> list[str]:
    """Return what the assistant spoke of last: titles in full, else what of the latest a sentence fits best."""
    said = speech.plain(heard.said)
    titled = [each for each, thing in heard.shown.items() if _spoken(thing.title, said)]
    if titled:
        return titled
    for sentence in reversed(speech.sentences(said)):
        words = [speech.stem(word) for word in speech.words(sentence)]
        hits = {each: _hits(heard.shown[each], words) for each in dict.fromkeys(latest) if each in heard.shown}
        best = max(hits.values(), default=(0, 0))
        if best > (0, 0):
            return [each for each, hit in hits.items() if hit == best]
    return []


def _line_names(line: HeldLine, things: Mapping[str, Thing]) -> frozenset[str]:
    thing = things.get(line.product_id)
    kind = thing.names if thing else frozenset[str]()
    return speech.stems(line.title) | kind | speech.stems(" ".join(line.options.values()))
