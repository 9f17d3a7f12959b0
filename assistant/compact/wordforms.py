"""Words of a message: normal form, tokens with their place, singular forms and spelled numbers."""

import re
from dataclasses import dataclass

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "×": "x", "–": "-", "—": ",", "…": ".", "&": " and "})
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_TOKEN = re.compile(r"[$€£]?\d+(?:[.,]\d+)*|[^\W\d_]{2,}\d+[^\W_]*|[^\W\d_]+(?:'[^\W\d_]+)*|[^\w\s]")
_SPACES = re.compile(r"\s+")
_TYPED = {
    "whats": "what's", "wheres": "where's", "hows": "how's", "thats": "that's", "theres": "there's", "dont": "don't",
    "doesnt": "doesn't", "didnt": "didn't", "isnt": "isn't", "arent": "aren't", "cant": "can't", "wont": "won't",
    "im": "i'm", "ive": "i've", "ur": "your", "pls": "please", "plz": "please", "lookin": "looking", "do u": "do you",
    "can u": "can you", "are u": "are you", "have u": "have you", "wanna": "want to", "gimme": "give me", "u": "you",
    "diff": "difference",
}  # fmt: skip
_TYPED_WORDS = re.compile(rf"\b(?:{'|'.join(_TYPED)})\b(?!')")

_IRREGULAR = {
    "shelves": "shelf",
    "bookshelves": "bookshelf",
    "scarves": "scarf",
    "knives": "knife",
    "women": "woman",
    "men": "man",
    "children": "child",
    "shoes": "shoe",
    "gloves": "glove",
    "sleeves": "sleeve",
    "clothes": "clothes",
    "glasses": "glasses",
    "sunglasses": "sunglasses",
    "vases": "vase",
    "purses": "purse",
    "blouses": "blouse",
    "cases": "case",
    "suitcases": "suitcase",
    "bookcases": "bookcase",
    "hoodies": "hoodie",
    "ties": "tie",
    "pouffes": "pouffe",
}
_ES = ("sses", "ches", "shes", "xes", "zes")
_NOT_PLURAL = ("ss", "us", "is")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark of the normalised text; `stem` is its singular form."""

    text: str
    stem: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Tell words from numbers and marks."""
        return self.text[0].isalpha()


def normal(text: str) -> str:
    """Return the text in lower case, plain quotes, hyphens inside words opened, spaces single, 'whats' as 'what's'."""
    plain = text.translate(_QUOTES).casefold()
    plain = _SPACES.sub(" ", _HYPHEN.sub(" ", plain)).strip()
    return _TYPED_WORDS.sub(lambda match: _TYPED[match.group()], plain)


def singular(word: str) -> str:
    """Return the singular of an English noun; words that look singular are returned as they are."""
    found = _IRREGULAR.get(word)
    if found is not None:
        return found
    if word.endswith("'s"):
        return singular(word[:-2])
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(_ES):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(_NOT_PLURAL):
        return word[:-1]
    return word


def tokens(text: str) -> list[Token]:
    """Split a normalised text into tokens."""
    return [Token(m.group(), singular(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def stems(text: str) -> tuple[str, ...]:
    """Return the singular forms of a phrase's words and numbers."""
    return tuple(t.stem for t in tokens(normal(text)) if t.text[0].isalnum())


MASS_NOUNS = frozenset(
    {"jewellery", "jewelry", "furniture", "lighting", "seating", "footwear", "storage", "outerwear", "knitwear"}
)


def plural(noun: str) -> str:
    """Return the plural of a product type such as 'dining chair' or 'dress'; plurals stay."""
    if noun.startswith("piece of "):
        return f"pieces{noun[5:]}"
    head, _, last = noun.rpartition(" ")
    prefix = f"{head} " if head else ""
    if singular(last) != last or last in {"glasses", "sunglasses", "clothes"}:
        return noun
    if last.endswith("shelf"):
        return f"{prefix}{last[:-1]}ves"
    if last in {"scarf", "knife"}:
        return f"{prefix}{last.rstrip('fe')}ves"
    if last.endswith(("s", "ch", "sh", "x", "z")):
        return f"{prefix}{last}es"
    if last.endswith("y") and last[-2:-1] not in "aeiou":
        return f"{prefix}{last[:-1]}ies"
    return f"{prefix}{last}s"


_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
NUMBER_WORDS = {**_ONES, **_TENS}
_SPELLED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def spelled(count: int) -> str:
    """Write a count as a shop does: words up to twelve, figures above."""
    return _SPELLED[count] if 0 <= count < len(_SPELLED) else str(count)


def number(word: str) -> int | None:
    """Read '3' or 'three' (up to ninety) as a number; None for anything else."""
    if word.isdigit():
        return int(word)
    return NUMBER_WORDS.get(word)
