"""Shopify's products.json: one object per product, its variants within."""

from collections.abc import Iterator
from typing import Any, cast

from retrieval.feeds.json_items import flat, text
from retrieval.feeds.record import Broken, Record


def shopify_rows(line: int, last: int, product: dict[str, Any]) -> Iterator[Record | Broken]:
    """Yield a product as one row with a part for each of its variants."""
    variants = product.get("variants")
    if not isinstance(variants, list) or not variants:
        yield Broken(line, last, ("variants", "a product of products.json has at least one variant"))
        return
    names = [text(option.get("name")) for option in _objects(product.get("options"))]
    pictures = [text(image.get("src")) for image in _objects(product.get("images"))]
    shared = {
        "handle": text(product.get("handle")) or text(product.get("id")),
        "title": text(product.get("title")),
        "body_html": text(product.get("body_html")),
        "vendor": text(product.get("vendor")),
        "product_type": text(product.get("product_type")),
        "status": text(product.get("status")),
        "image": next((picture for picture in pictures if picture), ""),
        **{f"option{place}_name": name for place, name in enumerate(names[:3], start=1)},
    }
    parts = [_variant(product, variant, shared) for variant in _objects(cast(list[Any], variants))]
    if len(parts) < len(cast(list[Any], variants)):
        yield Broken(line, last, ("variants", "a variant is not an object"))
        return
    yield Record(line, last, shared, tuple(parts))


def _variant(product: dict[str, Any], variant: dict[str, Any], shared: dict[str, str]) -> dict[str, str]:
    facts = flat(variant)
    facts.pop("title", None)
    own = facts.pop("id", "")
    picture = facts.get("featured_image.src", "")
    return {
        "sku": facts.get("sku", "") or own or f"{shared['handle']}-{facts.get('position', '')}",
        "price": facts.get("price", ""),
        "compare_at_price": facts.get("compare_at_price", ""),
        "barcode": facts.get("barcode", ""),
        "inventory_quantity": facts.get("inventory_quantity", ""),
        "available": facts.get("available", ""),
        "inventory_policy": facts.get("inventory_policy", ""),
        **({"variant_image": picture} if picture else {}),
        **{f"option{place}_value": facts.get(f"option{place}", "") for place in (1, 2, 3)},
    }


def _objects(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        return []
    return [cast(dict[str, Any], one) for one in cast(list[Any], value) if isinstance(one, dict)]
