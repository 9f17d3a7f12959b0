"""schema.org products as JSON-LD, in a file or in the script tags of a page."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, TextIO, cast

from policies.errors import SettingsError
from retrieval.feeds.json_items import DECODER, flat, text
from retrieval.feeds.record import Broken, Record

_LARGEST_PAGE = 32_000_000  # characters
_PRODUCTS = frozenset({"Product", "ProductGroup", "IndividualProduct", "ProductModel"})
_MOST_DEPTH = 12


class _Scripts(HTMLParser):
    """Collects the JSON-LD of a page and the line each begins on."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").split(";")[0].strip().lower()
        self._inside = tag == "script" and kind == "application/ld+json"
        if self._inside:
            self.found.append((self.getpos()[0], ""))

    def handle_data(self, data: str) -> None:
        if self._inside:
            line, before = self.found[-1]
            self.found[-1] = (line, before + data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


def page_rows(stream: TextIO) -> Iterator[Record | Broken]:
    """Yield the products of a page's script tags.

    Raises:
        SettingsError: The page is larger than 32 MB.
    """
    page = stream.read(_LARGEST_PAGE + 1)
    if len(page) > _LARGEST_PAGE:
        raise SettingsError("The page is larger than 32 MB; give a feed file instead.")
    scripts = _Scripts()
    scripts.feed(page)
    scripts.close()
    for line, script in scripts.found:
        last = line + script.count("\n")
        try:
            value = DECODER.decode(script.strip().removeprefix("<!--").removesuffix("-->").strip())
        except (ValueError, RecursionError) as problem:
            yield Broken(line, last, ("", f"the script is not JSON: {problem}"))
            continue
        yield from schema_rows(line, last, value)


def schema_rows(line: int, last: int, value: object) -> Iterator[Record | Broken]:
    """Yield every product within a JSON-LD value, each with a part for every offer or variant."""
    products = list(_products(value, 0))
    if not products:
        yield Broken(line, last, ("@type", "holds no product of schema.org"))
    for product in products:
        shared = _facts(product)
        variants = _objects(product.get("hasVariant"))
        if variants:
            group = text(product.get("productGroupID")) or shared["sku"] or shared["name"]
            shared["item_group_id"] = group
            parts = [part for variant in variants for part in _offered(variant, _facts(variant))]
        else:
            parts = _offered(product, {})
            if len(parts) > 1:
                shared["item_group_id"] = shared["sku"] or shared["name"]
        yield Record(line, last, {key: item for key, item in shared.items() if item}, tuple(parts))


def _products(value: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _MOST_DEPTH:
        return
    if isinstance(value, list):
        for one in cast(list[Any], value):
            yield from _products(one, depth + 1)
    elif isinstance(value, dict):
        thing = cast(dict[str, Any], value)
        kinds = thing.get("@type")
        if _PRODUCTS & {_last(kind) for kind in (cast(list[Any], kinds) if isinstance(kinds, list) else [kinds])}:
            yield thing
            return
        for key in ("@graph", "itemListElement", "item", "mainEntity", "about"):
            yield from _products(thing.get(key), depth + 1)


def _facts(thing: Mapping[str, Any]) -> dict[str, str]:
    codes = (text(thing.get(key)) for key in ("gtin", "gtin13", "gtin14", "gtin12", "gtin8", "isbn"))
    facts = {
        "sku": _named(thing.get("sku")) or _named(thing.get("productID")),
        "name": _named(thing.get("name")),
        "description": _named(thing.get("description")),
        "brand": _named(thing.get("brand")) or _named(thing.get("manufacturer")),
        "image": _named(thing.get("image")),
        "url": _named(thing.get("url")),
        "gtin": next((code for code in codes if code), ""),
        "mpn": _named(thing.get("mpn")),
        "color": _named(thing.get("color")),
        "size": _named(thing.get("size")),
        "material": _named(thing.get("material")),
        "pattern": _named(thing.get("pattern")),
        "product_type": _named(thing.get("category")),
    }
    for extra in _objects(thing.get("additionalProperty")):
        unit = text(extra.get("unitText"))
        facts[f"detail.{text(extra.get('name'))}"] = f"{text(extra.get('value'))} {unit}".strip()
    for name in ("width", "height", "depth", "weight"):
        measure = flat(thing.get(name), name)
        if measure.get(f"{name}.value"):
            unit = measure.get(f"{name}.unitText") or measure.get(f"{name}.unitCode", "")
            facts[name] = f"{measure[f'{name}.value']} {unit}".strip()
    return {key: value for key, value in facts.items() if value or key in ("sku", "name")}


def _offered(thing: Mapping[str, Any], shared: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a part for each offer; of offers without an id of their own only the first."""
    offers = _objects(thing.get("offers"))
    inner = [one for offer in offers for one in _objects(offer.get("offers"))]
    found: list[dict[str, str]] = []
    for offer in inner or offers or [{}]:
        priced = {**_first(offer.get("priceSpecification")), **{k: v for k, v in offer.items() if v is not None}}
        price = text(priced.get("price")) or text(priced.get("lowPrice"))
        own = {key: value for key, value in _facts(offer).items() if value and key in ("sku", "color", "size", "gtin")}
        level = flat(offer.get("inventoryLevel"), "level")
        part = {
            **{key: value for key, value in shared.items() if value},
            **own,
            "price": price,
            "currency": text(priced.get("priceCurrency")),
            "availability": text(offer.get("availability")),
            "quantity": level.get("level.value", level.get("level", "")),
        }
        if not found or "sku" in own:
            found.append({key: value for key, value in part.items() if value})
    return found


def _named(value: object) -> str:
    """Return the text of a value that may be a thing with a name or address, or a list of such."""
    if isinstance(value, list):
        return next((name for one in cast(list[Any], value) if (name := _named(one))), "")
    if isinstance(value, dict):
        thing = cast(dict[str, Any], value)
        return next((text(thing[key]) for key in ("name", "url", "contentUrl", "@value", "@id") if thing.get(key)), "")
    return text(value)


def _first(value: object) -> dict[str, Any]:
    found = _objects(value)
    return found[0] if found else {}


def _objects(value: object) -> list[dict[str, Any]]:
    values = cast(list[Any], value) if isinstance(value, list) else [value]
    return [cast(dict[str, Any], one) for one in values if isinstance(one, dict)]


def _last(kind: object) -> str:
    return re.split(r"[/#:]", str(kind))[-1]
