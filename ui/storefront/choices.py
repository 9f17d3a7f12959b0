"""What a shopper chose in a listing: read from the page's address, and written into the links that change it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from retrieval.filters import fold
from retrieval.query import Filters, Sort
from ui.storefront import wording

PAGE_SIZE = 24
SORTS: dict[Sort, str] = {
    "relevance": "Best first",
    "price_low": "Price, low to high",
    "price_high": "Price, high to low",
    "rating": "Best reviewed",
}
# Field of `Filters`, its name in an address, and its heading.
FACETS = (
    ("product_types", "kind", "Kind"),
    ("departments", "department", "Department"),
    ("colours", "colour", "Colour"),
    ("sizes", "size", "Size"),
    ("materials", "material", "Material"),
    ("styles", "style", "Style"),
    ("brands", "brand", "Brand"),
)
_MOST_VALUES, _LONGEST_VALUE, _LONGEST_QUERY = 12, 80, 300
_MOST_PAGES, _DEAREST = 500, 10_000_000


@dataclass(frozen=True, slots=True)
class Choices:
    """One state of a listing.

    Args:
        path: The listing's own address.
        query: Words searched for.
        words: Field of `Filters` to the chosen values.
        price_min: Whole units of the currency.
        price_max: Whole units of the currency.
        in_stock: Only what can be had now.
        sort: Order.
        page: From 1.
    """

    path: str
    query: str = ""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    price_min: int | None = None
    price_max: int | None = None
    in_stock: bool = False
    sort: Sort = "relevance"
    page: int = 1

    def filters(self, currency: str) -> Filters:
        """Return the conditions these choices mean."""
        return Filters(
            **dict(self.words),
            price_min=None if self.price_min is None else wording.minor(self.price_min, currency),
            price_max=None if self.price_max is None else wording.minor(self.price_max, currency),
            in_stock=self.in_stock,
        )

    @property
    def any(self) -> bool:
        """Whether anything narrows the listing beyond its words."""
        return bool(self.words) or self.price_min is not None or self.price_max is not None or self.in_stock

    def pairs(self) -> list[tuple[str, str]]:
        """Return the choices as an address carries them; what is as usual is left out."""
        pairs = [("q", self.query)] if self.query else []
        pairs += [(name, value) for of, name, _ in FACETS for value in self.words.get(of, ())]
        pairs += [(name, str(value)) for name, value in (("min", self.price_min), ("max", self.price_max)) if value]
        pairs += [("stock", "1")] if self.in_stock else []
        pairs += [("sort", self.sort)] if self.sort != "relevance" else []
        return [*pairs, ("page", str(self.page))] if self.page > 1 else pairs

    def address(self) -> str:
        """Return the address of this state."""
        pairs = self.pairs()
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def to(self, **changes: object) -> "Choices":
        """Return another state on its first page."""
        return replace(self, **({"page": 1} | changes))  # pyright: ignore[reportArgumentType]  # Names are fields.

    def chosen(self, of: str, value: str) -> bool:
        """Say whether a value is among those chosen."""
        return fold(value) in {fold(word) for word in self.words.get(of, ())}

    def toggled(self, of: str, value: str) -> "Choices":
        """Return the state with a value chosen, or no longer chosen."""
        kept = tuple(word for word in self.words.get(of, ()) if fold(word) != fold(value))
        values = kept if self.chosen(of, value) else (*kept, value)
        words = {name: chosen for name, chosen in {**self.words, of: values}.items() if chosen}
        return self.to(words=words)

    def without(self, name: str) -> "Choices":
        """Return the state without one field of `Filters`."""
        if name in {"price_min", "price_max"}:
            return self.to(**{name: None})
        if name == "in_stock":
            return self.to(in_stock=False)
        return self.to(words={of: values for of, values in self.words.items() if of != name})

    def cleared(self) -> "Choices":
        """Return the state with nothing chosen."""
        return Choices(self.path, self.query, sort=self.sort)


def read_choices(path: str, asked: QueryParams) -> Choices:
    """Return what an address says; what makes no sense is passed over, so that an old link still works."""
    words = {of: values for of, name, _ in FACETS if (values := _values(asked.getlist(name)))}
    sorts: dict[str, Sort] = {sort: sort for sort in SORTS}
    return Choices(
        path=path,
        query=" ".join(asked.get("q", "").split())[:_LONGEST_QUERY],
        words=words,
        price_min=_number(asked.get("min"), _DEAREST),
        price_max=_number(asked.get("max"), _DEAREST),
        in_stock=asked.get("stock") == "1",
        sort=sorts.get(asked.get("sort", ""), "relevance"),
        page=_number(asked.get("page"), _MOST_PAGES) or 1,
    )


def _values(words: Iterable[str]) -> tuple[str, ...]:
    kept = {fold(word): word.strip()[:_LONGEST_VALUE] for word in words if word.strip()}
    return tuple(kept.values())[:_MOST_VALUES]


def _number(text: str | None, most: int) -> int | None:
    if not text or not text.isascii() or not text.isdigit() or len(text) > len(str(most)):
        return None
    return min(int(text), most)
