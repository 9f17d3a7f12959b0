"""How the pages write what the records say: prices, stock, names, addresses of parts of the shop."""

import re
import unicodedata
from urllib.parse import quote

from policies.money import Money, exponent, format_minor
from policies.words import plain
from retrieval.filters import fold
from retrieval.photos import PHOTOS
from shop.views import LineView
from tools.present import LOW_STOCK

_LONGEST_TITLE = 140
_ADDRESS = re.compile(r"(/(?!/)|https://)[^\s\"'<>\\]+")
_DRAWN = "/pictures/"
_PLURALS = (
    (r"elf$", "elves"),
    (r"arf$", "arves"),
    (r"ife$", "ives"),
    (r"([^aeiou])y$", r"\1ies"),
    (r"(ss|sh|ch|x|z)$", r"\1es"),
)
_NO_PLURAL = re.compile(r"([^s]s|ing|wear|ware|niture|ery|elry|cor|gage|ment|art|food)$")


def price(amount: int, currency: str) -> str:
    """Write minor units as the shop does."""
    return format_minor(amount, currency)


def span(low: Money, high: Money | None) -> str:
    """Write a price, or the lowest and the highest of several."""
    return f"{low} – {high}" if high is not None and high.amount > low.amount else str(low)


def whole(amount: int, currency: str) -> int:
    """Return minor units as whole units of the currency, rounded down."""
    return amount // 10 ** exponent(currency)


def minor(amount: int, currency: str) -> int:
    """Return whole units of the currency as minor units."""
    return amount * 10 ** exponent(currency)


def stock_words(units: int) -> str:
    """Say how many can be had, as exactly as it helps."""
    if units <= 0:
        return "Out of stock"
    return f"Only {units} left" if units <= LOW_STOCK else "In stock"


def one_line(text: str, limit: int = _LONGEST_TITLE) -> str:
    """Return somebody's text on one line without control, bidirectional or invisible characters."""
    return plain(text, limit)


def paragraphs(text: str, limit: int) -> list[str]:
    """Return somebody's text as paragraphs of such lines, at most `limit` characters in all."""
    kept = "".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    if len(kept) > limit:
        kept = f"{kept[: limit - 1].rstrip()}…"
    return [line for part in re.split(r"\n\s*\n|\r\n\s*\r\n", kept) if (line := " ".join(part.split()))]


def name(word: str) -> str:
    """Write a kind, a department or a facet's value as a heading: 'dining chair' is 'Dining chair'."""
    text = one_line(word, 60)
    return text[:1].upper() + text[1:]


def plural(kind: str) -> str:
    """Write a kind as a heading of many: 'dining chair' is 'Dining chairs'; one that has no plural stays as it is."""
    text = name(kind)
    last = re.split(r"[ -]", text)[-1].lower()
    if not last.isascii() or not last.isalpha() or _NO_PLURAL.search(last):
        return text
    for ending, instead in _PLURALS:
        if re.search(ending, last):
            return re.sub(ending, instead, text)
    return f"{text}s"


def slug(word: str) -> str:
    """Return a word as it stands in an address: 'Dining chair' is 'dining-chair'."""
    return re.sub(r"[^\w]+", "-", fold(word)).strip("-_")


def part_address(word: str) -> str:
    """Return the address of a kind or a department."""
    return f"/c/{quote(slug(word) or fold(word), safe='')}"


def product_address(product_id: str) -> str:
    """Return the address of a product's page."""
    return f"/p/{quote(product_id, safe='')}"


def picture(url: str | None, size: int, view: int = 0) -> str | None:
    """Return a picture's address at a size the shop has; one from elsewhere as it is, None for one not to be loaded.

    Args:
        url: As the catalogue gives it.
        size: Edge in pixels, one of those of the pictures' route.
        view: Which of a drawn product's views.
    """
    if not url or not _ADDRESS.fullmatch(url):
        return None
    if not url.startswith((_DRAWN, PHOTOS)):
        return url
    more = f"size={size}" + (f"&view={view}" if view else "")
    return f"{url}{'&' if '?' in url else '?'}{more}"


def is_drawn(url: str | None) -> bool:
    """Say whether the shop draws the picture itself, and so in several views."""
    return bool(url) and str(url).startswith(_DRAWN)


def line_options(line: LineView) -> str:
    """Write what tells a line's variant from others: 'rust, M'."""
    rank = {"colour": 0, "size": 1}
    ordered = sorted(line.options.items(), key=lambda option: rank.get(option[0], 2))
    return ", ".join(one_line(value, 40) for _, value in ordered)
