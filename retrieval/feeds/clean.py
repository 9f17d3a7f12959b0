"""Makes a seller's words safe to keep: markup and hidden letters go, short facts may not speak to the assistant."""

import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

from retrieval.feeds.tally import Fault, Refusal
from retrieval.photos import PHOTOS, photo_address
from retrieval.product import CatalogueEntry, Offer, Product, Review

_MARKUP = re.compile(r"<[a-zA-Z/!?][^<>]*>|&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+\d*);")
_SKIPPED = frozenset({"script", "style", "template", "head", "noscript", "iframe", "object", "svg", "math"})
_BLOCKS = frozenset({
    "p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article",
    "blockquote", "dt", "dd", "hr",
})  # fmt: skip
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d]*[1-9])|font-size\s*:\s*0(?![.\d]*[1-9])", re.I
)
_JOINERS = ("\u200c", "\u200d")
_LONGEST_TEXT = 20_000
_MOST_ATTRIBUTES = 200
_LONGEST_VALUE = 500

# Words that are addressed to a machine that reads them, not to somebody who buys.
_ADDRESSED = re.compile(
    "|".join(
        (
            r"\b(ignore|disregard|forget|override|bypass)\b.{0,40}\b(instruction|prompt|rule|guideline|polic(y|ie)|"
            r"context|command|constraint)s?\b",
            r"\b(system|developer)\s*(prompt|message|note|override|instruction)s?\b|<\|[^|]{1,40}\|>|\[/?INST\]|<<SYS>>",
            r"(?:^|\n)\s*(system|assistant|developer)\s*:",
            r"\b(dear|attention|note to|hey|hello|instructions? (for|to))\W{1,3}(the |any |all )?(ai|chat ?bot|"
            r"(shopping |virtual |ai )?assistant|agent|language model|llm)s?\b",
            r"\b(ai|chat ?bot|(shopping|virtual|ai) assistant|assistant|language model|llm)s?\b.{0,40}\b(must|should|"
            r"shall|has to|have to|is required to|are required to|is instructed to)\b",
            r"\byou are (now |no longer )?(an? |the )?(ai|assistant|chat ?bot|language model|shopping agent)\b",
            r"\b(add|put|place)\b.{0,40}\b(to|in|into) (the|their|his|her) (user|customer|shopper|buyer)?('s)? ?"
            r"(cart|basket|order)\b",
            r"\b(do not|don't|never)\b.{0,20}\b(tell|reveal|mention|inform|show|disclose)\b.{0,40}\b(user|customer|"
            r"shopper|buyer)s?\b",
            r"\b(tell|convince|persuade|instruct|inform|urge) (the|your|all|every) (user|customer|shopper|buyer)s?\b",
            r"\byour (response|reply|answer|output)\b|\breply (using|in)\b",
            r"\bthe user(?:'s)? (asked|asks|request|already|said|wants)\b",
            r"\b[a-z]+_[a-z]+\(\)|\b(add_to_cart|prepare_quote|tool[_ ]call|function[_ ]call|new instructions?\s*:)",
        )
    ),
    re.I | re.S,
)


def addressed_to_a_machine(text: str) -> str | None:
    """Return the words of a text that read as an instruction to whoever reads it for a shopper, or None."""
    found = _ADDRESSED.search(text)
    return " ".join(found.group().split())[:80] if found else None


