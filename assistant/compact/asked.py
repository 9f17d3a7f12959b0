"""Finds which facts of a product a clause asks about."""

import re
from collections.abc import Collection

from assistant.compact.wordforms import singular, stems

_ASKED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("seat height", r"\bseat height\b|\bhow high is the seat\b"),
        ("heel height", r"\bheel height\b|\bhow (?:high|tall) (?:is|are) the heels?\b|\bheels? high\b"),
        ("width", r"\bhow (?:wide|broad)\b|\bwidth\b|\b(?:wider|widest|narrower|narrowest)\b"),
        ("height", r"\bhow (?:tall|high)\b|(?<!seat )(?<!heel )\bheight\b|\b(?:taller|tallest)\b"),
        ("depth", r"\bhow deep\b|\bdepth\b|\b(?:deeper|deepest)\b"),
        (
            "length",
            r"\bhow long (?:is|are) (?:it|they|the|that|this)\b(?! (?:delivery|shipping|warranty|guarantee))|"
            r"\blength\b|\b(?:longer|longest)\b",
        ),
        (
            "weight",
            r"\bhow (?:heavy|much does (?:it|\w+ \w+) weigh)\b|\bweigh(?:t|s)?\b|\b(?:lighter|lightest|heavier|"
            r"heaviest)\b",
        ),
        (
            "size",
            r"\bhow (?:big|large|small)\b|\bdimensions?\b|\bmeasurements?\b|\bwhat size is\b|\bwill (?:it|this|"
            r"that) fit\b|\b(?:bigger|biggest|smaller|smallest)\b",
        ),
        (
            "materials",
            r"\bmade (?:of|from|out of)\b|\bwhat materials?\b|\bwhich materials?\b|\bwhat fabric\b|\bmaterial is\b|"
            r"\bis (?:it|this|that) (?:real|genuine|solid)\b|\bwhat wood\b",
        ),
        (
            "colours",
            r"\b(?:what|which|any|more|other|how many) colou?rs?\b|\bcolou?rs? (?:does|do|is|are)\b|"
            r"\bin (?:any )?other colou?rs?\b",
        ),
        (
            "sizes",
            r"\b(?:what|which|any|other|how many) sizes\b|\bsizes (?:does|do|are|is)\b|\bwhat size(?:s)? do(?:es)?\b|"
            r"\bin (?:any )?other sizes\b",
        ),
        (
            "stock",
            r"\b(?:is|are|still|any) .*\b(?:in stock|available|left|sold out)\b|\bhow many (?:are|"
            r"do you have) (?:left|in stock)\b|\b(?:in stock|available)\?|\bdo you (?:still )?have (?:it|that|this|"
            r"them|the)\b|\bcan i (?:still )?get (?:it|that|this)\b",
        ),
        (
            "price",
            r"\bhow much\b(?! (?:is|does|for) (?:delivery|shipping))|\bwhat(?:'s| is| does| did| was)? (?:the |it |"
            r"that |this |its )?(?:.{0,30}\b)?(?:price|cost)\b|\bprice of\b|\bwhich (?:one )?is (?:the )?cheap",
        ),
        (
            "reviews",
            r"\breviews?\b|\bwhat (?:do|are) (?:people|customers|others|buyers) (?:say|think)|\bany good\b|"
            r"\bworth it\b|\bpeople like\b",
        ),
        ("rating", r"\brat(?:ed|ing|ings)\b|\bhow many stars\b"),
        (
            "care",
            r"\bcare (?:for|instructions?)\b|\btake care\b|\bhow (?:do|can|should) (?:i|you|we) (?:clean|wash|care)|"
            r"\bmachine wash(?:able)?\b|\bwashable\b|\bdry clean\b|\bwash (?:it|them|this|that|the)\b|\bclean (?:it|"
            r"them)\b",
        ),
        (
            "fit",
            r"\btrue to size\b|\b(?:runs?|fits?|come[s]? up) (?:small|large|big|tight|true)\b|\bhow (?:does|do) "
            r"(?:it|they|this|that|the \w+(?: \w+)?) fit\b",
        ),
        (
            "origin",
            r"\bwhere (?:is|are|was|were|does|do) (?:it|they|this|that|these|the \w+(?: \w+)?) (?:made|from|"
            r"produced|come from|manufactured)\b|\bmade in\b|\bcountry of origin\b",
        ),
        ("brand", r"\bwhat brand\b|\bwhich brand\b|\bwho (?:makes|made)\b"),
        ("styles", r"\bwhat style\b|\bwhich style\b"),
        (
            "value",
            r"\bbetter value\b|\bworth the (?:extra|money|difference)\b|\bgiving up\b|" r"\bbetter (?:quality|made)\b",
        ),
        (
            "details",
            r"\b(?:tell|show) me (?:some )?(?:more )?(?:about|of) (?:it|that|this|them|the|number|#|these|those|"
            r"both)\b|\btell me more\b|\bmore (?:info|information|details?)\b|\bdetails?\b|\bdescribe\b|"
            r"\bdescription\b|\bspecs?\b|\bspecifications?\b|\bmore about\b|\bwhat about (?:the )?(?:first|second|"
            r"third|fourth|last|other)\b|\bremind me\b|\bwhat (?:was|were) (?:that|those|the)\b",
        ),
    )
)
_COMES_IN = re.compile(
    r"\b(?:does|do|is|are|can|could|have you got|do you have|got|have) .*\b(?:come|comes|available|have|get|"
    r"got|in stock)?\b.*\b(?:in|size|a|an)\b"
)
_PROPERTY = re.compile(
    r"\b(?:what(?:'s| is| are)|tell me) (?:its|their|the) ([a-z]+(?: [a-z]+)?)(?: (?:of|on|for|is|are)\b|\?|$)"
)
_IS_IT = re.compile(
    r"\b(?:is|are|isn't|would|does) (?:it|they|this|that|these|those|the \w+(?: \w+)?)(?: (?:be|have|really|"
    r"also|actually|a|an|any))* "
    r"([a-z]+(?: (?:resistant|through|sleeved|proof|friendly|safe|free|washable|lined|legs?|drawers?|pockets?|strap|"
    r"required|included))?)\??$"
)
# What happens to a thing in use, which no page names by another word.
_WEARS = "shrink|fade|stretch|pill|scratch|tarnish|crease|wrinkle|leak|rust|shed|bleed|squeak|wobble|crack|warp"
_WILL_IT = re.compile(
    r"\b(?:will|would|does|do|can|might) (?:it|they|this|that|these|those|the \w+(?: \w+)?) (?:ever |easily |also )?"
    rf"({_WEARS})\b"
)
_HOW_MANY = re.compile(r"\bhow many ([a-z]+) (?:does|do|has|have|are|is)\b")
_NOT_PROPERTY = frozenset(
    {
        "have",
        "come",
        "price",
        "cost",
        "total",
        "one",
        "first",
        "second",
        "third",
        "last",
        "difference",
        "cheapest",
        "best",
        "stock",
        "available",
        "name",
        "it",
        "that",
        "this",
        "them",
        "in",
        "of",
        "delivery",
        "shipping",
        "return",
        "returns",
        "policy",
        "cart",
        "order",
        "weather",
        "time",
        "date",
        "president",
        "capital",
        "it's",
        "better",
        "cheaper",
        "wider",
        "narrower",
        "bigger",
        "smaller",
        "good",
        "nice",
        "ok",
        "okay",
        "fit",
        "go",
        "work",
        "left",
        "sold",
        "expensive",
    }
)


