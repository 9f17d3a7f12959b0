"""Reads the text in products' own pictures, and tells where it names another brand than the product is listed under."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from policies.errors import Refused
from retrieval.filters import fold
from retrieval.label import label_of
from retrieval.picture import MAX_BYTES, PictureCleaner
from retrieval.product import CatalogueEntry, Product
from retrieval.quality import Finding
from retrieval.query import Vocabulary
from retrieval.reading import TextReader


@dataclass(frozen=True, slots=True)
class LocalPicture:
    """A picture of a product that lies in a file; `content` names its bytes."""

    product: Product
    path: Path
    content: str


def local_pictures(entries: Iterable[CatalogueEntry]) -> Iterator[LocalPicture]:
    """Yield every product's pictures that are local files and can be opened; nothing is fetched. Blocks."""
    for entry in entries:
        urls = [entry.product.image_url, *(offer.image_url for offer in entry.offers)]
        for url in dict.fromkeys(url for url in urls if url and url.startswith("file:")):
            path = Path(unquote(urlsplit(url).path))
            with suppress(OSError):
                yield LocalPicture(entry.product, path, sha256(_content(path)).hexdigest())


async def read_pictures(
    pictures: Sequence[LocalPicture], known: Collection[str], most: int
) -> AsyncGenerator[tuple[str, tuple[str, ...]]]:
    """Yield contents that are not known yet, at most so many, each with its lines of text.

    One at a time, each in processes of its own that are bound in time and memory; what is no picture has no lines.

    Args:
        pictures: Which may be read.
        known: Contents that were read before.
        most: How many to read now.
    """
    cleaner, reader = PictureCleaner(), TextReader()
    try:
        new = {picture.content: picture.path for picture in pictures if picture.content not in known}
        for content, path in list(new.items())[:most]:
            lines: tuple[str, ...] = ()
            with suppress(OSError, Refused):
                data = await asyncio.to_thread(_content, path)
                lines = await reader.read((await cleaner.clean(data)).jpeg)
            yield content, lines
    finally:
        await cleaner.aclose()


def other_brands(
    pictures: Sequence[LocalPicture], read: Mapping[str, Sequence[str]], vocabulary: Vocabulary
) -> list[Finding]:
    """Return products whose pictures name brands of this shop, and not their own.

    Args:
        pictures: Of the catalogue.
        read: Lines by content.
        vocabulary: Whose brands are looked for; others cannot be told from any other word.
    """
    named: dict[str, tuple[Product, set[str]]] = {}
    for picture in pictures:
        brands = label_of(read.get(picture.content, ()), vocabulary).brands
        named.setdefault(picture.product.product_id, (picture.product, set()))[1].update(brands)
    found: list[Finding] = []
    for product_id, (product, brands) in named.items():
        if brands and fold(product.brand) not in {fold(brand) for brand in brands}:
            listed = f"it is listed under {product.brand}" if product.brand else "it is listed under no brand"
            says = f"needs review: {', '.join(sorted(brands))} is written in the picture, {listed}"
            found.append(
                Finding(
                    kind="counterfeit",
                    product_ids=[product_id],
                    title=product.title,
                    says=says,
                    image_url=product.image_url,
                )
            )
    return found


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
