"""Feeds a catalogue into an index in batches, so that memory stays the same however long the feed is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from retrieval.document import offer_payload, payload, searched_text, word_vectors
from retrieval.encode import TextEncoder
from retrieval.index import TEXT, Payload, Row, VectorIndex
from retrieval.lexicon import Lexicon
from retrieval.product import CatalogueEntry, Offer, Product

_BATCH = 128
_MARK_EVERY = 256  # entries

Entries = AsyncIterator[CatalogueEntry] | Iterable[CatalogueEntry]


@dataclass(frozen=True, slots=True)
class Resume:
    """How an import that was cut off goes on.

    Args:
        done: How many of the first entries are in the index already.
        mark: Called now and then with how many are in it for good.
    """

    done: int
    mark: Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Revised:
    """What a revision found: products that were new, that differed and that were the same, and a digest of all."""

    added: int
    changed: int
    same: int
    digest: str


async def ingest(
    entries: Entries,
    index: VectorIndex,
    encoder: TextEncoder,
    lexicon: Lexicon,
    progress: Callable[[int], None] | None = None,
    resume: Resume | None = None,
) -> str:
    """Write all entries; return 12 hex digits that depend on their contents and order.

    Args:
        entries: A plain iterable is read in a thread, batch by batch.
        index: Where rows go; a later entry with the same product id replaces the earlier one.
        encoder: For the meaning of the text.
        lexicon: For its words.
        progress: Called after each batch with the number of entries written so far.
        resume: Given when the same entries were begun before.
    """
    contents, done = sha256(), 0
    marked = resume.done if resume else 0
    if resume is not None:
        await resume.mark(marked)
    async for batch in _batches(entries):
        for entry in batch:
            contents.update(entry.model_dump_json().encode())
        done += len(batch)
        if resume is None or done > resume.done:
            await index.upsert(await rows(batch, encoder, lexicon))
        if resume is not None and done >= marked + _MARK_EVERY:
            await resume.mark(done)
            marked = done
        if progress is not None:
            progress(done)
    return contents.hexdigest()[:12]


async def revise(
    entries: Entries,
    index: VectorIndex,
    encoder: TextEncoder,
    lexicon: Lexicon,
    progress: Callable[[int], None] | None = None,
) -> Revised:
    """Write the entries whose product differs from what the index has; see `ingest`.

    What only a price or a stock tells apart is not written: the books tell the index of those.
    """
    contents, added, changed, done = sha256(), 0, 0, 0
    async for batch in _batches(entries):
        for entry in batch:
            contents.update(entry.model_dump_json().encode())
        known = {one.product_id: one.payload["product"] for one in await index.retrieve(_ids(batch), ["product"])}
        differing = [
            entry
            for entry in batch
            if known.get(entry.product.product_id) != entry.product.model_dump_json(exclude_defaults=True)
        ]
        if differing:
            await index.upsert(await rows(differing, encoder, lexicon))
        new = sum(entry.product.product_id not in known for entry in batch)
        added, changed, done = added + new, changed + len(differing) - new, done + len(batch)
        if progress is not None:
            progress(done)
    return Revised(added, changed, done - added - changed, contents.hexdigest()[:12])


def _ids(entries: Iterable[CatalogueEntry]) -> list[str]:
    return [entry.product.product_id for entry in entries]


async def rows(entries: list[CatalogueEntry], encoder: TextEncoder, lexicon: Lexicon) -> list[Row]:
    """Return the entries as the engine keeps them."""
    vectors = await encoder.encode([searched_text(entry.product) for entry in entries])
    return [
        Row(
            payload(entry.product, entry.offers),
            word_vectors(entry.product, lexicon),
            {TEXT: vector},
        )
        for entry, vector in zip(entries, vectors, strict=True)
    ]


async def _batches(entries: Entries) -> AsyncIterator[list[CatalogueEntry]]:
    if isinstance(entries, AsyncIterator):
        batch: list[CatalogueEntry] = []
        async for entry in entries:
            batch.append(entry)
            if len(batch) == _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
        return
    iterator: Iterator[CatalogueEntry] = iter(entries)
    while batch := await asyncio.to_thread(lambda: list(islice(iterator, _BATCH))):
        yield batch


async def reprice(index: VectorIndex, offers: Mapping[str, Sequence[Offer]]) -> dict[str, Payload]:
    """Replace price and stock of the known ones of these products; return what was written, by id."""
    changed: dict[str, Payload] = {}
    for one in await index.retrieve(list(offers), ["product"]):
        product = Product.model_validate_json(one.payload["product"])
        changed[one.product_id] = offer_payload(product, offers[one.product_id])
        await index.set_payload(one.product_id, changed[one.product_id])
    return changed
