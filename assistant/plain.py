"""Text as it is checked: no hidden letters, one form of every digit, and signs of letters that pose as others."""

import re
import unicodedata
from collections.abc import Set as AbstractSet

_POSING = re.compile(r"\b(?=\w*[a-z])(?=\w*\d)[a-z\d]+\b", re.IGNORECASE)
_MEASURED = re.compile(r"\d+(?:[.,]\d+)?[a-z]{1,3}", re.IGNORECASE)
_INNER_CAPITAL = re.compile(r"\b[A-Za-z]*[a-z][A-Z][A-Za-z]*\b")
_WORD = re.compile(r"[\w'’-]+")


def unhidden(text: str) -> str:
    """Return the text without characters nobody sees, and with full-width and other digits as plain ones."""
    return "".join(_plain(char) for char in text if unicodedata.category(char) != "Cf")


def _plain(char: str) -> str:
    if _is_odd_digit(char):
        return str(unicodedata.decimal(char))
    return unicodedata.normalize("NFKC", char) if unicodedata.east_asian_width(char) == "F" else char


def _is_odd_digit(char: str) -> bool:
    return not char.isascii() and unicodedata.decimal(char, None) is not None


def words_of(text: str) -> set[str]:
    """Return the words of a text, casefolded, and the parts of those with hyphens."""
    found = {word.casefold() for word in _WORD.findall(text)}
    return found | {part for word in found if "-" in word for part in word.split("-")}


def poses(sentence: str, known: AbstractSet[str]) -> bool:
    """Say whether a word's letters are not what they look like: another script's, digits or capitals amid letters."""
    odd = [w for w in _WORD.findall(sentence) if any(c.isalpha() and not _is_latin(c) for c in w)]
    odd += [w for w in _POSING.findall(sentence) if not _MEASURED.fullmatch(w)]
    odd += _INNER_CAPITAL.findall(sentence)
    return any(word.casefold() not in known for word in odd)


def _is_latin(char: str) -> bool:
    return char.isascii() or unicodedata.name(char, "").startswith("LATIN")
