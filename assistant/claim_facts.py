"""Claims about products: prices, stock, names, properties and ratings must stand in their records."""

import re
from collections.abc import Iterable, Mapping

from assistant.amounts import amounts
from assistant.backing import Backing, Pair, pairs_in, reckoned, singular
from assistant.claim_parts import Clause, Sentence
from assistant.claim_words import (
    BOUND,
    BUYERS,
    COMPARED,
    GERMAN,
    IN_STOCK,
    LEFT,
    MATERIALS,
    NAMED_BY,
    PROPERTIES,
    SOLD_OUT,
    STARTERS,
    TOGETHER,
    UNITS,
    URGENCY,
)
from assistant.plain import words_of

_CAPITAL = re.compile(r"(?<=[\w,;] )(?<![.!?:] )[“\"'‘]?([A-Z][\w'’-]*)")
_QUOTED = re.compile(r"[“\"‘]([A-Z][\w'’-]*)")
_BY = re.compile(r"\b(?:is|are|made|designed) by ([A-Z][\w'’-]+)")
_ID = re.compile(r"\b[a-z]+(?:-[a-z]+)*-\d{2,}\b")
_OF_FIVE = re.compile(r"(\d(?:\.\d)?)\s?(?:of|out of|/)\s?(?:5|five)\b(?! or)", re.IGNORECASE)
_EXAMPLE = re.compile(r"'[a-z][^']*'|“[a-z][^”]*”|‘[a-z][^’]*’")
_LENGTHS: Mapping[str, float] = {"mm": 1, "cm": 10, "m": 1000}
_BOUND_WORDS = 5
_FREE_CAPITALS = frozenset({"i", "i'm", "i'd", "i'll", "i've", "ok", "us", "eu", "uk", "xs", "s", "m", "l", "xl", "a"})
_SIZES = frozenset({"xs", "s", "m", "l", "xl", "xxl", "xxxl"})


def money(sentence: Sentence, backing: Backing) -> bool:
    """Every amount is on record, said by the shopper, reckoned from these, or a bound that holds."""
    said = amounts(sentence.text, sentence.currency)
    if not said:
        return True
    allowed = set(backing.amounts)
    allowed |= reckoned(backing.prices, sums=False) if COMPARED.search(sentence.text) else set()
    allowed |= reckoned(backing.prices, sums=True) if TOGETHER.search(sentence.text) else set()
    allowed |= _bounds(sentence, backing)
    return set(said) <= allowed and all(_own_price(clause, sentence, backing) for clause in sentence.clauses)


def _bounds(sentence: Sentence, backing: Backing) -> set[int]:
    """Return the bounds that hold: "under $600" where a price on record, the named product's if one is, is below."""
    about = Clause(sentence.text).about(backing)
    prices = about[0].amounts if len(about) == 1 else {p for known in backing.known.values() for p in known.amounts}
    held: set[int] = set()
    for match in BOUND.finditer(sentence.text):
        follows = " ".join(sentence.text[match.end() :].split()[:_BOUND_WORDS])
        for amount in amounts(follows, sentence.currency):
            if any(price <= amount if match["under"] else price >= amount for price in prices):
                held.add(amount)
    return held


def _own_price(clause: Clause, sentence: Sentence, backing: Backing) -> bool:
    """A clause that names one product and a plain price must name that product's."""
    about = clause.about(backing)
    if len(about) != 1 or COMPARED.search(clause.text) or TOGETHER.search(clause.text):
        return True
    return set(amounts(clause.text, sentence.currency)) <= about[0].amounts | (backing.amounts - backing.prices)


def stock(sentence: Sentence, backing: Backing) -> bool:
    """What is called there or gone is so on record, option by option; nobody is hurried."""
    if sentence.claims(URGENCY):
        return False
    whole = Clause(sentence.text)
    left = [_count(match) for match in LEFT.finditer(sentence.text)] if not whole.negated else []
    if any((count, "left") not in backing.pairs for count in left):
        return False
    # Options stand apart by commas, so one product is looked at over the whole sentence.
    clauses = [whole] if len(whole.about(backing)) == 1 else sentence.clauses
    return all(_stock_of(clause, backing) for clause in clauses if not clause.negated)


