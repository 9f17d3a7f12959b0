"""Feeds a catalogue into an index in batches, so that memory stays the same however long the feed is."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from hashlib import sha256
from itertools import islice

from retrieval.document import lexical_text, naming_text, payload, searched_text
from retrieval.encode import TextEncoder
from retrieval.index import NAMES, TEXT, WORDS, Row, VectorIndex
from retrieval.lexicon import Lexicon
from retrieval.product import CatalogueEntry

_BATCH = 128

Entries = AsyncIterator[CatalogueEntry] | Iterable[CatalogueEntry]


async def ingest(
    entries: Entries,
    index: VectorIndex,
    encoder: TextEncoder,
    lexicon: Lexicon,
    progress: Callable[[int], None] | None = None,
) -> str:
    """Write all entries; return 12 hex digits that depend on their contents and order.

    Args:
        entries: A plain iterable is read in a thread, batch by batch.
        index: Where rows go; a later entry with the same product id replaces the earlier one.
        encoder: For the meaning of the text.
        lexicon: For its words.
        progress: Called after each batch with the number of entries written so far.
    """
    contents, done = sha256(), 0
    async for batch in _batches(entries):
        for entry in batch:
            contents.update(entry.model_dump_json().encode())
        await index.upsert(await rows(batch, encoder, lexicon))
        done += len(batch)
        if progress is not None:
            progress(done)
    return contents.hexdigest()[:12]


async def rows(entries: list[CatalogueEntry], encoder: TextEncoder, lexicon: Lexicon) -> list[Row]:
    """Return the entries as the engine keeps them."""
    vectors = await encoder.encode([searched_text(entry.product) for entry in entries])
    return [
        Row(
            payload(entry.product, entry.offers),
            {
                WORDS: lexicon.document(lexical_text(entry.product)),
                NAMES: lexicon.document(naming_text(entry.product)),
            },
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
