"""Reads products' own pictures: where they name another brand than the product's, and where they may be indecent."""

from collections.abc import AsyncGenerator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from policies.errors import Refused, Unavailable
from retrieval.filters import fold
from retrieval.label import label_of
from retrieval.photos import Photo, has_photo, local_file, local_photo
from retrieval.picture import PictureCleaner
from retrieval.product import CatalogueEntry, Product
from retrieval.quality import Finding, Kind
from retrieval.query import Vocabulary
from retrieval.reading import TextReader
from retrieval.vision.decency import PROBABLE, Decency


@dataclass(frozen=True, slots=True)
class ListedPicture:
    """A picture of a product; `content` names what it shows: the bytes of a file, the address of any other."""

    product: Product
    url: str
    content: str


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """What was found in a picture: its lines of text, and how probably it is indecent, 0 to 1."""

    lines: tuple[str, ...] = ()
    indecent: float = 0.0


def listed_pictures(entries: Iterable[CatalogueEntry], folder: Path | None = None) -> Iterator[ListedPicture]:
    """Yield every product's pictures that have an https address or are local files that can be opened. Blocks.

    Args:
        entries: The catalogue.
        folder: The shop's own pictures.
    """
    for entry in entries:
        urls = [entry.product.image_url, *(offer.image_url for offer in entry.offers)]
        for url in dict.fromkeys(url for url in urls if url and has_photo(url)):
            if url.startswith("https:"):
                yield ListedPicture(entry.product, url, url)
            elif (file := local_file(url, folder)) is not None:
                with suppress(OSError):
                    yield ListedPicture(entry.product, url, sha256(local_photo(file)).hexdigest())


async def read_pictures(
    pictures: Sequence[ListedPicture], known: Collection[str], most: int, decency: Decency, photo: Photo
) -> AsyncGenerator[tuple[str, ReadPicture]]:
    """Yield contents that are not known yet, each with what was found in it, of at most so many pictures tried.

    One at a time, each in processes of its own that are bound in time and memory; in what is no picture is nothing.
    Nothing of a private network is fetched, and what did not come is left for another time.

    Args:
        pictures: Which may be read.
        known: Contents that were read before.
        most: How many to try now.
        decency: Scores them.
        photo: Reads them.
    """
    cleaner, reader = PictureCleaner(), TextReader()
    try:
        new = {picture.content: picture.url for picture in pictures if picture.content not in known}
        for content, url in list(new.items())[:most]:
            data = None
            with suppress(Unavailable):
                data = await photo(url)
            if data is None:
                continue
            read = ReadPicture()
            with suppress(Refused):
                jpeg = (await cleaner.clean(data)).jpeg
                read = ReadPicture(await reader.read(jpeg), await decency.indecent(jpeg))
            yield content, read
    finally:
        await cleaner.aclose()


def other_brands(
    pictures: Sequence[ListedPicture], read: Mapping[str, ReadPicture], vocabulary: Vocabulary
) -> list[Finding]:
    """Return products whose pictures name brands of this shop, and not their own.

    Args:
        pictures: Of the catalogue.
        read: By content.
        vocabulary: Whose brands are looked for; others cannot be told from any other word.
    """
    named: dict[str, tuple[Product, set[str]]] = {}
    for picture in pictures:
        brands = label_of(read.get(picture.content, ReadPicture()).lines, vocabulary).brands
        named.setdefault(picture.product.product_id, (picture.product, set()))[1].update(brands)
    found: list[Finding] = []
    for product, brands in named.values():
        if brands and fold(product.brand) not in {fold(brand) for brand in brands}:
            listed = f"it is listed under {product.brand}" if product.brand else "it is listed under no brand"
            says = f"needs review: {', '.join(sorted(brands))} is written in the picture, {listed}"
            found.append(_finding("counterfeit", product, says, product.image_url))
    return found


def unsuitable(pictures: Sequence[ListedPicture], read: Mapping[str, ReadPicture]) -> list[Finding]:
    """Return products with a picture that is probably indecent; a person judges, nothing is taken out."""
    found: list[Finding] = []
    for picture in pictures:
        score = read.get(picture.content, ReadPicture()).indecent
        if score > PROBABLE:
            says = f"needs review: the picture may not be fit to be shown ({score:.2f} of 1)"
            found.append(_finding("unsuitable", picture.product, says, picture.url))
    return found


def _finding(kind: Kind, product: Product, says: str, url: str | None) -> Finding:
    return Finding(kind=kind, product_ids=[product.product_id], title=product.title, says=says, image_url=url)
