"""Finds how a clause points at products the conversation has shown: places, ranks, looks, names, 'it'."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.compact.meaning import Reference
from assistant.compact.terms import Match, Terms
from assistant.compact.wordforms import Token, normal, number, tokens

_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "6th": 6, "7th": 7, "8th": 8,
    "former": 1,
}  # fmt: skip
_ORDINAL = "|".join(_ORDINALS)
_COUNT = r"two|three|four|five|six|\d"
_FIRST_N = re.compile(rf"\b(?:first|top) (?P<n>{_COUNT})\b")
_LAST_N = re.compile(rf"\blast (?P<n>{_COUNT})\b")
_BETWEEN = re.compile(
    r"\b(?:difference between|compare) (?P<a>[1-9]) (?:and|with|to|vs|versus) (?P<b>[1-9])\b(?![\d.,])"
)
_NTH = re.compile(
    rf"\b(?P<o>{_ORDINAL})\b(?! (?:time|of all|thing|class|aid|floor|hand|birthday|anniversary|date|day))"
)
_FIRST_OF_ALL = re.compile(r"\w+ (?<!the )(?<!and )(?<!or )first[ .!]*$")
_NUMBERED = re.compile(r"(?:\b(?:number|no\.?|option|item|nr\.?)\s?|#\s?)(?P<n>\d{1,2}|one|two|three|four|five|six)\b")
_LAST = re.compile(
    r"\b(?:the last(?: one| item)?|latter|last one)\b(?! (?:orders?|time|week|month|year|purchase|night))"
)
_OTHER = re.compile(r"\b(?:the other(?P<many>s)?)\b(?! (?:day|colou?rs?|sizes?|options?))")
_BOTH = re.compile(r"\b(?:both|these two|those two|the two(?: of them)?)\b")
_ALL = re.compile(
    r"\b(?:all of (?:them|these|those)|them all|(?:these|those|them|they|they're|theirs?)\b(?! (?:days|things|who)))"
)
_IT = re.compile(
    r"\b(?:it|its|it's|that one|this one)\b|\b(?:that's it)\b"
    r"|\b(?:that|this)\b(?=\s*(?:$|[,.?!]|please\b|too\b|instead\b|then\b|and\b|but\b|in\b|as well|is\b|"
    r"come\b|to\b|for\b|available\b|have\b|made\b))"
    r"|\b(?:add|take|buy|want|get|like|with|about|have|than|order|of|does|is|remove) (?:that|"
    r"this)\b(?! (?:goes|matches|is|would|fits|suits|week|month))"
)
_NOT_IT = re.compile(
    r"\b(?:does it take|is it possible|call it|how is it going|how's it going|as it is|it would be|"
    r"it'?s (?:my|a|for|raining|cold|hot)|it depends)\b|\bin it\b"
)
_RANKS: tuple[tuple[str, str], ...] = (
    ("cheapest", r"cheap(?:er|est)|less expensive|least expensive|lower priced|most affordable"),
    ("dearest", r"more expensive|most expensive|dear(?:er|est)|pric(?:ier|iest)"),
    ("best rated", r"(?:best|better|highest|higher|top)[ -](?:rated|reviewed)"),
    ("-width", r"narrow(?:er|est)|slim(?:mer|mest)"),
    ("+width", r"wid(?:er|est)"),
    ("-size", r"small(?:er|est)|compact"),
    ("+size", r"bigg(?:er|est)|larg(?:er|est)"),
    ("-height", r"low(?:er|est)|short(?:er|est)"),
    ("+height", r"tall(?:er|est)|high(?:er|est)"),
    ("+length", r"long(?:er|est)"),
    ("-weight", r"light(?:er|est)"),
    ("+weight", r"heav(?:ier|iest)"),
)
_RANKED = tuple(
    (rank, re.compile(rf"\bthe (?:{words})(?: (?P<what>ones?|of (?:these|those|them|the \w+)|[a-z]+))?(?=\W|$)"))
    for rank, words in _RANKS
)
RANK_OF = {
    "smaller": "-size", "bigger": "+size", "larger": "+size", "narrower": "-width", "slimmer": "-width",
    "wider": "+width", "lower": "-height", "taller": "+height", "higher": "+height", "longer": "+length",
    "lighter": "-weight", "heavier": "+weight",
}  # fmt: skip
"""Comparatives said alone, and the rank of a shown product that answers them."""
_DETERMINERS = frozenset({"the", "that", "this", "those", "these"})
_BEFORE_NAME = frozenset(
    {
        "the", "that", "this", "and", "or", "vs", "versus", "with", "compare", "add", "is", "does", "like", "about",
        "buy", "take", "remove", "between", "to", "than", "order", "get", "both", "want", "delete", "drop",
        "change", "swap", "in", "for", "of"
    }
)  # fmt: skip


def read_reference(text: str, terms: Terms, names: Mapping[str, Sequence[str]]) -> Reference:
    """Return how a normalised clause points at shown products, `Reference()` when it does not.

    Args:
        text: The clause.
        terms: The catalogue's words.
        names: For each telling word of a shown title the ids that carry it.
    """
    words = tokens(text)
    matches = terms.find(words)
    kinds = _types_near(words, matches)
    return (
        _counted(text, kinds)
        or _named(words, names)
        or _others(text, kinds)
        or _ranked(text, terms)
        or _described(words, matches)
        or _pronoun(text)
    )


def by_whole_title(reference: Reference, text: str, titles: Mapping[str, str]) -> Reference:
    """Return the reference to the one product whose whole title was said, where others share its name.

    Args:
        reference: As read from the clause.
        text: The clause.
        titles: Id to title of everything shown.
    """
    if reference.kind != "name" or reference.plural or len(reference.names) < 2:
        return reference
    meant = whole_titles(text, {i: titles[i] for i in reference.names if i in titles})
    return replace(reference, names=meant) if meant else reference


def whole_titles(text: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return the products whose whole title is said in a text; of titles within another only the longest counts.

    Args:
        text: What the shopper said.
        titles: Id to title.
    """
    said = _spaced(text)
    whole = [i for i, title in titles.items() if _spaced(title) in said]
    longest = max((len(titles[i]) for i in whole), default=0)
    return tuple(i for i in whole if len(titles[i]) == longest)


