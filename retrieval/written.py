"""Reads the text in products' own pictures, and tells where it names another brand than the product is listed under."""

from collections.abc import AsyncGenerator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from policies.errors import Refused, Unavailable
from retrieval.filters import fold
from retrieval.label import label_of
from retrieval.photos import any_photo, has_photo, local_photo
from retrieval.picture import PictureCleaner
from retrieval.product import CatalogueEntry, Product
from retrieval.quality import Finding
from retrieval.query import Vocabulary
from retrieval.reading import TextReader


@dataclass(frozen=True, slots=True)
class ListedPicture:
    """A picture of a product; `content` names what it shows: the bytes of a file, the address of any other."""

    product: Product
    url: str
    content: str


def listed_pictures(entries: Iterable[CatalogueEntry]) -> Iterator[ListedPicture]:
    """Yield every product's pictures that have an https address or are local files that can be opened. Blocks."""
    for entry in entries:
        urls = [entry.product.image_url, *(offer.image_url for offer in entry.offers)]
        for url in dict.fromkeys(url for url in urls if url and has_photo(url)):
            with suppress(OSError):
                content = sha256(local_photo(url)).hexdigest() if url.startswith("file:") else url
                yield ListedPicture(entry.product, url, content)


async def read_pictures(
    pictures: Sequence[ListedPicture], known: Collection[str], most: int
) -> AsyncGenerator[tuple[str, tuple[str, ...]]]:
    """Yield contents that are not known yet, each with its lines of text, of at most so many pictures tried.

    One at a time, each in processes of its own that are bound in time and memory; what is no picture has no lines.
    Nothing of a private network is fetched, and what did not come is left for another time.

    Args:
        pictures: Which may be read.
        known: Contents that were read before.
        most: How many to try now.
    """
    cleaner, reader = PictureCleaner(), TextReader()
    try:
        new = {picture.content: picture.url for picture in pictures if picture.content not in known}
        for content, url in list(new.items())[:most]:
            data = None
            with suppress(Unavailable):
                data = await any_photo(url)
            if data is None:
                continue
            lines: tuple[str, ...] = ()
            with suppress(Refused):
                lines = await reader.read((await cleaner.clean(data)).jpeg)
            yield content, lines
    finally:
        await cleaner.aclose()


def other_brands(
    pictures: Sequence[ListedPicture], read: Mapping[str, Sequence[str]], vocabulary: Vocabulary
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
