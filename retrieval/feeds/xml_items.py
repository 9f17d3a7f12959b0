"""Reads the items of an RSS or Atom product feed one by one; no document type, entity or address is ever followed."""

import html
import re
from collections.abc import Iterator
from typing import TextIO
from xml.etree import ElementTree

from retrieval.feeds.record import SEPARATOR, Broken, Record

_CHUNK = 1 << 16
_LONGEST = 1_000_000  # characters of one item
_OPENING = re.compile(r"<(?:\w+:)?(item|entry|product|offer)(?=[\s>])[^<>]*>")
_ENDS = re.compile(r"</[\w:.-]+\s*>|<!--.*?-->", re.S)
# Atom's heading has an <id> of its own, but none of anybody's namespace.
_OF_ITEM = re.compile(
    r"</?(?:\w+:)?(item|entry|product|offer|price)\s*>|<\w+:(?:id|gtin|mpn|availability|image_link)\s*>", re.I
)
_PREFIX = re.compile(r"(?:</?|\s)([A-Za-z_][\w.-]*):[A-Za-z_]")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_XML_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})


def xml_rows(stream: TextIO) -> Iterator[Record | Broken]:
    """Yield the items of a feed.

    Each is cut out of the text and parsed by itself: a broken one costs no other, and what a document type declares
    is never read, so that an entity can neither grow nor fetch anything.
    """
    text, line, tag, gap, begun = "", 1, "", "", False
    while True:
        opening = (re.compile(rf"<(?:\w+:)?({tag})(?=[\s>])[^<>]*>") if tag else _OPENING).search(text)
        if opening is None:
            new = stream.read(_CHUNK)
            # An opening may be cut in two by the end of what was read.
            keep = text[-1000:] if new else ""
            gap = f"{gap}{text[: len(text) - len(keep)]}"[-_LONGEST:]
            line += text.count("\n", 0, len(text) - len(keep))
            text = keep + new
            if not new:
                yield from _stray(gap, line, tag)
                return
            continue
        tag = opening.group(1)
        line += text.count("\n", 0, opening.start())
        yield from _stray(gap + text[: opening.start()], line, tag if begun else "")
        gap, begun = "", True
        text = text[opening.start() :]
        text, snippet, fault = _cut(stream, text, tag)
        last = line + snippet.count("\n")
        yield Broken(line, last, ("", fault)) if fault else _parsed(snippet, line, last)
        line = last


def _stray(gap: str, line: int, tag: str) -> Iterator[Broken]:
    """Tell of what stands between two items, or ends one that never began; before the first, a feed has its heading."""
    words = _ENDS.sub("", gap).strip()
    if (tag and words) or _OF_ITEM.search(gap):
        yield Broken(line - gap.count("\n"), line, ("", f"stands outside of any item: {words[:60]!r}"))


def _cut(stream: TextIO, text: str, tag: str) -> tuple[str, str, str]:
    """Return the rest of the text, the item it begins with, and what is wrong with its end ("" if nothing)."""
    closing = re.compile(rf"</(?:\w+:)?{tag}\s*>")
    again = re.compile(rf"<(?:\w+:)?{tag}(?=[\s>])[^<>]*>")
    while True:
        end = closing.search(text)
        other = again.search(text, 1, end.start() if end else len(text))
        if other and "<![CDATA[" not in text[: other.start()]:
            return text[other.start() :], text[: other.start()], f"<{tag}> is not closed"
        if end:
            return text[end.end() :], text[: end.end()], ""
        new = stream.read(_CHUNK) if len(text) < _LONGEST else ""
        if not new:
            return text[len(text) if len(text) < _LONGEST else 1 :], text, f"<{tag}> is not closed"
        text += new


def _parsed(snippet: str, line: int, last: int) -> Record | Broken:
    snippet = _ENTITY.sub(_known_letter, _CONTROL.sub(" ", snippet))
    prefixes = sorted({name for name in _PREFIX.findall(snippet) if not name.startswith(("xml", "http"))})
    declared = "".join(f' xmlns:{name}="{name}"' for name in prefixes)
    try:
        item = ElementTree.fromstring(f"<rows{declared}>{snippet}</rows>")[0]
    except (ElementTree.ParseError, RecursionError) as problem:
        return Broken(line, last, ("", f"not well-formed XML: {problem}"))
    values: dict[str, str] = {}
    for child in item:
        for name, value in _values(child):
            values[name] = f"{values[name]}{SEPARATOR}{value}" if values.get(name) else value
    return Record(line, last, values)


def _known_letter(found: re.Match[str]) -> str:
    """Replace names of letters that HTML knows and XML does not."""
    name = found.group(1)
    return found.group() if name in _XML_OWN else html.escape(html.unescape(found.group()), quote=False)


def _values(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    name = element.tag.rpartition("}")[2]
    if not len(element):
        text = (element.text or "").strip() or element.get("href", "")
        yield name, text
        return
    inner = {child.tag.rpartition("}")[2]: "".join(child.itertext()).strip() for child in element}
    if named := inner.get("attribute_name"):
        yield f"detail.{named}", inner.get("attribute_value", "")
    elif name in ("description", "summary", "content", "title"):
        yield name, "".join(element.itertext()).strip()
    else:
        for child, text in inner.items():
            yield f"{name}.{child}", text
