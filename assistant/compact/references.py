"""Finds how a clause points at products the conversation has shown: places, ranks, looks, names, 'it'."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.compact.meaning import Reference
from assistant.compact.ranks import RANKS
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
_BOTH = re.compile(
    r"\b(?:both|either(?: one| of (?:them|these|those|the two))?(?= ?[?.!]?$)|these two|those two|"
    r"the two(?: of them)?)\b"
)
_ALL = re.compile(
    r"\b(?:all of (?:them|these|those|that|it)|them all|the whole (?:set|lot|thing)|all (?:two|three|four|"
    r"five|six)|(?:one |pros and cons )?of each|"
    r"(?:each|any) of (?:them|these|those)|"
    r"(?:these|those|them|they|they're|theirs?)\b(?! (?:days|things|who)))"
)
_WHOLE = re.compile(r"\b(?:all of (?:that|it)|the whole (?:set|lot|thing))\b")
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
_WHAT = r"(?: (?P<what>ones?|of (?:these|those|them|the \w+)|[a-z]+))?(?=\W|$)"
_RANKED = tuple((rank.key, re.compile(rf"\b(?:the|which is) (?:{rank.words}){_WHAT}")) for rank in RANKS)
RANK_OF = {rank.more: rank.key for rank in RANKS} | {"slimmer": "-width", "bigger": "+size"}
"""Comparatives said alone, and the rank of a shown product that answers them."""
# Words that a message which points at several things has; elsewhere "and the lamp" is a wish of its own.
_NAMES_SEVERAL = re.compile(
    r"\b(?:compare|between|differen\w+|versus|vs|which|add|take|have|get|buy|order|want|remove|delete|drop|put|both|or|"
    r"better|rather|prefer|instead of|than)\b|\b(?:first|second|third|fourth|fifth|last)(?: \w+)? (?:and|or) "
)
_BETWEEN_PARTS = re.compile(
    r"\s*(?:,|\b(?:and|with|to|or|vs|versus|than|instead of|against)\b)\s*(?=(?:the|that|this|a|an|\w+) )"
)
_APART = frozenset({"ordinal", "last", "facet", "name", "type", "ranked", "other", "it"})
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
    return _several(text, terms, names) or _single(text, terms, names)


def _single(text: str, terms: Terms, names: Mapping[str, Sequence[str]]) -> Reference:
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


def _several(text: str, terms: Terms, names: Mapping[str, Sequence[str]]) -> Reference:
    """Read things named apart, each in its own way: 'the gold one and the tan heels', 'the first or the last'."""
    if not _NAMES_SEVERAL.search(text):
        return Reference()
    parts = [part for piece in _BETWEEN_PARTS.split(text) if (part := _single(piece, terms, names)).kind in _APART]
    apart = len({_way(part) for part in parts})
    if parts and parts[-1].kind == "it":
        return Reference()  # "The second looks nice, add it" names one.
    if len(parts) < 2 or apart < len(parts) or (len({part.kind for part in parts}) == 1 and _alike(parts)):
        return Reference()
    return Reference("several", parts=tuple(parts), plural=True)


def _way(part: Reference) -> tuple[object, ...]:
    return (part.kind, part.ordinals, part.rank, part.product_types, part.colours, part.materials, part.names)


def _alike(parts: Sequence[Reference]) -> bool:
    """Tell 'the first and the third', which count in one row and are read at once."""
    return parts[0].kind in {"ordinal", "name"} and len({part.product_types for part in parts}) == 1


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


def titles_in(text: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return the products whose whole titles a text names, in its order; a title within a longer one counts not.

    Args:
        text: What was said.
        titles: Id to title.
    """
    said = _spaced(text)
    places: list[tuple[int, str]] = []
    for i, title in sorted(titles.items(), key=lambda pair: -len(pair[1])):
        at = said.find(_spaced(title))
        if at >= 0:
            places.append((at, i))
            said = said.replace(_spaced(title), f" {'_' * (len(_spaced(title)) - 2)} ", 1)
    return tuple(i for _, i in sorted(places))


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
            i == 0
            or i == last + 1
            or words[i - 1].text in _BEFORE_NAME
            or number(words[i - 1].text) is not None
            or word.text.endswith("'s")
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
    if _WHOLE.search(text):
        return Reference("all", rank="whole", plural=True)
    if _ALL.search(text):
        return Reference("all", plural=True)
    if _IT.search(_NOT_IT.sub(" ", text)):
        return Reference("it")
    return Reference()
