"""What text in a picture may tell the shop: brands it sells, sizes, materials and prices as seen, nothing else."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.query import Vocabulary

_MOST = 6  # of each
_SIZE = re.compile(
    r"\b(?:size|sz|taille|gr(?:ö|oe?)sse|größe|talla)\.?[: ]{0,3}"
    r"(?P<said>one size|\d{1,3}(?:[.,]5|/\d{1,3})?|[2-6]?x{1,3}[ls]|[sml])\b"
    r"|\b(?P<system>eu|eur|uk|us|it|fr)[: ]?(?P<number>\d{1,3}(?:[.,]5)?)\b"
    r"|\b(?P<jeans>w ?\d{2}[ /]*l ?\d{2})\b"
    r"|^(?P<alone>[2-6]?x{1,3}[ls]|[sml])$",
    re.IGNORECASE,
)
_AMOUNT = r"\d{1,3}(?:[.,' ]\d{3})*(?:[.,]\d{2})?|\d{1,6}(?:[.,]\d{2})?"
_SIGN = r"[$€£¥]|usd|eur|gbp|chf"
_PRICE = re.compile(
    rf"(?P<before>{_SIGN}) ?(?P<one>{_AMOUNT})\b|\b(?P<two>{_AMOUNT}) ?(?P<after>[$€£¥]|(?:usd|eur|gbp|chf)\b)",
    re.IGNORECASE,
)
_CARE = (
    "machine wash", "machine wash cold", "machine wash warm", "hand wash", "hand wash only", "do not bleach",
    "do not tumble dry", "tumble dry low", "dry clean", "dry clean only", "do not iron", "iron low", "line dry",
)  # fmt: skip
_SHARE = re.compile(r"\b(?P<share>\d{1,3}) ?% ?(?P<what>[a-z]+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """The closed schema that text in a picture is read into; every value is one of a list or of a pattern.

    Args:
        brands: Brands of the catalogue that are written there, as the catalogue writes them.
        sizes: Size tags: "8", "eu 42", "xl", "w32 l34".
        materials: Materials of the catalogue: "100 % cotton".
        care: Known care advice.
        prices: Amounts as they are written there; never a price of the shop's.
        unread: Whether there is text that none of these says.
    """

    brands: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    care: tuple[str, ...] = ()
    prices: tuple[str, ...] = ()
    unread: bool = False

    def told(self) -> dict[str, object]:
        """Return it JSON-plain, without what is empty."""
        values = {
            "brands": self.brands,
            "sizes": self.sizes,
            "materials": self.materials,
            "care": self.care,
            "prices_seen": self.prices,
        }
        told: dict[str, object] = {name: list(value) for name, value in values.items() if value}
        return told | ({"other_text": True} if self.unread else {})


def label_of(lines: Sequence[str], vocabulary: Vocabulary) -> Label:
    """Return what lines of text tell; whoever read them, a reader of ours or a model, nothing else gets through."""
    folded = [" ".join(line.casefold().split()) for line in lines]
    brands = _some(brand for brand in vocabulary.brands if any(_has(line, brand) for line in folded))
    sizes = _some(_size(match) for line in folded for match in _SIZE.finditer(line))
    materials = _some(
        f"{int(match['share'])} % {match['what']}"
        for line in folded
        for match in _SHARE.finditer(line)
        if match["what"] in vocabulary.materials and int(match["share"]) <= 100
    )
    prices = _some(_price(match) for line in folded for match in _PRICE.finditer(line))
    care = _some(advice for line in folded if (advice := _care(line)))
    unread = any(not _care(line) and not _explained(line, brands) for line in folded)
    return Label(brands, sizes, materials, care, prices, unread)


def _care(line: str) -> str:
    """Return the known advice that a whole line gives; readers lose spaces."""
    bare = re.sub(r"[^a-z]", "", line)
    return next((advice for advice in _CARE if advice.replace(" ", "") == bare), "")


def _has(line: str, brand: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(brand.casefold())}(?!\w)", line) is not None


def _size(match: re.Match[str]) -> str:
    said = match["said"] or match["jeans"] or match["alone"] or f"{match['system']} {match['number']}"
    return " ".join(said.replace(",", ".").split())


def _price(match: re.Match[str]) -> str:
    sign = (match["before"] or match["after"]).upper()
    amount = match["one"] or match["two"]
    return f"{sign}{amount}" if len(sign) == 1 else f"{sign} {amount}"


def _explained(line: str, brands: Sequence[str]) -> bool:
    """Tell whether a line says no more than the schema holds."""
    rest = _PRICE.sub(" ", _SIZE.sub(" ", _SHARE.sub(" ", line)))
    for brand in brands:
        rest = rest.replace(brand.casefold(), " ")
    return not re.search(r"\w{2,}", rest)


def _some(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))[:_MOST]
