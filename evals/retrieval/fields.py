"""Finds out which field of a judged catalogue's lines is what, and makes products of them."""

import gzip
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

from policies.errors import SettingsError
from retrieval.feeds.identifiers import catalogue_id
from retrieval.product import CatalogueEntry, Offer, Product

Line = Mapping[str, Any]

# Names a field usually has, best first; then what its name may contain.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("product_id", "id", "product_uid", "uid", "sku", "asin", "doc_id", "docno", "_id"),
    "title": ("title", "product_title", "name", "product_name"),
    "brand": ("brand", "supplier", "product_brand", "manufacturer", "vendor"),
    "type": ("product_type", "product_class", "category", "type", "class"),
    "description": ("description", "short_description", "product_description", "text", "body"),
    "colour": ("colour", "color", "product_color", "attr_t_product_colour"),
    "price": ("price",),
}
_PARTS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "name", "heading"),
    "brand": ("brand", "manufacturer"),
    "description": ("descr",),
}
_TITLE_MOST = 300
_TITLE_LETTERS = (8, 200)  # how long titles are on the whole, where no name tells which field is the title
_TYPES_FROM = 0.5  # share of products that must say their type; a field filled now and then says something else
_TYPES_MOST = 0.5  # as many different types as half of the products are no types
_SAMPLE = 2000
_WHOLE = re.compile(r"(\d+)\.0+")


@dataclass(frozen=True, slots=True)
class Fields:
    """Which field of a product's line is what; "" where there is none, `facts` a prefix of every other text field."""

    id: str
    title: str
    brand: str = ""
    type: str = ""
    description: str = ""
    colour: str = ""
    price: str = ""
    facts: str = "attr_t_"


def id_of(value: object) -> str:
    """Return an id as products and judgments share it: 100001, "100001" and 100001.0 are one."""
    text = str(value).strip()
    whole = _WHOLE.fullmatch(text)
    return catalogue_id(whole[1] if whole else text)


def find_fields(path: Path, judged: Collection[str], told: Mapping[str, Any]) -> Fields:
    """Return which field is what by their names, by what is judged, and by what they hold.

    Args:
        path: Of products, one JSON object a line.
        judged: Ids of judged products.
        told: Names somebody wrote down; they count before all else.

    Raises:
        SettingsError: No field can be the id or the title, or one is told that does not exist here.
    """
    known = {field.name for field in fields(Fields)}
    unknown = told.keys() - known
    if unknown:
        raise SettingsError(f"dataset.toml names fields that are not known: {', '.join(sorted(unknown))}.")
    sample = list(islice(lines(path), _SAMPLE))
    held = {
        name: [line[name] for line in sample if line.get(name) not in (None, "")] for line in sample for name in line
    }
    named: dict[str, str] = {str(name): str(value) for name, value in told.items()}
    for name in _NAMES:
        taken = set(named.values())
        free = {each: values for each, values in held.items() if each not in taken}
        named.setdefault(name, _judged_id(free, judged) if name == "id" else _usual(name, free))
    if "type" not in told and not _is_type(held.get(named["type"], []), len(sample)):
        named["type"] = ""
    named["title"] = named["title"] or _like_titles(
        {each: values for each, values in held.items() if each not in named.values()}
    )
    if not named["id"] or not named["title"]:
        raise SettingsError(f"{path} has no field for a product's id or title; name them in dataset.toml, [fields].")
    return Fields(**named)


def lines(path: Path) -> Iterator[Line]:
    """Yield the objects of a JSONL file, packed or not, one by one.

    Raises:
        SettingsError: It cannot be read; with the line.
    """
    number = 0
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig") as file
        ):
            for line in file:
                number += 1
                if line.strip():
                    yield _object(json.loads(line))
    except (OSError, EOFError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read (line {number}): {error}.") from error


def entry_of(line: Line, named: Fields) -> CatalogueEntry | None:
    """Return a line's product, in stock at its price in minor units; None where it has no id."""
    product_id = id_of(_text(line, named.id))
    if not product_id:
        return None
    taken = {getattr(named, field.name) for field in fields(Fields)}
    facts = {
        name.removeprefix(named.facts): str(value)
        for name, value in line.items()
        if named.facts and name.startswith(named.facts) and name not in taken and isinstance(value, str)
    }
    product = Product(
        product_id=product_id,
        title=_text(line, named.title)[:_TITLE_MOST] or product_id,
        brand=_text(line, named.brand),
        product_type=_text(line, named.type).rpartition(">")[2].strip().casefold(),
        description=_text(line, named.description),
        colours=tuple(filter(None, (one.strip() for one in _text(line, named.colour).casefold().split(",")))),
        attributes=facts,
    )
    price = line.get(named.price) if named.price else None
    cents = max(0, round(price)) if isinstance(price, int | float) and abs(price) < float("inf") else 0
    return CatalogueEntry(
        product=product, offers=(Offer(variant_id=product_id, product_id=product_id, price=cents, stock=1),)
    )


def _object(value: object) -> Line:
    if not isinstance(value, dict):
        raise ValueError("a line is no JSON object")
    return value  # pyright: ignore[reportUnknownVariableType] -- JSON objects have text for keys


def _text(line: Line, name: str) -> str:
    value = line.get(name) if name else None
    if isinstance(value, list | tuple):
        return ", ".join(str(one).strip() for one in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return str(value).strip() if value is not None else ""


def _usual(name: str, held: Mapping[str, Sequence[object]]) -> str:
    folded = {each.casefold().replace("-", "_").replace(" ", "_"): each for each in held}
    exact = next((folded[usual] for usual in _NAMES[name] if usual in folded), "")
    inside = (
        folded[each]
        for part in _PARTS.get(name, ())
        for each in folded
        if part in each and _is_prose(held[folded[each]])
    )
    return exact or next(inside, "")


def _judged_id(held: Mapping[str, Sequence[object]], judged: Collection[str]) -> str:
    """Return the field whose values are judged most; by its name where none or several are."""
    usual = _usual("id", held)
    met = {name: sum(id_of(value) in judged for value in values) for name, values in held.items()}
    best = max(met, key=lambda name: (met[name], name == usual), default="")
    return best if best and met[best] > 2 * met.get(usual, 0) else usual


def _is_prose(values: Sequence[object]) -> bool:
    return sum(isinstance(value, str) and not value.startswith("http") for value in values) > len(values) / 2


def _like_titles(held: Mapping[str, Sequence[object]]) -> str:
    """Return the text field that most products have, each another one, as long as titles are."""
    least, most = _TITLE_LETTERS
    fit = {
        name: len({str(value) for value in values})
        for name, values in held.items()
        if values and _is_prose(values) and least <= sum(len(str(value)) for value in values) / len(values) <= most
    }
    return max(fit, key=lambda name: fit[name], default="")


def _is_type(values: Sequence[object], products: int) -> bool:
    different = len({str(value) for value in values})
    return len(values) >= _TYPES_FROM * products and different <= max(_TYPES_MOST * products, 1)
