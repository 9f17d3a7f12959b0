"""A shopper's words made plain: clauses without quotations, counts, places, and words that may carry one slip."""

import re
import unicodedata
from collections.abc import Collection, Iterable

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "ß": "ss"})
_INCHES = re.compile(r'(?<=\d)"')
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]?|<[^>]*>?|\{[^}]*\}?')
_LONGEST = 1_000  # Characters of a message that are read.
_SHORT = {
    "dont": "don't", "doesnt": "doesn't", "pls": "please", "plz": "please", "wanna": "want to", "gimme": "give me",
    "ill": "i'll", "lets": "let's", "im": "i'm", "u": "you", "k": "ok", "okay": "ok", "ad": "add", "n": "and",
    "thx": "thanks", "whats": "what's",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_BREAK = re.compile(
    r"\s*[.;!?\n]+(?=\s|$)|\s*,\s*|\s+(?:and then|and also|but|then|und dann|et puis)\s+"
    r"|\s+(?:and|plus|und|et|y|e|en)\s+(?=(?:please |also |then |just |can you |could you )*(?:add|put|remove"
    r"|delete|take|buy"
    r"|order|check|pay|show|find|tell|what|how|which|is|are|do|does|make|change|swap|compare|undo|cancel|return"
    r"|i'll|i)\b)"
)
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "dozen": 12, "pair": 2, "couple": 2, "both": 2, "single": 1,
    "ein": 1, "eine": 1, "einen": 1, "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "sechs": 6, "beide": 2,
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5,
    "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "twee": 2, "drie": 3, "vijf": 5,
}  # fmt: skip
_NO_COUNT_BEFORE = re.compile(
    r"(?:\b(?:size|sizes|grosse|taille|talla|taglia|maat|under|below|over|around|about|number|option|item|nr|no"
    r"|the first"
    r"|the last|first|last|top|code|coupon|of|order)|[$€£#])\s?$"
)
_NO_COUNT_AFTER = re.compile(
    r"\s?(?:(?:cm|mm|m|in|inch|inches|ft|kg|x|usd|eur|dollars?|euros?|percent|person|people|seats?|drawers?|years?|days?"
    r"|minutes?|hours?|off)\b|[%€$£]|[.,:/]\d)"
)
_COUNT = re.compile(rf"\b(?:\d{{1,3}}|{'|'.join(_NUMBERS)})\b")
_PLACES = (
    r"first|1st|erste\w*|premier|premiere|primer|primera|primero|primo|prima|eerste",
    r"second|2nd|zweite\w*|deuxieme|seconde|segund[oa]|secondo|seconda|tweede",
    r"third|3rd|dritte\w*|troisieme|tercer[oa]?|terz[oa]|derde",
    r"fourth|4th|vierte\w*|quatrieme|cuart[oa]|quart[oa]|vierde",
    r"fifth|5th|funfte\w*|cinquieme|quint[oa]|vijfde",
    r"sixth|6th|sechste\w*|sixieme|sext[oa]|sest[oa]|zesde",
)
_PLACE = tuple(re.compile(rf"\b(?:{words})\b") for words in _PLACES)
_FIRST_N = re.compile(r"\b(?:first|top|ersten) (?P<n>two|three|four|five|six|zwei|drei|[2-9])\b")
_NUMBERED = re.compile(r"(?:\b(?:number|nummer|option|item|nr|no)\.? ?|#)(?P<n>\d{1,2})\b")
LAST = re.compile(r"\b(?:last|latter|letzte\w*|dernier|derniere|ultim[oa]|laatste)\b")


def plain(text: str) -> str:
    """Return the shopper's own words without case and accents; what is quoted or bracketed is gone."""
    text = _INCHES.sub(" in ", text[:_LONGEST].translate(_QUOTES).casefold())
    text = _QUOTED.sub(" , ", text).replace('"', " ")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = re.sub(r"(?<=\w)-(?=\w)", " ", text)
    words = [_SHORT.get(word, word) for word in text.split()]
    return " ".join(words)


def clauses(text: str) -> list[str]:
    """Split plain words into the things they say, each trimmed."""
    parts = (part.strip(" ,.!?;:") for part in _BREAK.split(text))
    return [part for part in parts if part]


def sentences(text: str) -> list[str]:
    """Split plain words at full stops, question marks and semicolons."""
    return [part for part in re.split(r"[.;?!]+(?=\s|$)", text) if part.strip()]


def words(text: str) -> list[str]:
    """Return the words and figures of plain text."""
    return _WORD.findall(text)


def stem(word: str) -> str:
    """Return a noun without its plural ending: 'dresses' → 'dress', 'lamps' → 'lamp'."""
    if len(word) > 4 and word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def stems(text: str) -> frozenset[str]:
    """Return the stems of all words of a text as a shop or a shopper writes it."""
    return frozenset(stem(word.removesuffix("'s")) for word in words(plain(text)))


def mended(text: str, known: Collection[str]) -> str:
    """Return plain text with words that miss a known word by one slip written like it: 'remvoe' → 'remove'."""
    return _WORD.sub(lambda match: _mended(match.group(), known), text)


def named_among(said: Iterable[str], names: frozenset[str]) -> frozenset[str]:
    """Return which names are said, a slip of one letter in a long word allowed."""
    found = {name for name in names for word in said if word == name or (len(word) > 4 and slips(word, name))}
    return frozenset(found)


def slips(word: str, meant: str) -> bool:
    """Say whether `word` is `meant` with one letter missing, added, changed (six letters or more) or two swapped."""
    if len(meant) < 5 or abs(len(word) - len(meant)) > 1 or word[:1] != meant[:1]:
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), min(len(word), len(meant)))
    if len(word) == len(meant):
        swapped = word[at : at + 2] == meant[at : at + 2][::-1] and word[at + 2 :] == meant[at + 2 :]
        return word == meant or swapped or (len(meant) > 5 and word[at + 1 :] == meant[at + 1 :])
    longer, shorter = (word, meant) if len(word) > len(meant) else (meant, word)
    return longer[at + 1 :] == shorter[at:]


def counts(text: str) -> set[int]:
    """Return the numbers in plain text that can say how many; sizes, prices, measures and places are none."""
    found: set[int] = set()
    for match in _COUNT.finditer(text):
        if _NO_COUNT_BEFORE.search(text[: match.start()]) or _NO_COUNT_AFTER.match(text[match.end() :]):
            continue
        found.add(_NUMBERS.get(match.group()) or int(match.group() or 0))
    return found


def figures(text: str) -> set[int]:
    """Return every number in plain text, whatever it says."""
    return {_NUMBERS.get(m.group()) or int(m.group()) for m in _COUNT.finditer(text)}


def places(text: str) -> set[int]:
    """Return the places said, from 1: 'the second', 'the first two', '#3'."""
    found = {at for at, pattern in enumerate(_PLACE, start=1) if pattern.search(text)}
    if first := _FIRST_N.search(text):
        found |= set(range(1, (_NUMBERS.get(first["n"]) or int(first["n"])) + 1))
    return found | {int(match["n"]) for match in _NUMBERED.finditer(text)}


def _mended(word: str, known: Collection[str]) -> str:
    if word in known or len(word) < 5 or stem(word) in known or word.endswith(("ed", "ing", "er")):
        return word
    return next((meant for meant in known if slips(word, meant)), word)
