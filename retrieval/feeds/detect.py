"""Tells a feed's format by its content: what it is packed in, and whose columns or keys it has."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from policies.errors import SettingsError
from retrieval.feeds.json_items import flat, json_items
from retrieval.feeds.opened import opened_text
from retrieval.feeds.options import FeedOptions
from retrieval.feeds.record import Broken, Record, folded
from retrieval.feeds.schema_org import page_rows, schema_rows
from retrieval.feeds.shopify import shopify_rows
from retrieval.feeds.table import table_rows
from retrieval.feeds.xml_items import xml_rows

Container = Literal["table", "xml", "json", "page", "own"]
Dialect = Literal["jsonl", "csv", "json", "google", "shopify", "woocommerce", "schema-org", "acp"]
_HEAD = 256_000  # characters
_OWN_LINES = ('{"entry"', '{"policy"', '{"delete"')
_ACP = frozenset({"is_eligible_search", "is_eligible_checkout", "enable_search", "enable_checkout", "seller_name"})


class Format(NamedTuple):
    """What a feed is packed in, and whose names it uses."""

    container: Container
    dialect: Dialect


def detect(path: Path, options: FeedOptions) -> Format:
    """Return a feed's format; what the operator says of whose names it uses goes before what the content says.

    Raises:
        SettingsError: It cannot be read, is empty, or is nothing that could be a feed.
    """
    with opened_text(path, options.encoding) as stream:
        head = stream.read(_HEAD)
    start = head.lstrip(" \t\r\n\ufeff")
    if not start:
        raise SettingsError(f"The feed {path} is empty.")
    if start[:2000].count("\0") > 20 or start.startswith(("%PDF", "PK\x03")):
        raise SettingsError(f"{path} is no text; export it as CSV, XML or JSON (a spreadsheet: save it as CSV).")
    found = _sniffed(start)
    return found if options.format == "auto" else Format(_container(options.format, found), options.format)


def _container(name: str, found: Format) -> Container:
    if name == "jsonl":
        return "own"
    return "json" if found.container == "own" else found.container


def _sniffed(start: str) -> Format:
    lines = [line.strip() for line in start.splitlines()[:50]]
    # The first line may be the broken one.
    if 2 * sum(line.startswith(_OWN_LINES) for line in lines) >= len(lines):
        return Format("own", "jsonl")
    if start[0] == "<":
        page = "<html" in start[:2000].lower() or "application/ld+json" in start
        return Format("page", "schema-org") if page else Format("xml", "google")
    if start[0] in "{[" or sum(line.startswith('{"') for line in lines) > len(lines) // 2:
        return _json_format(start)
    return Format("table", _dialect_of_columns(start))


def _json_format(start: str) -> Format:
    first = next((item for item in json_items(StringIO(start)) if not isinstance(item, Broken)), None)
    keys = first[2].keys() if first else set[str]()
    if "variants" in keys and keys & {"handle", "body_html", "vendor"}:
        return Format("json", "shopify")
    if keys & {"@type", "@context", "@graph"}:
        return Format("json", "schema-org")
    return Format("json", "acp" if {folded(key) for key in keys} & _ACP else "json")


def _dialect_of_columns(start: str) -> Dialect:
    try:
        row = next((row for row in table_rows(StringIO(start)) if isinstance(row, Record)), None)
    except SettingsError:
        row = None
    names = {folded(name) for name in row.values} if row else set[str]()
    if names & {"handle", "url_handle"} and names & {"variant_price", "option1_name", "body_html"}:
        return "shopify"
    if "regular_price" in names and "type" in names and names & {"parent", "is_featured", "visibility_in_catalog"}:
        return "woocommerce"
    if names & _ACP:
        return "acp"
    return "google" if {"id", "title", "link", "availability"} <= names else "csv"


def feed_rows(path: Path, found: Format, options: FeedOptions) -> Iterator[Record | Broken]:
    """Yield the rows of a foreign feed, good and broken, one at a time.

    Raises:
        SettingsError: It cannot be read.
    """
    with opened_text(path, options.encoding) as stream:
        if found.container == "table":
            yield from table_rows(stream, options.delimiter)
        elif found.container == "xml":
            yield from xml_rows(stream)
        elif found.container == "page":
            yield from page_rows(stream)
        else:
            for item in json_items(stream, options.records):
                if isinstance(item, Broken):
                    yield item
                else:
                    yield from _object_rows(*item, found.dialect, options)


def _object_rows(
    line: int, last: int, item: dict[str, Any], dialect: Dialect, options: FeedOptions
) -> Iterator[Record | Broken]:
    if dialect == "shopify":
        yield from shopify_rows(line, last, item)
    elif dialect == "schema-org":
        yield from schema_rows(line, last, item)
    else:
        inner: object = item.pop(options.each, None) if options.each else None
        parts = cast(list[Any], inner) if isinstance(inner, list) else []
        yield Record(line, last, flat(item), tuple(flat(part, options.each) for part in parts))
