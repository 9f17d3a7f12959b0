"""Reads events that a shop brings along: tables (CSV) and User Behavior Insights (JSON lines), bad rows by line."""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO, cast

from policies.errors import SettingsError
from shop.events import Event, EventKind

_NAMES: Mapping[str, tuple[str, ...]] = {
    "who": ("user_id", "client_id", "customer_id", "visitor_id", "shopper", "user"),
    "product": ("product_id", "item_id", "object_id", "sku", "item", "product"),
    "time": ("timestamp", "time", "date", "datetime", "t"),
    "kind": ("kind", "event", "event_type", "action_name", "action", "type"),
    "place": ("position", "place", "rank", "ordinal"),
    "slate": ("slate", "query_id", "list_id", "session_id"),
}
_NEEDED = ("who", "product", "time")
_KINDS: Mapping[str, EventKind] = {
    **dict.fromkeys(("view", "product_view", "item_view", "detail", "hover", "item_hover", "product_hover"), "view"),
    **dict.fromkeys(("show", "impression", "item_impression", "shown"), "show"),
    **dict.fromkeys(("click", "item_click", "product_click", "on_click"), "click"),
    **dict.fromkeys(("add", "add_to_cart", "addtocart", "cart"), "add"),
    **dict.fromkeys(("remove", "remove_from_cart", "removefromcart"), "remove"),
    **dict.fromkeys(("save", "wishlist", "add_to_wishlist", "favorite", "favourite"), "save"),
    **dict.fromkeys(("buy", "purchase", "transaction", "order", "checkout"), "buy"),
    **dict.fromkeys(("return", "refund"), "return"),
    **dict.fromkeys(("dismiss", "reject", "dislike"), "dismiss"),
}
_LONGEST_ID, _LONGEST_NAME = 64, 128
_MILLISECONDS_FROM = 1e11  # as seconds, that were the year 5138


@dataclass(frozen=True, slots=True)
class Brought:
    """One event of a file.

    Args:
        who: As the storefront's sign-in names the shopper.
        at: When, UTC.
        event: What.
    """

    who: str
    at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: its line in the file, from 1, the field, and why."""

    line: int
    field: str
    why: str


class _BadFieldError(Exception):
    def __init__(self, field: str, why: str) -> None:
        self.field, self.why = field, why
        super().__init__(why)


def read_events(path: Path) -> Iterator[Brought | BadRow]:
    """Yield the events of a file, `.gz` or not, and of each row that is none its line, field and reason.

    Args:
        path: A table with a heading (CSV), or one JSON object a line as User Behavior Insights writes events.

    Raises:
        SettingsError: The file can't be read, or its heading lacks the shopper, the product or the time.
    """
    try:
        with _opened(path) as file:
            for line, row in _lines(file) if _is_json(path) else _table(file, path):
                try:
                    yield _event(row)
                except _BadFieldError as bad:
                    yield BadRow(line, bad.field, bad.why)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path} can't be read: {error}. Give a CSV or JSON-lines file in UTF-8.") from error


def _is_json(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith((".json", ".jsonl", ".ndjson"))


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8", newline=""))
    return path.open(encoding="utf-8", newline="")


def _table(file: TextIO, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    table = csv.DictReader(file)
    names = {what: next((n for n in known if n in (table.fieldnames or ())), "") for what, known in _NAMES.items()}
    missing = [what for what in _NEEDED if not names[what]]
    if missing:
        wanted = "; ".join(f"the {what}: one of {', '.join(_NAMES[what])}" for what in missing)
        raise SettingsError(f"{path.name} has no column for {wanted}.")
    for row in table:
        yield table.line_num, {what: row[name] if name else None for what, name in names.items()}


def _lines(file: TextIO) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, text in enumerate(file, 1):
        if text.strip():
            yield line, _insight(text)


def _insight(text: str) -> dict[str, Any]:
    """Return what a UBI event says; `bad` where the line is no JSON object."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return {"bad": "is no JSON object"}
    row = cast(dict[str, Any], told)
    about = _inner(row, "event_attributes")
    thing, where = _inner(about, "object"), _inner(about, "position")
    found = {what: next((row[name] for name in known if name in row), None) for what, known in _NAMES.items()}
    return found | {
        "product": thing.get("object_id", found["product"]),
        "place": where.get("ordinal", found["place"]),
    }


def _inner(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = row.get(name)
    return cast(Mapping[str, Any], inner) if isinstance(inner, dict) else {}


def _event(row: Mapping[str, Any]) -> Brought:
    if "bad" in row:
        raise _BadFieldError("line", row["bad"])
    who = _name(row["who"], "who", _LONGEST_NAME)
    said = row["kind"]
    kind = _KINDS.get(str(said).strip().lower().replace("-", "_")) if said not in (None, "") else "buy"
    if kind is None:
        raise _BadFieldError("kind", f"{str(said)[:40]!r} is no kind of event")
    product_id = _name(row["product"], "product", _LONGEST_ID)
    event = Event(kind, product_id, "import", _place(row["place"]), str(row["slate"] or "")[:_LONGEST_ID])
    return Brought(who, _time(row["time"]), event)


def _name(value: Any, field: str, longest: int) -> str:
    text = str(value).strip() if value is not None else ""
    if not text or len(text) > longest or not text.isprintable():
        raise _BadFieldError(field, "is missing" if not text else "is too long or not printable")
    return text


def _place(value: Any) -> int | None:
    if value in (None, ""):
        return None
    try:
        place = int(value)
    except (ValueError, TypeError):
        raise _BadFieldError("place", f"{str(value)[:40]!r} is no whole number") from None
    return place if 0 < place < 2**31 else None


def _time(value: Any) -> datetime:
    try:
        seconds = float(value)
        moment = datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS_FROM else seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        try:
            read = datetime.fromisoformat(str(value))
        except ValueError:
            raise _BadFieldError("time", f"{str(value)[:40]!r} is no time; use seconds or ISO 8601") from None
        moment = read if read.tzinfo else read.replace(tzinfo=UTC)
    if moment.year < 1971:
        raise _BadFieldError("time", "is before 1971")
    return moment.astimezone(UTC)
