"""Brings the rows of one product together: one description, and an offer for each row that can be bought."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from retrieval.feeds.buying import Buying, Terms, buying, named_options
from retrieval.feeds.clean import clean_line
from retrieval.feeds.fields import COLOURS, MATERIALS, SIZES
from retrieval.feeds.identifiers import catalogue_id, gtin
from retrieval.feeds.kinds import department_of, kind_of
from retrieval.feeds.listing import Listing
from retrieval.feeds.record import folded
from retrieval.feeds.tally import Fault, Refusal, Tally
from retrieval.product import CatalogueEntry, Offer, Product

_NO_FACTS = COLOURS | SIZES | MATERIALS  # told elsewhere
_URL = re.compile(r"[^\s,|]+")
_FILE = re.compile(r"[,|\n]")
_MATERIAL = re.compile(r"\d+(?:[.,]\d+)?\s*%\s*")


@dataclass(frozen=True, slots=True)
class Built:
    """A product and the rows it was made of, of which the first describes it."""

    entry: CatalogueEntry
    rows: tuple[Listing, ...]
    variants: tuple[Listing, ...]  # the row of each offer
    notes: tuple[tuple[Listing, Fault], ...]


@dataclass(frozen=True, slots=True)
class _Variant:
    row: Listing
    buying: Buying
    options: dict[str, str]


def assemble(rows: Sequence[Listing], terms: Terms, tally: Tally) -> Iterator[Built]:
    """Yield the product that the rows make; rows that nothing tells apart become products of their own.

    What cannot be bought is told to `tally`; whatever is yielded still has to be counted as kept.
    """
    # Of a product's rows often only the first says so.
    published = _first(rows, "published")
    names = {place: _first(rows, f"option{place}_name") for place in (1, 2, 3)}
    notes: list[tuple[Listing, Fault]] = []
    variants: list[_Variant] = []
    for row in rows:
        if row.kind != "offer":
            continue
        try:
            bought, doubts = buying({"published": published, **row.values}, terms)
            _require(row, rows)
        except Refusal as refusal:
            tally.leave_out(row.place, *refusal.faults)
            continue
        notes.extend((row, doubt) for doubt in doubts)
        variants.append(_Variant(row, bought, named_options(row.values, names)))
    shared = [row for row in rows if row.kind != "offer"]
    if not variants:
        for row in shared:
            tally.leave_out(row.place, ("", "belongs to a product of which no variant can be bought"))
        return
    together, alone = _told_apart(variants)
    yield from _checked(_product(together, shared, terms, notes), tally)
    for variant in alone:
        own = _Variant(replace(variant.row, group=""), variant.buying, variant.options)
        yield from _checked(_product([own], [], terms, []), tally)


def _require(row: Listing, rows: Sequence[Listing]) -> None:
    if not (row.values.get("title") or _first(rows, "group_title") or _first(rows, "title")):
        raise Refusal(("title", "is missing"))
    if not row.values.get("id") and not row.group:
        raise Refusal(("id", "is missing"))


def _told_apart(variants: list[_Variant]) -> tuple[list[_Variant], list[_Variant]]:
    """Return the variants with options that differ, and those that have the same ones as another."""
    if len(variants) == 1:
        return variants, []
    for name in ("material", "pattern", "style"):
        if len({variant.row.values.get(name, "") for variant in variants}) > 1:
            for variant in variants:
                more = (variant.options.get("further"), variant.row.values.get(name))
                variant.options["further"] = " / ".join(filter(None, more))
        if len({tuple(sorted(variant.options.items())) for variant in variants}) == len(variants):
            break
    together: dict[tuple[tuple[str, str], ...], _Variant] = {}
    alone: list[_Variant] = []
    for variant in variants:
        options = _final(variant.options)
        if tuple(options.items()) in together:
            alone.append(variant)
        else:
            together[tuple(options.items())] = _Variant(variant.row, variant.buying, options)
    return list(together.values()), alone


def _final(options: Mapping[str, str]) -> dict[str, str]:
    size = " / ".join(filter(None, (options.get("size"), options.get("further"))))
    colour = clean_line(options.get("colour", "")).lower()
    return {name: text for name, text in (("colour", colour), ("size", clean_line(size))) if text}


def _product(
    variants: Sequence[_Variant], shared: Sequence[Listing], terms: Terms, notes: Sequence[tuple[Listing, Fault]]
) -> "Built | tuple[Sequence[Listing], Refusal]":
    """Return the product, or its rows and why it cannot be one."""
    bought = [variant.row for variant in variants]
    rows = [*(row for row in shared if row.kind == "parent"), *bought]
    all_rows = (*bought, *shared)
    product_id = catalogue_id(bought[0].group or bought[0].values.get("id", ""))
    told = list(notes)
    try:
        product = Product.model_validate(
            {
                "product_id": product_id,
                "title": _title(variants, rows),
                "brand": _first(rows, "brand"),
                **_sorted_in(rows, terms),
                "description": _first(rows, "description"),
                **_traits(variants, rows),
                "attributes": _attributes(variants, rows, told),
                "image_url": _address(_first(rows, "image") or _first(shared, "image"), terms.options.image_base),
                "url": _address(_first(rows, "link")),
                **{
                    name: tuple(catalogue_id(one) for one in _first(rows, name).split(",") if one.strip())
                    for name in ("complements", "related")
                },
            }
        )
        offers = tuple(_offer(variant, product, len(variants) > 1, terms) for variant in variants)
    except ValidationError as error:
        faults = ((".".join(map(str, fault["loc"])), fault["msg"]) for fault in error.errors())
        return all_rows, Refusal(*faults)
    return Built(CatalogueEntry(product=product, offers=offers), all_rows, tuple(bought), tuple(told))


def _checked(built: "Built | tuple[Sequence[Listing], Refusal]", tally: Tally) -> Iterator[Built]:
    if isinstance(built, Built):
        yield built
        return
    for row in built[0]:
        tally.leave_out(row.place, *built[1].faults)


def _offer(variant: _Variant, product: Product, several: bool, terms: Terms) -> Offer:
    own = variant.row.values.get("id", "")
    picture = _address(variant.row.values.get("image", ""), terms.options.image_base)
    return Offer(
        variant_id=catalogue_id(own or "-".join([product.product_id, *variant.options.values()])),
        product_id=product.product_id,
        options=variant.options if several else {},
        price=variant.buying.price,
        list_price=variant.buying.list_price,
        currency=terms.options.currency,
        stock=variant.buying.stock,
        image_url=picture if picture != product.image_url else None,
    )


def _title(variants: Sequence[_Variant], rows: Sequence[Listing]) -> str:
    parents = [row for row in rows if row.kind == "parent"]
    given = _first(rows, "group_title") or _first(parents, "title")
    title = given or _first(rows, "title")
    if given or len({variant.row.values.get("title") for variant in variants}) < 2:
        return clean_line(title)[:300]
    # Each variant has a title of its own: what names the variant is not the product's.
    bare = clean_line(title)
    for value in variants[0].options.values():
        for part in value.split(" / "):
            bare = re.sub(rf"(\s*[-–—|,/(]\s*|\s+){re.escape(part)}(?=$|[\s,)/|–—-])\)?", "", bare, flags=re.I)
    return (bare.strip(" -–—|,/(") or title)[:300]


def _sorted_in(rows: Sequence[Listing], terms: Terms) -> dict[str, str]:
    category, separator = _first(rows, "product_type"), terms.options.path_separator
    return {
        "product_type": kind_of(category, separator)[:100] or "other",
        "department": (_first(rows, "department").lower() or department_of(category, separator))[:100],
    }


def _traits(variants: Sequence[_Variant], rows: Sequence[Listing]) -> dict[str, tuple[str, ...]]:
    several = len(variants) > 1
    options = [variant.options if several else _final(variant.options) for variant in variants]
    colours = [o["colour"] for o in options if "colour" in o]
    materials = [part for row in rows for part in _parts(row.values.get("material", ""))]
    styles = [part for name in ("style", "pattern") for part in _parts(_first(rows, name))]
    return {
        "colours": _unique([part for colour in colours for part in ([colour] if several else _parts(colour))]),
        "sizes": _unique([o["size"] for o in options if "size" in o]),
        "materials": _unique([_MATERIAL.sub("", part) for part in materials]),
        "styles": _unique(styles),
    }


def _attributes(
    variants: Sequence[_Variant], rows: Sequence[Listing], told: list[tuple[Listing, Fault]]
) -> dict[str, str]:
    """Return what is true of every variant, and the article number where there is one."""
    found: dict[str, str] = {}
    for row in rows:
        for name, value in row.details.items():
            if folded(name) not in _NO_FACTS:
                found.setdefault(name, value)
    alike = {n: v for n, v in found.items() if all(row.details.get(n, v) == v for row in rows)}
    for variant in variants:
        stated = variant.row.values.get("gtin", "").split("\n")
        codes = [code for one in stated if one and (code := gtin(one))]
        if any(stated) and not codes:
            told.append((variant.row, ("gtin", f"{stated[0][:40]!r} does not check, left out")))
        elif codes and len(variants) == 1:
            alike["gtin"] = codes[0]
    return alike


def _first(rows: Sequence[Listing], field: str) -> str:
    return next((row.values[field] for row in rows if row.values.get(field)), "")


def _address(text: str, base: str = "") -> str | None:
    found = _URL.search(text)
    if found is None:
        return None
    address = found.group()
    if "://" in address:
        return address
    if base or address.startswith("/"):
        return f"{base}{address}"
    # A mere name is a file's, and those have blanks.
    return _FILE.split(text.strip())[0].strip()


def _parts(text: str) -> list[str]:
    return [part.strip().lower() for part in re.split(r"[,;/|\n]+", text) if part.strip()]


def _unique(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))[:100]
