"""What a sentence may claim: each rule says whether the records back every claim of its kind."""

import re
from collections.abc import Callable

from assistant.backing import Backing, pairs_in
from assistant.claim_facts import money, names, properties, ratings, stock
from assistant.claim_parts import Sentence
from assistant.claim_words import (
    DEEDS,
    DELIVERY,
    DISCOUNT,
    ELSEWHERE,
    HEALTH,
    MARKUP,
    PEOPLE,
    SETTLED,
    TIMES,
    UNDONE,
    UNSURE,
)
from assistant.plain import poses

_IN_CART = re.compile(r"\bin your cart\b|\byour cart (?:has|holds|contains)\b", re.IGNORECASE)
_EMPTY = re.compile(r"\bcart is (?:still |now )?empty\b", re.IGNORECASE)
_VAGUE = re.compile(r"a few|several", re.IGNORECASE)
_CART_COUNT = re.compile(r"\b(?:items?|things?|pieces?|articles?)\b", re.IGNORECASE)

Rule = Callable[[Sentence, Backing], bool]


def _plain_letters(sentence: Sentence, backing: Backing) -> bool:
    return not poses(sentence.text, backing.words)


def _no_markup(sentence: Sentence, backing: Backing) -> bool:
    """Links, pictures and buttons are drawn from records; an address of the shop's policy may be named."""
    return all(found.casefold().strip(".,") in backing.told for found in MARKUP.findall(sentence.text))


def _settled(sentence: Sentence, backing: Backing) -> bool:
    if sentence.claims(SETTLED) and not backing.orders:
        return False
    return not sentence.claims(UNDONE) or backing.undone


def _deeds(sentence: Sentence, backing: Backing) -> bool:
    """What the assistant says it did must be what a tool of this turn did."""
    done = {
        "cart": bool(backing.done.strip()),
        "memory": bool({"remembered", "forgotten"} & backing.facts) or bool(backing.done.strip()),
        "told": bool({"case", "handed_over", "board"} & (backing.facts | backing.kinds)),
        "looked": backing.results,
        "read": bool({"products", "policy"} & backing.facts or "comparison" in backing.kinds),
        "never": False,
    }
    return all(done[kind] for kind, pattern in DEEDS.items() if sentence.claims(pattern))


def _people(sentence: Sentence, backing: Backing) -> bool:
    told = {"case", "handed_over"} & (backing.facts | backing.kinds)
    return not sentence.claims(PEOPLE) or bool(told)


def _cart(sentence: Sentence, backing: Backing) -> bool:
    lines, units = backing.cart or (0, 0)
    empty = "cart_empty" in backing.told or (backing.cart is not None and not lines)
    if sentence.claims(_EMPTY) and not empty:
        return False
    if sentence.asks or not sentence.claims(_IN_CART):
        return True
    if backing.cart is None or not lines:
        return False
    counts = {value for value, word in pairs_in(sentence.text) if _CART_COUNT.fullmatch(word)}
    return counts <= {float(lines), float(units)}


def _discounts(sentence: Sentence, backing: Backing) -> bool:
    return all(found.casefold() in backing.told for found in sentence.claims(DISCOUNT))


def _times(sentence: Sentence, backing: Backing) -> bool:
    """Days and hours stand in a policy; the shopper's own may be repeated, but not as a promise to deliver."""
    promised = bool(DELIVERY.search(sentence.text))
    if sentence.asks and not promised:
        return True
    for found in sentence.claims(TIMES):
        heard = not promised and (found.casefold() in backing.heard or bool(_VAGUE.match(found)))
        pairs = set(pairs_in(found))
        if not (heard or (pairs and pairs <= backing.pairs) or (not pairs and found.casefold() in backing.told)):
            return False
    return True


def _health(sentence: Sentence, backing: Backing) -> bool:
    return all(found.casefold() in backing.told + backing.pages for found in sentence.claims(HEALTH))


def _elsewhere(sentence: Sentence, _: Backing) -> bool:
    """Nothing is known of other shops; that may be said, and nothing else about them."""
    return not ELSEWHERE.search(sentence.text) or bool(UNSURE.search(sentence.text))


RULES: tuple[Rule, ...] = (
    _plain_letters,
    _no_markup,
    money,
    _settled,
    _deeds,
    _people,
    _cart,
    _discounts,
    _times,
    stock,
    names,
    properties,
    ratings,
    _health,
    _elsewhere,
)

# What is asked of quoted words as well: no price, order, deed or discount is true for being somebody's words.
QUOTED_RULES: tuple[Rule, ...] = (_plain_letters, _no_markup, money, _settled, _deeds, _people, _discounts)
