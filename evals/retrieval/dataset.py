"""Reads a folder of products, queries and judgments; which field is which is found by its usual names or told."""

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from evals.retrieval.fields import Fields, entry_of, find_fields, id_of, lines
from policies.errors import SettingsError
from retrieval.product import CatalogueEntry

Half = Literal["development", "held_out"]

_QUERY = {
    "id": ("query_id", "qid", "id", "topic", "topic_id"),
    "text": ("query", "text", "search_term", "query_text", "keywords", "title"),
}
_JUDGMENT = {
    "query": ("query_id", "qid", "topic", "topic_id", "query"),
    "product": ("product_id", "doc_id", "docid", "docno", "product_uid", "corpus_id", "item_id", "sku", "asin", "id"),
    "grade": ("grade", "relevance", "rating", "label", "score", "rel", "judgment", "judgement", "relevance_score"),
}
# Columns of files without a head, by how many there are; four are TREC's.
_HEADLESS = {"text": {2: (0, 1)}, "grade": {3: (0, 1, 2), 4: (0, 2, 3)}}
_GRADES = {
    **dict.fromkeys(("exact", "e", "excellent", "perfect"), 3.0),
    **dict.fromkeys(("substitute", "s", "good", "partial"), 2.0),
    **dict.fromkeys(("complement", "c", "fair"), 1.0),
    **dict.fromkeys(("irrelevant", "i", "bad"), 0.0),
}
_RELEVANT = 2.0


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
        read = (entry_of(line, self.fields) for path in self.files for line in lines(path))
        return (entry for entry in read if entry is not None)

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
    asked = {i: text for i, text in _columns(folder / "queries.tsv", _QUERY) if text}
    by_text = {text: i for i, text in asked.items()}
    grades: dict[str, dict[str, float]] = {}
    for path in judged:
        for query, product, grade in _columns(path, _JUDGMENT):
            # Some judgments name the query itself.
            known = query if query in asked else by_text.get(query, query)
            grades.setdefault(known, {})[id_of(product)] = _grade(grade, path)
    queries = {i: text for i, text in asked.items() if i in grades}
    if not queries:
        raise SettingsError(f"No query of {folder / 'queries.tsv'} is judged in {judged[0].name}.")
    fields = find_fields(
        files[0], {product for judged in grades.values() for product in judged}, told.get("fields", {})
    )
    return Dataset(folder, fields, queries, grades, float(told.get("relevant", _relevant(grades))), files)


def _relevant(grades: Mapping[str, Mapping[str, float]]) -> float:
    """Return the lowest grade that is relevant: 2, or the highest there is where judges knew no 2."""
    return min(_RELEVANT, max(grade for judged in grades.values() for grade in judged.values()))


def _grade(text: str, path: Path) -> float:
    try:
        grade = _GRADES[text.casefold()] if text.casefold() in _GRADES else float(text)
    except ValueError:
        raise SettingsError(f"{path} has a grade that is no number: {text!r}.") from None
    return max(0.0, grade)


def _told(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error


def _columns(path: Path, wanted: Mapping[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """Yield the wanted columns of each line, found by their heads, or by their places where there are no heads."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            first = next(rows, list[str]())
            at, headless = _places(path, [cell.strip() for cell in first], wanted)
            for row in chain([first] if headless else [], rows):
                if len(row) > max(at):
                    yield [row[column].strip() for column in at]
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error


def _places(path: Path, first: Sequence[str], wanted: Mapping[str, tuple[str, ...]]) -> tuple[Sequence[int], bool]:
    heads = [head.casefold().replace("-", "_").replace(" ", "_") for head in first]
    at: list[int] = []
    missing = ""
    for name, usual in wanted.items():
        found = next((heads.index(head) for head in usual if head in heads and heads.index(head) not in at), None)
        at.append(-1 if found is None else found)
        missing = missing or (name if found is None else "")
    if not missing:
        return at, False
    headless = _HEADLESS["grade" if "grade" in wanted else "text"].get(len(first))
    if headless is not None and all(place < 0 for place in at) and first[-1].strip():
        return headless, True
    raise SettingsError(f"{path} has no column for the {missing}; call one of them {wanted[missing][0]!r}.")
