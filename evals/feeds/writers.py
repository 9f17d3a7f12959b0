"""Writes the same few products in every feed format we read, a row at a time, so that any row can be spoiled."""

import csv
import html
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

_KINDS = ("desk", "lamp", "shirt", "mug", "rug", "kettle")
_COLOURS = ("red", "blue", "oak", "white")
_WORDS = ("light", "wide", "for small rooms", '3" deep', "Größe", "cosy & warm", "50 % wool", "œuvre", "<b>solid</b>")


@dataclass(frozen=True, slots=True)
class Thing:
    """One variant of a product; price in cents."""

    variant_id: str
    group: str
    title: str
    colour: str
    description: str
    kind: str
    price: int
    stock: int

    @property
    def dollars(self) -> str:
        """The price as most feeds write it."""
        return f"{self.price // 100}.{self.price % 100:02d}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A feed in pieces: what comes before the rows, each row with the variants it is about, and what comes after."""

    header: str
    rows: tuple[tuple[str, tuple[Thing, ...]], ...]
    footer: str = ""


def things(random: Random, count: int) -> list[list[Thing]]:
    """Return products of one to three variants each."""
    made: list[list[Thing]] = []
    for number in range(count):
        kind, price = random.choice(_KINDS), random.randint(199, 400_000)
        group, words = f"G{number}", " ".join(random.sample(_WORDS, 3))
        colours = random.sample(_COLOURS, random.randint(1, 3))
        made.append(
            [
                Thing(f"{group}-{c}", group, f"Tarn {kind} {number}", c, words, kind, price + at, random.randint(0, 9))
                for at, c in enumerate(colours)
            ]
        )
    return made


def _table(columns: Sequence[str], rows: Sequence[tuple[Sequence[str], Thing | None]], mark: str = ",") -> Sheet:
    def line(cells: Sequence[str]) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=mark, lineterminator="\n").writerow(cells)
        return out.getvalue()

    return Sheet(line(columns), tuple((line(cells), (thing,) if thing else ()) for cells, thing in rows))


def _flat(products: list[list[Thing]]) -> list[Thing]:
    return [thing for product in products for thing in product]


def _own(products: list[list[Thing]]) -> Sheet:
    rows: list[tuple[str, tuple[Thing, ...]]] = []
    for product in products:
        first = product[0]
        about = {"product_id": first.group, "title": first.title, "product_type": first.kind}
        offers = [
            {"variant_id": t.variant_id, "product_id": t.group, "price": t.price, "options": {"colour": t.colour}}
            for t in product
        ]
        entry = {"entry": {"product": about | {"description": first.description}, "offers": offers}}
        rows.append((json.dumps(entry, ensure_ascii=False) + "\n", tuple(product)))
    return Sheet("", tuple(rows))


def _plain(products: list[list[Thing]]) -> Sheet:
    columns = ("sku", "name", "description", "price", "stock", "color", "category", "group_id")
    rows = [
        ((t.variant_id, t.title, t.description, t.dollars, str(t.stock), t.colour, t.kind, t.group), t)
        for t in _flat(products)
    ]
    return _table(columns, rows)


def _german(products: list[list[Thing]]) -> Sheet:
    columns = ("Artikelnummer", "Bezeichnung", "Beschreibung", "Preis", "Bestand", "Farbe", "Kategorie")
    rows = [
        ((t.variant_id, t.title, t.description, f"{t.price // 100:,}".replace(",", ".") + f",{t.price % 100:02d}",
          str(t.stock), t.colour, t.kind), t)
        for t in _flat(products)
    ]  # fmt: skip
    return _table(columns, rows, ";")


def _google_facts(thing: Thing) -> dict[str, str]:
    return {
        "id": thing.variant_id,
        "title": f"{thing.title} - {thing.colour}",
        "description": thing.description,
        "link": f"https://shop.example/{thing.variant_id}",
        "image_link": f"https://shop.example/{thing.variant_id}.jpg",
        "price": f"{thing.dollars} USD",
        "availability": "in_stock" if thing.stock else "out_of_stock",
        "item_group_id": thing.group,
        "color": thing.colour,
        "product_type": f"Home > {thing.kind}",
    }


def _google_xml(products: list[list[Thing]]) -> Sheet:
    header = '<?xml version="1.0"?>\n<rss xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>\n'
    rows: list[tuple[str, tuple[Thing, ...]]] = []
    for thing in _flat(products):
        facts = "".join(f"<g:{k}>{html.escape(v)}</g:{k}>\n" for k, v in _google_facts(thing).items())
        rows.append((f"<item>{facts}</item>\n", (thing,)))
    return Sheet(header, tuple(rows), "</channel></rss>\n")


def _google_tsv(products: list[list[Thing]]) -> Sheet:
    rows = [(tuple(_google_facts(thing).values()), thing) for thing in _flat(products)]
    return _table(tuple(_google_facts(rows[0][1])), rows, "\t")


