"""WooCommerce's product CSV: simple and variable products, and variations that name their parent."""

from collections.abc import Mapping
from dataclasses import replace

from retrieval.feeds.fields import COLOURS, MATERIALS, SIZES
from retrieval.feeds.listing import Kind, Listing
from retrieval.feeds.record import Record, folded
from retrieval.feeds.tally import Refusal

_SOLD_ELSEWHERE = {"grouped": "a group of products is not itself for sale", "external": "is sold by another shop"}


def woocommerce_listing(record: Record, listing: Listing) -> Listing:
    """Return the row as a product, a parent or a variation of one.

    Raises:
        Refusal: It is not for sale here.
    """
    columns = {folded(name): value for name, value in record.values.items()}
    kinds = {kind.strip().lower() for kind in columns.get("type", "simple").split(",")}
    for other, reason in _SOLD_ELSEWHERE.items():
        if other in kinds:
            raise Refusal(("Type", reason))
    own = columns.get("sku", "") or (f"id:{columns['id']}" if columns.get("id") else "")
    values = {key: value for key, value in listing.values.items() if key != "product_type"}
    values |= _money(columns) | _sorted_away(columns.get("categories", ""))
    values["id"] = columns.get("sku", "") or columns.get("id", "")
    if "images" in columns:
        values["image"] = columns["images"].split(",")[0].strip()
    kind: Kind = "parent" if "variable" in kinds else "offer"
    variation = "variation" in kinds
    group = columns.get("parent", "").strip() if variation else own
    facts = {} if variation else _facts(columns)
    values |= _options(columns) if variation else _traits(facts)
    details = {**listing.details, **facts}
    return replace(listing, values={k: v for k, v in values.items() if v}, details=details, kind=kind, group=group)


def _money(columns: Mapping[str, str]) -> dict[str, str]:
    stock = {"1": "in stock", "0": "out of stock"}.get(columns.get("in_stock", ""), columns.get("in_stock", ""))
    return {
        "price": columns.get("regular_price", "") or columns.get("price", ""),
        "sale_price": columns.get("sale_price", ""),
        "availability": stock,
        "published": "false" if columns.get("published", "1") in ("0", "-1") else "",
    }


def _sorted_away(categories: str) -> dict[str, str]:
    """Return kind and department from "Clothing > Shirts, Sale": the deepest path tells most."""
    paths = [path.strip() for path in categories.replace("\\,", "\0").split(",") if path.strip()]
    deepest = max(paths, key=lambda path: path.count(">"), default="")
    return {"product_type": deepest.replace("\0", ",")}


def _options(columns: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for place in (1, 2, 3):
        found[f"option{place}_name"] = columns.get(f"attribute_{place}_name", "")
        found[f"option{place}_value"] = columns.get(f"attribute_{place}_value_s", "")
    return found


def _traits(facts: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in facts.items():
        for ours, names in (("colour", COLOURS), ("size", SIZES), ("material", MATERIALS)):
            if folded(name) in names:
                found[ours] = value
    return found


def _facts(columns: Mapping[str, str]) -> dict[str, str]:
    named = ((columns.get(f"attribute_{n}_name", ""), columns.get(f"attribute_{n}_value_s", "")) for n in range(1, 21))
    return {name: value for name, value in named if name and value}
