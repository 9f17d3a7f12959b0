"""Reads the conditions of one clause: facets with negation, sizes, prices, stock, quantity, and what is left over."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.compact.everyday import FILLER
from assistant.compact.lexicon import LETTER_SIZES
from assistant.compact.meaning import Slots
from assistant.compact.money_words import PriceWords, read_price
from assistant.compact.sizes import known_sides, longest_side
from assistant.compact.terms import Match, Terms
from assistant.compact.wordforms import NUMBER_WORDS, Token, tokens

_NEGATORS = frozenset({"not", "no", "without", "except", "avoid", "nor", "hate", "non", "never", "minus", "excluding"})
_NEGATE_PHRASE = re.compile(
    r"nothing (?:too|so|very|overly|that's too)|not (?:too|so|very)|isn't too|(?:any|every)(?:thing| colou?r|"
    r" material| brand)? (?:but|except)|"
    r"all but|other than|instead of|rather than|(?:don't|do not|doesn't|"
    r"didn't) (?:want|like|need|show)(?: me)?(?: any)?"
    r"|(?:^|is|are|it's|they're|that's|looks?|seems?|feels?|bit|little|much|far|way|rather|somewhat|just) too(?= [a-z])"
    r"|used to (?:like|love|want|wear|buy|have)|isn't|aren't|is not|not keen on|no more|"
    r"sick of|bored of|tired of|apart from|besides|"
    r"nothing (?:in|made of|from|by)"
)
_SCOPE_ENDS = frozenset(
    {"but", "just", "only", "with", "under", "then", ",", ".", ";", "?", "!", "in", "instead", "please"}
)
_FREE = re.compile(r"\b([a-z]+)[ -]free\b")
_IN_STOCK = re.compile(
    r"\b(?:only )?(?:what(?:'s| is) )?(?:in stock|available (?:now|today|right now)|actually available|ready to ship)\b"
)
_SIZE = re.compile(
    r"\b(?:sizes?|in an?|in|us|uk|eu|an?)\s(?:sizes? )?(?:an? )?(?P<size>\d{1,3}(?:\.5)?|x{0,3}[sml]|xs|[2-5]xl"
    r"|(?:extra |x )?(?:small|large)|medium)\b(?!\s?(?:cm|metres?|meters?|inch|ft|x \d|kg|%|weeks?|days?|"
    r"hours?|minutes?|of |dollars|bucks|lamp|table|desk|chair|sofa|rug|room|people|person))"
)
_ALONE = re.compile(r"(?: (?:please|instead|one|size|too|then))*[ .!?]*$")
_BARE_SIZE = re.compile(r"^(?P<size>\d{1,2}(?:\.5)?|x{0,3}[sml]|xs)(?: please)?[ .!?]*$")
_METRES = re.compile(r"\b(\d+(?:[.,]\d+)?)\s?(m|metres?|meters?|cm)\b")
_MEASURE = re.compile(
    r"\b\d+(?:[.,]\d+)?\s?(?:cm|mm|m|metres?|meters?|inch(?:es)?|ft|feet)\b(?: (?:wide|long|tall|high|deep))?"
)
_QUANTITY = re.compile(
    rf"\b(?:add|take|want|get|make (?:it|that|them)|have|order|buy|need|quantity(?: of| to)?|change (?:it|that|"
    rf"them) to|give me|remove|keep|leave|just|only|(?:up|down|reduce|set|back) (?:it |them )?to)\s(?:me "
    rf")?(?P<n>\d{{1,2}}|{'|'.join(NUMBER_WORDS)}|a pair|a couple)\b(?! (?:hundred|"
    rf"thousand))"
    rf"|^(?:(?:ok|okay|yes|just|only|actually|no|then|and|make it|rather)[ ,]+)*"
    rf"(?P<p>\d{{1,2}}|{'|'.join(NUMBER_WORDS)})"
    rf"(?: (?:please|then|instead|pieces|in total|of each))+[ .!]*$"
    rf"|\b(?P<m>\d{{1,2}}|{'|'.join(NUMBER_WORDS)}|a couple) (?:of (?:them|those|these|it|that|the)|pairs)"
)
_PRONOUN = re.compile(r"(?:take|want|get|have|order|buy|need|give me) ")  # "I don't have one" counts nothing.
_MENTION_FOR = frozenset({"for", "near", "beside", "above", "behind", "next", "on", "against", "under", "with"})
# Things sold by length; for others "180 cm" is room to fit in, not a size.
_BY_LENGTH = frozenset({"rug", "runner", "curtain", "bed", "scarf", "throw", "carpet"})
_FITTING = re.compile(r"\bfits?\b|\b(?:wide|deep|high|tall)\b")
_PLAINLY = frozenset({"something", "anything", "nothing", "very", "too", "so", "really", "quite", "bit", "be", "more"})
_ADJECTIVES = frozenset({"light", "top", "bottom", "runner", "flat", "throw", "clutch"})
_ORDINAL_WORD = re.compile(r"^\d+(?:st|nd|rd|th)$")


@dataclass
class _Found:
    """Facet values of a clause, in order, by field name."""

    yes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    no: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    near: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    soft: list[str] = field(default_factory=list[str])
    not_soft: list[str] = field(default_factory=list[str])
    said_type: str = ""


def read_slots(text: str, terms: Terms, currency: str) -> tuple[Slots, PriceWords]:
    """Read the slots of a normalised clause; also returns the price phrases for the dialogue's budget."""
    price = read_price(text, currency)
    sizes, size_spans = _sizes(text, terms)
    lengths = set(_lengths(text, terms))
    words = [t for t in tokens(text) if not _inside(t, (*price.spans, *size_spans))]
    negated = _negated(text, words)
    found = _Found()
    used = _facets(terms.find(words), words, negated, found)
    _leftover(words, used, negated, found)
    slots = Slots(
        price_min=price.price_min,
        price_max=price.price_max,
        sort=price.sort,
        relative=price.relative,
        in_stock=_IN_STOCK.search(text) is not None,
        quantity=_quantity(text),
        near=tuple(found.near),
        said_type=found.said_type,
        soft=tuple(found.soft),
        not_soft=tuple(found.not_soft),
    )
    kinds = set(found.yes.get("product_types", ()))
    if _FITTING.search(text) or (kinds and not kinds & _BY_LENGTH):
        sizes = tuple(s for s in sizes if s not in lengths)
    return _with_facets(slots, found, sizes), price