def _acp(products: list[list[Thing]]) -> Sheet:
    rows: list[tuple[str, tuple[Thing, ...]]] = []
    for thing in _flat(products):
        facts = {"is_eligible_search": True, "item_id": thing.variant_id, "title": thing.title}
        facts |= {"price": f"{thing.dollars} USD", "availability": "in_stock", "inventory_quantity": thing.stock}
        facts |= {"description": thing.description, "group_id": thing.group, "color": thing.colour}
        rows.append((json.dumps(facts, ensure_ascii=False) + "\n", (thing,)))
    return Sheet("", tuple(rows))


def _shopify_csv(products: list[list[Thing]]) -> Sheet:
    columns = ("Handle", "Title", "Body (HTML)", "Type", "Published", "Option1 Name", "Option1 Value", "Variant SKU",
               "Variant Inventory Qty", "Variant Price", "Status")  # fmt: skip
    rows: list[tuple[Sequence[str], Thing]] = []
    for product in products:
        for at, t in enumerate(product):
            about = (t.title, f"<p>{t.description}</p>", t.kind, "TRUE", "Color") if at == 0 else ("",) * 5
            state = "active" if at == 0 else ""
            rows.append(((t.group, *about, t.colour, t.variant_id, str(t.stock), t.dollars, state), t))
    return _table(columns, rows)


def _shopify_json(products: list[list[Thing]]) -> Sheet:
    rows: list[tuple[str, tuple[Thing, ...]]] = []
    for at, product in enumerate(products):
        first = product[0]
        about: dict[str, Any] = {"id": at, "title": first.title, "handle": first.group, "body_html": first.description}
        about["options"] = [{"name": "Color"}]
        about["variants"] = [
            {"id": 100 * at + n, "sku": t.variant_id, "option1": t.colour, "price": t.dollars, "available": True}
            for n, t in enumerate(product)
        ]
        end = "\n" if at == len(products) - 1 else ",\n"
        rows.append((json.dumps(about, indent=1, ensure_ascii=False) + end, tuple(product)))
    return Sheet('{"products": [\n', tuple(rows), "]}\n")


def _woocommerce(products: list[list[Thing]]) -> Sheet:
    columns = ("ID", "Type", "SKU", "Name", "Published", "Is featured?", "Description", "In stock?", "Stock",
               "Regular price", "Categories", "Parent", "Attribute 1 name", "Attribute 1 value(s)")  # fmt: skip
    rows: list[tuple[Sequence[str], Thing | None]] = []
    for product in products:
        first = product[0]
        head = ("", "variable", first.group, first.title, "1", "0", first.description, "1", "", "", first.kind)
        rows.append(((*head, "", "Color", ", ".join(t.colour for t in product)), None))
        for t in product:
            own = ("", "variation", t.variant_id, t.title, "1", "0", "", "1", str(t.stock), t.dollars, "")
            rows.append(((*own, t.group, "Color", t.colour), t))
    return _table(columns, rows)


def _product_ld(product: list[Thing]) -> dict[str, Any]:
    def variant(t: Thing) -> dict[str, Any]:
        offer = {"@type": "Offer", "price": t.dollars, "priceCurrency": "USD", "availability": "InStock"}
        return {"@type": "Product", "sku": t.variant_id, "name": t.title, "color": t.colour, "offers": offer}

    if len(product) == 1:
        return variant(product[0]) | {"description": product[0].description}
    first = product[0]
    about = {"@type": "ProductGroup", "name": first.title, "productGroupID": first.group}
    return about | {"description": first.description, "hasVariant": [variant(t) for t in product]}


def _schema_json(products: list[list[Thing]]) -> Sheet:
    rows: list[tuple[str, tuple[Thing, ...]]] = []
    for at, product in enumerate(products):
        end = "\n" if at == len(products) - 1 else ",\n"
        rows.append((json.dumps(_product_ld(product), ensure_ascii=False) + end, tuple(product)))
    return Sheet('{"@context": "https://schema.org", "@graph": [\n', tuple(rows), "]}\n")


def _schema_page(products: list[list[Thing]]) -> Sheet:
    rows = tuple(
        (f'<script type="application/ld+json">{json.dumps(_product_ld(product))}</script>\n', tuple(product))
        for product in products
    )
    return Sheet("<!doctype html><html><head>\n", rows, "</head><body>Shop</body></html>\n")


WRITERS: Mapping[str, Callable[[list[list[Thing]]], Sheet]] = {
    "jsonl": _own,
    "csv": _plain,
    "csv-semicolon": _german,
    "google-xml": _google_xml,
    "google-tsv": _google_tsv,
    "shopify-csv": _shopify_csv,
    "shopify-json": _shopify_json,
    "schema-org-json": _schema_json,
    "schema-org-page": _schema_page,
    "woocommerce": _woocommerce,
    "acp": _acp,
}