# Names of facts that pages of shops have; asked for, they are meant also where no shown page has them.
_FACTS = re.compile(
    r"\b(bulbs?|soles?|linings?|volume|capacity|batter(?:y|ies)|fillings?|frame|finish|patterns?|straps?|closure|drawers?|"
    r"pockets?|sleeves?|sleeve length|neckline|wattage|watts|power|pile|thread count|load|thickness|diameter|legs?|"
    r"wheels?|cover|zip|hood|heel|seats?|shelves|cable|warranty|assembly|movement|strap|buckle|base|shade|lid)\b"
)
_QUESTION = re.compile(r"^(?:and |ok |so |but )*(?:what|which|how|does|do|is|are|has|have|can|will|with|any)\b|\?")


def read_asked(text: str, attribute_names: Collection[str]) -> tuple[str, ...]:
    """Return the names of the facts a normalised clause asks about, in the shop's words where it has them.

    Args:
        text: The clause.
        attribute_names: Attribute names of products shown so far, e.g. 'seat height', 'movement'.
    """
    asked = [name for name, pattern in _ASKED if pattern.search(text)]
    words = stems(text)
    for name in attribute_names:
        if name not in asked and _holds(words, stems(name)):
            asked.append(name)
    if not asked and (many := _HOW_MANY.search(text)):
        asked.append(f"number of {many[1]}")
    if not asked and (found := (_PROPERTY.search(text) or _IS_IT.search(text))):
        name = found[1].strip()
        if name.split()[0] not in _NOT_PROPERTY:
            asked.append(name)
    if not asked and (wears := _WILL_IT.search(text)):
        asked.append(wears[1])
    if not asked and _QUESTION.search(text) and (fact := _FACTS.search(text)):
        asked.append(singular(fact[1]))
    return tuple(dict.fromkeys(a for a in asked if not any(a != b and a in b.split() for b in asked)))


def is_part(name: str) -> bool:
    """Tell a part or a technical fact from a quality: 'drawer' from 'washable'."""
    return _FACTS.fullmatch(name) is not None


def is_wear(name: str) -> bool:
    """Tell what may happen to a thing in use, 'shrink', from a quality."""
    return re.fullmatch(_WEARS, name) is not None


def asks_options(text: str) -> bool:
    """Tell whether the clause asks if something comes in a given option: 'do you have it in blue'."""
    return _COMES_IN.search(text) is not None


def _holds(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return any(words[i : i + len(name)] == name for i in range(len(words) - len(name) + 1))