def _with_facets(slots: Slots, found: _Found, sizes: tuple[str, ...]) -> Slots:
    def yes(name: str) -> tuple[str, ...]:
        return tuple(v for v in dict.fromkeys(found.yes.get(name, ())) if v not in found.no.get(name, ()))

    def no(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(found.no.get(name, ())))

    return replace(
        slots,
        product_types=yes("product_types"),
        departments=yes("departments"),
        colours=yes("colours"),
        materials=yes("materials"),
        brands=yes("brands"),
        styles=yes("styles"),
        sizes=tuple(dict.fromkeys((*sizes, *yes("sizes")))),
        not_product_types=no("product_types"),
        not_colours=no("colours"),
        not_materials=no("materials"),
        not_brands=no("brands"),
    )


def _inside(token: Token, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= token.start < end for start, end in spans)


def _negated(text: str, words: Sequence[Token]) -> set[int]:
    """Return the indexes of tokens a negation reaches: up to the next 'but', 'with' or comma pause."""
    starts = {m.end(): m.start() for m in _NEGATE_PHRASE.finditer(text)}
    reached: set[int] = set()
    for free in _FREE.finditer(text):
        reached |= {i for i, w in enumerate(words) if w.start == free.start(1)}
    for i, word in enumerate(words):
        opens = word.text in _NEGATORS and not _is_plain_no(words, i)
        if opens or any(start <= word.start < end for end, start in starts.items()):
            reached |= _scope(words, i + 1)
    return reached


def _is_plain_no(words: Sequence[Token], i: int) -> bool:
    """'No, the second one' answers; 'no leather' refuses leather."""
    following = words[i + 1].text if i + 1 < len(words) else ","
    return words[i].text == "no" and following in {
        ",",
        ".",
        "wait",
        "the",
        "i",
        "that",
        "this",
        "thanks",
        "thank",
        "show",
    }


def _scope(words: Sequence[Token], start: int) -> set[int]:
    reached: set[int] = set()
    for i in range(start, min(start + 7, len(words))):
        text = words[i].text
        if text in _SCOPE_ENDS and not (text in {"in", "with"} and i == start):
            follows = words[i + 1].text if i + 1 < len(words) else ""
            if text != "," or follows not in {"or", "nor", "and", "not"}:
                break
        reached.add(i)
    return reached


def _facets(matches: Sequence[Match], words: Sequence[Token], negated: set[int], found: _Found) -> set[int]:
    used: set[int] = set()
    last_type: Match | None = None
    for at, match in enumerate(matches):
        span = range(match.start, match.end)
        if match.field == "product_types" and _is_context(match, matches[at + 1 :], words, last_type):
            continue
        used |= set(span)
        refused = match.start in negated
        (found.no if refused else found.yes).setdefault(match.field, []).extend(match.values)
        said = " ".join(words[i].text for i in span)
        if match.field == "product_types" and not refused:
            last_type = match
            found.said_type = f"{found.said_type} and {said}" if found.said_type else said
        if match.near and not refused:
            found.near.append((said, match.values[0]))
    return used


