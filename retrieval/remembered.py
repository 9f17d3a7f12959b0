"""What is not worked out twice: search results until the catalogue changes, and pictures as they were seen."""

import asyncio

from retrieval.cache import Cache, Tally
from retrieval.encode import TextEncoder
from retrieval.evidence import Reader
from retrieval.picture import CleanedPicture
from retrieval.query import Filters, SearchResult, Sort
from retrieval.search import search
from retrieval.seeing import Glance, glance
from retrieval.sights import Sight
from retrieval.vision.encoder import Asked
from retrieval.vision.keypoints import Keypoints, keypoints

_RESULTS = 256
_PICTURES = 128

_Looked = tuple[Asked, Keypoints]
Results = Cache[tuple[str, Filters, int, Sort], SearchResult]


class Remembered:
    """Counts over all editions of the catalogue; results are kept with the edition and prices they were found in.

    A result follows from words and conditions alone, so all shoppers share it. A picture is one shopper's.

    Args:
        encoder: Keeps the vectors of queries itself.
    """

    def __init__(self, encoder: TextEncoder) -> None:
        self.tallies = {"query_vectors": encoder.tally, "search_results": Tally(), "pictures": Tally()}
        self._pictures: Cache[tuple[str, str, str], _Looked] = Cache(_PICTURES, self.tallies["pictures"])

    def results(self) -> Results:
        """Return room for results of a catalogue as it now is."""
        return Cache(_RESULTS, self.tallies["search_results"])

    async def search(
        self, results: Results, reader: Reader, query: str, filters: Filters, asked: tuple[int, Sort]
    ) -> SearchResult:
        """Return what a search finds.

        Args:
            results: Found so far in the edition that is read, since its prices or their order changed.
            reader: Reads it.
            query: Words, "" to browse.
            filters: Conditions.
            asked: How many, in which order.
        """
        key = (query, filters, *asked)
        return results.get(key) or results.keep(key, await search(reader, query, filters, *asked))

    async def glance(self, sight: Sight, picture: CleanedPicture, whose: str, filters: Filters) -> Glance:
        """Look at a picture, once for each shopper and content; where colours are asked for, its own do not count."""
        key = (sight.eye.name, whose, picture.sha256)
        asked = self._pictures.get(key) or self._pictures.keep(key, await _looked(sight, picture.jpeg))
        return glance(sight, *asked, filters)


async def _looked(sight: Sight, picture: bytes) -> _Looked:
    asked, points = await asyncio.gather(
        sight.eye.encode_query(picture), asyncio.to_thread(keypoints, picture, asked=True)
    )
    return asked, points
