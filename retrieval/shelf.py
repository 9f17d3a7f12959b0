"""Keeps the edition that readers use open until the last of them has left."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from retrieval import parts as listing
from retrieval.evidence import Reader
from retrieval.query import Vocabulary
from retrieval.remembered import Results
from retrieval.sights import Sight
from retrieval.storage import Edition


class Shelf:
    """One edition in use; closed only after its last reader has left."""

    def __init__(self, edition: Edition, reader: Reader, results: Results, sight: Sight) -> None:
        self.edition = edition
        self.reader = reader
        self.sight = sight  # what pictures are compared by
        self.vocabulary: Vocabulary | None = None
        self.parts: listing.Parts = {}
        self.results = results
        self.readers = 0
        self.empty = asyncio.Event()
        self.empty.set()

    @asynccontextmanager
    async def reading(self) -> "AsyncGenerator[Shelf]":
        """Count as a reader until the block ends."""
        self.readers += 1
        self.empty.clear()
        try:
            yield self
        finally:
            self.readers -= 1
            if not self.readers:
                self.empty.set()
