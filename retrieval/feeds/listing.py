"""One row of a feed in our own terms, before rows of one product come together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from retrieval.feeds.fields import FACTS, FIELDS
from retrieval.feeds.options import FeedOptions
from retrieval.feeds.record import SEPARATOR, Record, folded
from retrieval.feeds.tally import Place

Kind = Literal["offer", "parent", "picture"]
_fold = lru_cache(maxsize=20_000)(folded)


@dataclass(frozen=True, slots=True)
class Listing:
    """A row: something to buy, what several of them have in common, or one more picture of it.

    Args:
        place: Where it stands in the feed.
        values: Texts by our own field.
        details: Attributes by name.
        kind: What it is.
        group: Rows of one product share it; "" stands alone.
    """

    place: Place
    values: Mapping[str, str]
    details: Mapping[str, str] = field(default_factory=dict[str, str])
    kind: Kind = "offer"
    group: str = ""


def listings(record: Record, options: FeedOptions) -> Iterator[Listing]:
    """Yield what a row, or each row within it, says in our terms."""
    for part in record.parts or ({},):
        yield _listing({**record.values, **part}, record.place, options)


def _listing(columns: Mapping[str, str], where: Place, options: FeedOptions) -> Listing:
    by_name: dict[str, str] = {}
    for name, value in columns.items():
        if value and _fold(name) not in by_name:
            by_name[_fold(name)] = value
    values: dict[str, str] = {}
    for ours, names in FIELDS.items():
        own = options.fields.get(ours)
        found = (columns.get(name, "") for name in own) if own else (by_name.get(name, "") for name in names)
        value = next((text for text in found if text.strip()), "") or options.constants.get(ours, "")
        if value.strip():
            values[ours] = value.strip()
    # Any one of them keeps it from being shown.
    states = [by_name[name] for name in FIELDS["published"] if name in by_name and "published" not in options.fields]
    if states:
        values["published"] = SEPARATOR.join(states)
    item = values.get("id") or values.get("group") or values.get("title", "")
    place = Place(where.line, where.last, item)
    return Listing(place, values, _details(columns, options), _kind(values), values.get("group", ""))


def _kind(values: Mapping[str, str]) -> Kind:
    bare = not (values.keys() & {"id", "price", "title"})
    return "picture" if bare and "group" in values and "image" in values else "offer"


def _details(columns: Mapping[str, str], options: FeedOptions) -> dict[str, str]:
    details = {name: columns.get(column, "") for name, column in options.attributes.items()}
    prefix = options.attribute_prefix
    for column, value in columns.items():
        if prefix and column.startswith(prefix):
            details[re.sub(r"[_\s]+", " ", column.removeprefix(prefix)).strip()] = value
        elif column.startswith("detail."):
            details[column.removeprefix("detail.")] = value
        elif _fold(column) in FACTS:
            details.setdefault(_fold(column).removeprefix("product_").replace("_", " "), value)
    return {name: ", ".join(value.split("\n")) for name, value in details.items() if value.strip() and name}