def _is_context(match: Match, later: Sequence[Match], words: Sequence[Token], last_type: Match | None) -> bool:
    """Tell a type that only describes: 'desk' in 'desk lamp' or in 'a lamp for my desk'."""
    if any(m.field == "product_types" and m.start == match.end for m in later):
        return True
    if match.end - match.start == 1 and words[match.start].text in _ADJECTIVES and _describes(words, match.end, later):
        return True
    if words[match.start].text == "light" and match.start > 0 and words[match.start - 1].text in _PLAINLY:
        return True  # "Something light to wear" is no lamp.
    before = [w.text for w in words[max(0, match.start - 3) : match.start]]
    return last_type is not None and any(b in _MENTION_FOR for b in before)


def _describes(words: Sequence[Token], end: int, later: Sequence[Match]) -> bool:
    """Tell 'a light summer outfit' from 'a light for the hall': a content word follows."""
    if end >= len(words):
        return False
    following = words[end]
    return any(m.start == end for m in later) or (following.is_word and following.text not in FILLER)


def _leftover(words: Sequence[Token], used: set[int], negated: set[int], found: _Found) -> None:
    for i, word in enumerate(words):
        keep = word.is_word and len(word.text) > 1 and word.text not in FILLER and word.stem not in FILLER
        if (
            i in used
            or not keep
            or word.text in NUMBER_WORDS
            or word.text in _NEGATORS
            or _ORDINAL_WORD.match(word.text)
            or (word.text in {"tight", "small", "low"} and i + 1 < len(words) and words[i + 1].text == "budget")
        ):
            continue
        (found.not_soft if i in negated else found.soft).append(word.text)


def _sizes(text: str, terms: Terms) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """Return the catalogue's sizes that were said in a size position, and the text they took."""
    known = terms.sizes
    sizes: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _SIZE.finditer(text):
        said = match["size"]
        explicit = match.group().startswith(("size", "in", "us", "uk", "eu")) or "size" in match.group()
        values = [known[v] for v in (said, *LETTER_SIZES.get(said, ())) if v in known]
        if values or "size" in match.group():
            alone = _ALONE.match(text[match.end() :]) is not None
            if not explicit and not said[0].isdigit() and not alone:
                continue
            sizes.extend(values or [said.upper() if said.isalpha() and len(said) < 4 else said])
            spans.append(match.span())
    bare = _BARE_SIZE.match(text)
    if bare is not None and not sizes and bare["size"] in known:
        sizes.append(known[bare["size"]])
    sides, side_spans = known_sides(text, known)
    sizes.extend(sides)
    spans.extend(side_spans)
    sizes.extend(_lengths(text, terms))
    spans.extend(m.span() for m in _MEASURE.finditer(text) if not any(s <= m.start() < e for s, e in spans))
    return tuple(dict.fromkeys(sizes)), [s for s in spans if s in side_spans or not _part_of_size(text, s, known)]


def _lengths(text: str, terms: Terms) -> list[str]:
    """Return the catalogue's sizes whose longest side was said as a length: '3 metres'."""
    found: list[str] = []
    for match in _METRES.finditer(text):
        length = float(match[1].replace(",", "."))
        centimetres = round(length if match[2] == "cm" else length * 100)
        if " x " not in text[max(0, match.start() - 4) : match.end()]:
            found.extend(s for s in terms.vocabulary.sizes if longest_side(s) == centimetres)
    return found


def _part_of_size(text: str, span: tuple[int, int], known: dict[str, str]) -> bool:
    """Tell the '300 cm' of a size said in full, '70 x 300 cm', which the vocabulary finds itself."""
    lead = text[max(0, span[0] - 12) : span[1]]
    return any(size in lead and " x " in size for size in known)


def _quantity(text: str) -> int | None:
    match = _QUANTITY.search(text)
    if match is None:
        return None
    said = match["n"] or match["p"] or match["m"]
    if said in {"a pair", "a couple"}:
        return 2 if said == "a couple" else None
    following = text[match.end() : match.end() + 14].strip()
    if match["n"] and re.match(r"(?:cm|metres?|dollars|bucks|percent|%|hundred|second|minute|day|week)", following):
        return None
    if said == "one" and _PRONOUN.match(match.group()) and not following.startswith(("of ", "piece", "pair", "more")):
        return None
    return int(said) if said.isdigit() else NUMBER_WORDS[said]