def clean_text(text: str) -> str:
    """Return plain text: markup, what markup hides, invisible and reordering characters gone; line ends kept."""
    if _MARKUP.search(text):
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text = "".join(reader.parts)
    text = unicodedata.normalize("NFC", _visible(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def clean_line(text: str) -> str:
    """Return plain text on one line."""
    return " ".join(clean_text(text).split())


def _visible(text: str) -> str:
    kept: list[str] = []
    for at, char in enumerate(text):
        kind = unicodedata.category(char)
        joins = char in _JOINERS and 0 < at < len(text) - 1 and ord(text[at - 1]) > 0x2FF and ord(text[at + 1]) > 0x2FF
        smuggled = 0xE0100 <= ord(char) <= 0xE01EF
        if char in "\n\t" or joins or not (kind in ("Cc", "Cf", "Co", "Cs") or smuggled):
            kept.append(char)
        elif kind == "Cc":
            kept.append("\n" if char in "\r\x85" else " ")
    return "".join(kept)


class _Reader(HTMLParser):
    """Collects what a browser would show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in _VOID and (
            self._hidden or tag in _SKIPPED or "hidden" in given or _HIDDEN.search(given.get("style") or "")
        ):
            self._hidden.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")
        else:
            # Two cells of a table are two words.
            self.parts.append(" " if tag in ("td", "th", "img") else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden and self._hidden.pop() != tag:
                pass
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def clean_entry(entry: CatalogueEntry, photos: Path | None = None) -> tuple[CatalogueEntry, list[Fault]]:
    """Return the entry as the catalogue may keep it, and what was taken out of it.

    A description and reviews may say anything: whoever reads them for a shopper treats them as untrusted. Everything
    shorter counts as the shop's own fact, so nothing in it may be addressed to a machine.

    Raises:
        Refusal: The title is empty, or title or options read as an instruction.
    """
    notes: list[Fault] = []
    product = _product(entry.product, photos, notes)
    offers = tuple(_offer(offer, photos, notes) for offer in entry.offers)
    return CatalogueEntry(product=product, offers=offers), notes


def _product(product: Product, photos: Path | None, notes: list[Fault]) -> Product:
    title = clean_line(product.title)[:300]
    if not title:
        raise Refusal(("title", "is empty"))
    if words := addressed_to_a_machine(title):
        raise Refusal(("title", f"reads as an instruction to the assistant: {words!r}"))
    description = clean_text(product.description)[:_LONGEST_TEXT]
    if words := addressed_to_a_machine(description):
        notes.append(("description", f"reads as an instruction to the assistant, kept as untrusted text: {words!r}"))
    return product.model_copy(
        update={
            "title": title,
            "description": description,
            "brand": _fact("brand", product.brand, notes),
            "product_type": _fact("product_type", product.product_type, notes) or "other",
            "department": _fact("department", product.department, notes),
            **{name: _facts(name, product, notes) for name in ("colours", "sizes", "materials", "styles")},
            "attributes": _attributes(product.attributes, notes),
            "reviews": tuple(_review(review) for review in product.reviews),
            "image_url": _picture(product.image_url, photos, notes),
            "url": _address("url", product.url, notes),
        }
    )


def _offer(offer: Offer, photos: Path | None, notes: list[Fault]) -> Offer:
    options = {name: clean_line(value)[:100] for name, value in offer.options.items()}
    for name, value in options.items():
        if words := addressed_to_a_machine(value):
            raise Refusal((name, f"reads as an instruction to the assistant: {words!r}"))
    return offer.model_copy(update={"options": options, "image_url": _picture(offer.image_url, photos, notes)})


def _fact(field: str, text: str, notes: list[Fault]) -> str:
    text = clean_line(text)[:_LONGEST_VALUE]
    if words := addressed_to_a_machine(text):
        notes.append((field, f"left out, it reads as an instruction to the assistant: {words!r}"))
        return ""
    return text


def _facts(field: str, product: Product, notes: list[Fault]) -> tuple[str, ...]:
    values: tuple[str, ...] = getattr(product, field)
    return tuple(dict.fromkeys(kept for value in values if (kept := _fact(field, value, notes))))


def _attributes(attributes: dict[str, str], notes: list[Fault]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in attributes.items():
        fact = _fact(f"attributes.{name}"[:80], f"{name}\n{value}", notes)
        if fact and clean_line(value):
            kept[clean_line(name)[:80] or "detail"] = clean_line(value)[:_LONGEST_VALUE]
    if len(kept) > _MOST_ATTRIBUTES:
        notes.append(("attributes", f"only the first {_MOST_ATTRIBUTES} of {len(kept)} are kept"))
    return dict(list(kept.items())[:_MOST_ATTRIBUTES])


def _review(review: Review) -> Review:
    words = {name: clean_text(getattr(review, name))[:5000] for name in ("title", "text", "author")}
    return review.model_copy(update=words)


def _picture(url: str | None, photos: Path | None, notes: list[Fault]) -> str | None:
    """Return a picture's address: one a page may link to, or that of a file in the shop's own folder."""
    own = photos is not None and (url or "").startswith(PHOTOS)
    if not url or "://" in url or (url.startswith("/") and not own):
        return _address("image_url", url, notes)
    name = _visible(url).strip()
    address = photo_address(photos, name) if photos else None
    if address is None:
        notes.append(("image_url", f"is no http address, nor a file in the folder of AISLE_PHOTOS: {name[:60]!r}"))
    return address


def _address(field: str, url: str | None, notes: list[Fault]) -> str | None:
    """Return an address a page may link to: http, https, or a path of the shop's own."""
    if not url:
        return None
    plain = _visible(url).strip()
    if re.match(r"https?://[^\s/\"'<>]+[^\s\"'<>]*$|/(?!/)[^\s\"'<>\\]*$", plain, re.I) and len(plain) <= 2000:
        return plain
    notes.append((field, f"is no http address: {plain[:60]!r}"))
    return None