def _spaced(text: str) -> str:
    return f" {' '.join(word.text for word in tokens(normal(text)))} "


def _types_near(words: Sequence[Token], matches: Sequence[Match]) -> tuple[str, ...]:
    """Return the type said right after a pointing word: 'the first lamp', 'the other desk'."""
    for match in matches:
        if match.field != "product_types" or match.start == 0:
            continue
        before = {w.text for w in words[max(0, match.start - 3) : match.start]}
        if before & (_ORDINALS.keys() | {"other", "last", "two", "three", "both", "of", "four", "one"}):
            return match.values
    return ()


def _counted(text: str, kinds: tuple[str, ...]) -> Reference:
    if match := _FIRST_N.search(text):
        return Reference("first_n", (number(match["n"]) or 2,), product_types=kinds, plural=True)
    if match := _LAST_N.search(text):
        return Reference("last", (number(match["n"]) or 2,), product_types=kinds, plural=True)
    if match := _BETWEEN.search(text):
        return Reference("ordinal", (int(match["a"]), int(match["b"])), product_types=kinds, plural=True)
    # "An armchair first" orders wishes, it points at nothing.
    found = [m for m in _NTH.finditer(text) if not (m["o"] == "first" and _FIRST_OF_ALL.search(text))]
    places = [_ORDINALS[m["o"]] for m in found]
    places += [n for m in _NUMBERED.finditer(text) if (n := number(m["n"]))]
    if places:
        return Reference("ordinal", tuple(dict.fromkeys(places)), product_types=kinds, plural=len(set(places)) > 1)
    if _LAST.search(text):
        return Reference("last", (1,), product_types=kinds)
    return Reference()


def _named(words: Sequence[Token], names: Mapping[str, Sequence[str]]) -> Reference:
    """Collect shown products by title words; several words of one title narrow, separate names add up."""
    groups: list[set[str]] = []
    last = -2
    for i, word in enumerate(words):
        ids = names.get(word.stem)
        if ids is None or not (
            i == 0 or i == last + 1 or words[i - 1].text in _BEFORE_NAME or word.text.endswith("'s")
        ):
            continue
        if i == last + 1 and groups and groups[-1] & set(ids):
            groups[-1] &= set(ids)
        else:
            groups.append(set(ids))
        last = i
    if not groups:
        return Reference()
    order = [i for ids in names.values() for i in ids]
    found = tuple(dict.fromkeys(i for group in groups for i in order if i in group))
    return Reference("name", names=found, plural=len(groups) > 1)


def _others(text: str, kinds: tuple[str, ...]) -> Reference:
    if match := _OTHER.search(text):
        return Reference("other", product_types=kinds, plural=bool(match["many"]))
    if _BOTH.search(text):
        return Reference("both", (2,), product_types=kinds, plural=True)
    return Reference()


def _ranked(text: str, terms: Terms) -> Reference:
    for rank, pattern in _RANKED:
        match = pattern.search(text)
        if match is None:
            continue
        what = match["what"] or ""
        kinds = terms.types_of(what.removeprefix("of the ")) if what else ()
        comparative = "er " in match.group() + " " or "more " in match.group() or "less " in match.group()
        pointing = (
            not what
            or what.startswith(("one", "of "))
            or (kinds and comparative)
            or what in {"please", "then", "in", "to"}
        )
        if pointing:
            return Reference("ranked", rank=rank, product_types=kinds)
    return Reference()


def _described(words: Sequence[Token], matches: Sequence[Match]) -> Reference:
    """Read 'the black one', 'that walnut desk', 'the lamp', 'those bracelets'."""
    starts = {m.start: m for m in matches}
    for i, word in enumerate(words):
        if word.text not in _DETERMINERS:
            continue
        found, end = _run(words, starts, i + 1)
        head = words[end].text if end < len(words) else ""
        kinds = tuple(v for m in found if m.field == "product_types" for v in m.values)
        if found and (kinds or head in {"one", "ones"} or (end >= len(words) and word.text == "the")):
            return _reference_of(found, kinds, words[end - 1], head, word.text)
    return Reference()


def _run(words: Sequence[Token], starts: Mapping[int, Match], at: int) -> tuple[list[Match], int]:
    found: list[Match] = []
    while at < len(words) and (match := starts.get(at)):
        found.append(match)
        at = match.end
    return found, at


def _reference_of(found: Sequence[Match], kinds: tuple[str, ...], last: Token, head: str, determiner: str) -> Reference:
    colours = tuple(v for m in found if m.field == "colours" for v in m.values)
    materials = tuple(v for m in found if m.field == "materials" for v in m.values)
    many = (
        head == "ones"
        or determiner in {"those", "these"}
        or (bool(kinds) and last.text != last.stem and not kinds[0].endswith(last.text))
    )
    kind = "facet" if colours or materials else "type"
    return Reference(kind, product_types=kinds, colours=colours, materials=materials, plural=many)


def _pronoun(text: str) -> Reference:
    if _ALL.search(text):
        return Reference("all", plural=True)
    if _IT.search(_NOT_IT.sub(" ", text)):
        return Reference("it")
    return Reference()