def _count(match: re.Match[str]) -> float:
    """Return a count in digits or words; one that is not exact is on no record."""
    pairs = list(pairs_in(f"{match['count']} left"))
    return pairs[0][0] if pairs else -1.0


def _stock_of(clause: Clause, backing: Backing) -> bool:
    there, gone = IN_STOCK.search(clause.text), SOLD_OUT.search(clause.text)
    words = words_of(clause.text)
    for known in clause.about(backing) if there or gone else ():
        asked = words & (known.values | _SIZES & known.words) - words_of(known.title)
        stocked = all(known.has(value, asked) for value in asked) if asked else not known.sold_out
        if (there and (known.sold_out or not stocked)) or (gone and not asked and stocked):
            return False
    return True


def names(sentence: Sentence, backing: Backing) -> bool:
    """A name in a sentence must be one on record or the shopper's: products, brands, other shops, places."""
    if GERMAN.search(sentence.text):
        return True  # Every noun is a capital there.
    if any(found not in backing.told for found in _ID.findall(sentence.text)):
        return False
    for clause in sentence.clauses:
        if clause.negated and NAMED_BY.search(clause.text):
            continue
        names = _CAPITAL.findall(clause.text) + _QUOTED.findall(clause.text)
        if any(not _is_known(name, backing) for name in names):
            return False
    return _first_name(sentence, backing)


def _is_known(name: str, backing: Backing) -> bool:
    word = name.casefold().replace("’", "'").removesuffix("'s")
    return word in _FREE_CAPITALS | STARTERS | backing.words or singular(word) in backing.words


def _first_name(sentence: Sentence, backing: Backing) -> bool:
    """A first word that stands before a kind of product is a name, unless it is one of ours or an everyday word."""
    words = sentence.text.split()
    # 'Bedroom: bed and lamp' says what follows, and names no bed.
    headed = len(words) > 1 and words[0].endswith(":")
    if len(words) < 2 or headed or not words[0][:1].isupper() or _is_known(words[0].strip("“\"'‘’”,"), backing):
        return True
    return singular(words[1].strip(".,;:!?")) not in backing.types


def properties(sentence: Sentence, backing: Backing) -> bool:
    """What a thing is made of, measures or can do must stand on its page."""
    if sentence.asks:
        return True
    said = backing.told + backing.pages + backing.heard
    if any(found.casefold() not in said for found in sentence.claims(PROPERTIES)):
        return False
    return sentence.pending or all(_facts(clause, backing) for clause in sentence.clauses if not clause.negated)


def _facts(clause: Clause, backing: Backing) -> bool:
    about = clause.about(backing)
    alone = about[0] if len(about) == 1 and not COMPARED.search(clause.text) else None
    # Words between quotation marks are the shopper's, or an example of what to say.
    words = words_of(_EXAMPLE.sub(" ", clause.text))
    facets = {word for word in words if word in MATERIALS} | {maker.casefold() for maker in _BY.findall(clause.text)}
    if not facets <= (alone.words if alone else backing.words):
        return False
    measured = _measures(pairs_in(clause.text))
    recorded = _measures((alone.pairs if alone else backing.pairs) | backing.asked)
    return measured <= recorded | (_apart(_measures(backing.pairs)) if COMPARED.search(clause.text) else set())


def _measures(pairs: Iterable[Pair]) -> set[Pair]:
    """Return the pairs that measure or count something; lengths in millimetres, so that 4 mm and 0.4 cm are one."""
    return {
        (round(value * _LENGTHS.get(unit, 1), 2), "mm" if unit in _LENGTHS else unit)
        for value, unit in pairs
        if unit in UNITS
    }


def _apart(measures: set[Pair]) -> set[Pair]:
    """Return the differences of recorded measures."""
    return {(round(abs(a - b), 2), unit) for a, unit in measures for b, other in measures if unit == other}


def ratings(sentence: Sentence, backing: Backing) -> bool:
    """Ratings are on record, and nobody speaks for all buyers."""
    if sentence.claims(BUYERS):
        return False
    return all(float(rating) in backing.ratings for rating in _OF_FIVE.findall(sentence.text))
