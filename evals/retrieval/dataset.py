"""Reads a folder of products, queries and judgments; which field is which is found by its usual names or told."""

import csv
import gzip
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from policies.errors import SettingsError
from retrieval.product import CatalogueEntry, Offer, Product

Half = Literal["development", "held_out"]

_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("product_id", "id", "product_uid", "uid", "sku", "asin", "doc_id", "docno", "_id"),
    "title": ("title", "product_title", "name", "product_name"),
    "brand": ("brand", "supplier", "product_brand", "manufacturer", "vendor"),
    "type": ("product_type", "product_class", "category", "type", "class"),
    "description": ("description", "short_description", "product_description", "text", "body"),
    "colour": ("colour", "color", "product_color", "attr_t_product_colour"),
    "price": ("price",),
}
_QUERY = {"id": ("query_id", "qid", "id"), "text": ("query", "text", "search_term", "query_text")}
_JUDGMENT = {
    "query": ("query_id", "qid"),
    "product": ("product_id", "doc_id", "docno", "product_uid", "id"),
    "grade": ("grade", "relevance", "rating", "label", "score", "rel"),
}
_TITLE_MOST = 300
_TYPES_FROM = 0.5  # share of products that must say their type; a field filled now and then says something else
_SAMPLE = 2000


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


@dataclass(frozen=True, slots=True)
class Dataset:
    """A judged catalogue.

    Args:
        folder: Where it lies.
        fields: Of its products.
        queries: Query id to text, those with judgments only.
        grades: Query id to product id to grade.
        relevant: Lowest grade that counts as relevant.
    """

    folder: Path
    fields: Fields
    queries: Mapping[str, str]
    grades: Mapping[str, Mapping[str, float]]
    relevant: float = 2.0
    files: tuple[Path, ...] = field(default_factory=tuple[Path, ...])

    def half(self, which: Half) -> "Dataset":
        """Return one half of the queries; a query's own text decides which, so no list has to be kept."""
        kept = {i: text for i, text in self.queries.items() if half_of(text) == which}
        return Dataset(self.folder, self.fields, kept, self.grades, self.relevant, self.files)

    def entries(self) -> Iterator[CatalogueEntry]:
        """Read the products, one after the other; whoever asks holds none of them in memory."""
        return (_entry(line, self.fields) for path in self.files for line in _lines(path))

    def answerable(self) -> set[str]:
        """Return the ids of queries with a relevant product."""
        return {i for i in self.queries if max(self.grades[i].values()) >= self.relevant}


def half_of(query: str) -> Half:
    """Return the half a query belongs to, by its text: the same in every folder."""
    return "development" if sha256(query.encode()).digest()[0] % 2 == 0 else "held_out"


def read_dataset(folder: Path) -> Dataset:
    """Read queries and judgments, and find out which field of the products is what.

    Args:
        folder: With `products*.jsonl` (or `.jsonl.gz`), `queries.tsv`, `qrels*.tsv` and perhaps `dataset.toml`: a table
            `[fields]` with any names of `Fields`, and `relevant`, the lowest grade that is relevant (2 without).

    Raises:
        SettingsError: A file is missing, or a field cannot be found.
    """
    files = tuple(sorted([*folder.glob("products*.jsonl"), *folder.glob("products*.jsonl.gz")]))
    judged = sorted(folder.glob("qrels*.tsv"))
    if not files or not judged or not (folder / "queries.tsv").is_file():
        raise SettingsError(f"{folder} needs products*.jsonl[.gz], queries.tsv and qrels*.tsv.")
    told = _told(folder / "dataset.toml")
    grades: dict[str, dict[str, float]] = {}
    for path in judged:
        for query, product, grade in _columns(path, _JUDGMENT):
            grades.setdefault(query, {})[product] = float(grade)
    queries = {i: text for i, text in _columns(folder / "queries.tsv", _QUERY) if i in grades}
    if not queries:
        raise SettingsError(f"No query of {folder / 'queries.tsv'} is judged in {judged[0].name}.")
    return Dataset(folder, _fields(files[0], told), queries, grades, float(told.get("relevant", 2.0)), files)


def _told(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error


def _columns(path: Path, wanted: Mapping[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """Yield the wanted columns of each line, found by their heads."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        heads = [head.strip().casefold() for head in next(rows, list[str]())]
        at: list[int] = []
        for name, usual in wanted.items():
            found = next((heads.index(head) for head in usual if head in heads and heads.index(head) not in at), None)
            if found is None:
                raise SettingsError(f"{path} has no column for the {name}; call one of them {usual[0]!r}.")
            at.append(found)
        for row in rows:
            if len(row) > max(at):
                yield [row[column].strip() for column in at]


def _fields(path: Path, told: Mapping[str, Any]) -> Fields:
    sample = [line for line, _ in zip(_lines(path), range(_SAMPLE), strict=False)]
    said = {name for line in sample for name in line}
    named: dict[str, str] = {}
    for name, usual in _NAMES.items():
        named[name] = next((each for each in usual if each in said and each not in named.values()), "")
    if named["type"] and sum(bool(line.get(named["type"])) for line in sample) < _TYPES_FROM * len(sample):
        named["type"] = ""
    fields = {**named, **told.get("fields", {})}
    if not fields["id"] or not fields["title"]:
        raise SettingsError(f"{path} has no field for a product's id or title; name them in dataset.toml, [fields].")
    unknown = fields.keys() - Fields.__dataclass_fields__.keys()
    if unknown:
        raise SettingsError(f"dataset.toml names fields that are not known: {', '.join(sorted(unknown))}.")
    return Fields(**fields)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for line in file:
                if line.strip():
                    yield json.loads(line)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error


def _entry(line: Mapping[str, Any], fields: Fields) -> CatalogueEntry:
    def text(name: str) -> str:
        value = line.get(name) if name else None
        return str(value).strip() if value is not None else ""

    taken = {fields.id, fields.title, fields.brand, fields.type, fields.description, fields.colour, fields.price}
    facts = {
        name.removeprefix(fields.facts): str(value)
        for name, value in line.items()
        if fields.facts and name.startswith(fields.facts) and name not in taken and isinstance(value, str)
    }
    product_id, colour = text(fields.id), text(fields.colour).casefold()
    product = Product(
        product_id=product_id,
        title=text(fields.title)[:_TITLE_MOST] or product_id,
        brand=text(fields.brand),
        product_type=text(fields.type).casefold(),
        description=text(fields.description),
        colours=tuple(filter(None, (one.strip() for one in colour.split(",")))),
        attributes=facts,
    )
    price = line.get(fields.price) if fields.price else None
    cents = max(0, round(float(price))) if isinstance(price, int | float) else 0
    return CatalogueEntry(
        product=product, offers=(Offer(variant_id=product_id, product_id=product_id, price=cents, stock=1),)
    )
