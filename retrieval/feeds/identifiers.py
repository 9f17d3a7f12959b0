"""Ids as the catalogue allows them, and article numbers (GTIN) that check."""

import re
from hashlib import blake2b

_ALLOWED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_OTHER = re.compile(r"[^A-Za-z0-9._:-]+")
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def catalogue_id(text: str) -> str:
    """Return the id itself, or the same made of allowed characters with a digest, so that two never become one."""
    text = text.strip()
    if _ALLOWED.fullmatch(text) or not text:
        return text
    digest = blake2b(text.encode(), digest_size=4).hexdigest()
    slug = _OTHER.sub("-", text).strip("-._:")[:48]
    return f"{slug or 'id'}-{digest}"


def gtin(text: str) -> str | None:
    """Return the digits of a GTIN-8, UPC, EAN or GTIN-14 whose check digit is right, else None."""
    digits = re.sub(r"[\s-]", "", text)
    # Spreadsheets drop leading zeros; feeds that keep numbers as text often pad them.
    stripped = digits.lstrip("0")
    if not digits.isascii() or not digits.isdigit() or not stripped:
        return None
    lengths = [length for length in sorted(_GTIN_LENGTHS) if len(stripped) <= length]
    if len(digits) not in _GTIN_LENGTHS and (len(stripped) < 11 or not lengths):
        return None
    whole = digits if len(digits) in _GTIN_LENGTHS else stripped.zfill(lengths[0])
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(whole)))
    return whole if weighted % 10 == 0 else None
