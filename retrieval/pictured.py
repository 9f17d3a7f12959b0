"""The part of a catalogue that pictures are about: what was seen in products', by which encoder, and finding by one."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from policies.errors import Unavailable
from retrieval import seeing
from retrieval.evidence import Reader
from retrieval.filters import All, Not
from retrieval.index import SHOWN
from retrieval.picture import CleanedPicture
from retrieval.product import Product
from retrieval.query import Filters, Liking, SearchResult
from retrieval.remembered import Remembered
from retrieval.shelf import Shelf
from retrieval.sights import Eye, Sight, Wish, chosen, forgotten, shipped
from retrieval.storage import Edition, Storage
from retrieval.vision.choice import EyeChoice
from retrieval.vision.encoder import Seen

_log = logging.getLogger(__name__)
_NOT_HERE = (
    "Another server of this shop compares pictures by %s, which cannot be opened here, so this one goes on with its "
    "own: give all of them the same AISLE_PICTURE_ENCODER and extras."
)
_ANYTHING, _NOTHING = Filters(), Liking()


@dataclass(frozen=True, slots=True)
class Unseen:
    """A product to be looked at, and the addresses of its own pictures and its variants'."""

    product: Product
    shown: tuple[str, ...]


class Pictured:
    """An edition of the catalogue that is read and written, and the encoder its pictures are compared by.

    `coming` is an encoder that looks at everything before pictures are compared by it.
    """

    def __init__(self, storage: Storage, remembered: Remembered, edition: Edition, reader: Reader) -> None:
        self.remembered = remembered
        self.coming: Sight | None = None
        self._wish: Wish | None = None
        self._storage = storage
        self._writing = asyncio.Lock()
        self._shelf = Shelf(edition, reader, remembered.results(), shipped())

    async def find_by_picture(
        self,
        picture: CleanedPicture,
        words: str = "",
        filters: Filters = _ANYTHING,
        *,
        limit: int = 6,
        whose: str = "",
        beside: Liking = _NOTHING,
    ) -> SearchResult:
        """Return what looks most like the picture among the looked-at products that meet the filters; see `looked_at`.

        `alike` False says that nothing really does, `same` that the first seems to be the very thing. Words count
        beside the likeness; where colours are asked for, the picture's tell its kind. It is kept for `whose` it is.
        Products `beside` it are examples: more like the liked, less like the unlike.
        """
        async with self.reading() as shelf:
            seen = await self.remembered.glance(shelf.sight, picture, whose, filters)
            swayed = await seeing.swayed(shelf.reader, seen, beside)
            return await seeing.find_by_picture(shelf.reader, swayed, words, filters, limit)

    @property
    def sight(self) -> Sight:
        """What pictures are compared by."""
        return self._shelf.sight

    async def look_with(self, wanted: EyeChoice, kept: Path) -> None:
        """Have pictures compared by this encoder: at once, or once it is `coming` and has looked at all; see `chosen`.

        Own weights that cannot be used leave what was there, and the log says so. Of processes that share the index,
        one that names no encoder compares by what the others do.

        Args:
            wanted: The encoder; `look_anew` heeds what becomes of own weights later.
            kept: Folder where own weights are copied to while they are in use.

        Raises:
            SettingsError: A named model cannot be used.
        """
        wish = Wish(wanted, kept)
        async with self._writing:
            self._wish, sharing = wish, self._storage.sharing
            eye = await wish.renewed()
            if sharing is not None and wish.is_silent:
                eye = None
            old = await wish.noted(self._shelf.edition, sharing, eye)
            known = old or shipped()
            await self._choose(eye or (known.choice, known.eye), old)

    async def look_anew(self) -> None:
        """Heed that own weights were replaced or removed since the last time: the newest take over like any other.

        Of processes that share the index, all follow the one whose encoder took over.

        Those that cannot be used change nothing, and the log says so once.

        Raises:
            Unavailable: The index cannot be asked; ask again later.
        """
        if self._wish is None:
            return
        async with self._writing:
            await self._follow(self._wish)
            if (eye := await self._wish.renewed()) is None:
                return
            try:
                await self._choose(eye, self._shelf.sight)
            except Unavailable:
                self._wish.ask_again()
                raise

    async def _follow(self, wish: Wish) -> None:
        """Compare pictures by what another process of the same storage noted, wherever that can be opened."""
        shelf, sharing = self._shelf, self._storage.sharing
        if sharing is None or (edition := await sharing.noted_now(shelf.edition)).eye == shelf.edition.eye:
            return
        sight = await wish.noted(edition, sharing)
        shelf.edition = edition
        if sight is None:
            _log.error(_NOT_HERE, (edition.eye or {}).get("name"))
        else:
            shelf.sight, self.coming = sight, None

    async def _choose(self, wanted: Eye, old: Sight | None) -> None:
        shelf = self._shelf
        shelf.sight, self.coming = await chosen(shelf.edition, wanted, old)
        await self._note(shelf)
        if self._wish is not None:
            await asyncio.to_thread(forgotten, self._wish.kept, (shelf.sight, self.coming or shelf.sight))

    async def _note(self, shelf: Shelf) -> None:
        noted = shelf.sight.noted(shelf.edition)
        if noted.eye != shelf.edition.eye:
            if self._storage.sharing is not None and shelf.sight.own:
                files = await asyncio.to_thread(shelf.sight.files)
                await self._storage.sharing.keep_weights(shelf.sight.eye.name, files)
            shelf.edition = await self._storage.rename(noted, noted.version)

    async def take_over(self) -> bool:
        """Compare pictures by the coming encoder from now on, if it has looked at everything; tells whether it does.

        Searches see either all of one or all of the other, and so does whoever opens the catalogue after a crash.
        """
        async with self._writing:
            old, coming = self._shelf, self.coming
            if coming is None or await old.reader.index.count(All((Not(coming.looked),))):
                return False
            await old.reader.index.flush()
            new = Shelf(old.edition, old.reader, old.results, coming)
            await self._note(new)
            new.parts, self._shelf, self.coming = old.parts, new, None
            await old.empty.wait()
            if self._storage.sharing is not None:
                await asyncio.sleep(self._storage.sharing.followed_s)
            await old.reader.index.forget_pictures(old.sight.place)
            return True

    async def looked_at(self, sight: Sight | None = None) -> tuple[int, int]:
        """Return how many products' pictures were looked at, and how many products there are."""
        async with self.reading() as shelf:
            index = shelf.reader.index
            return await index.count(All(((sight or shelf.sight).looked,))), await index.count(All())

    async def told_anew(self) -> dict[str, object]:
        """Return JSON-plain facts of what is to take over; {} when nothing is."""
        if (coming := self.coming) is None:
            return {}
        return {"pictures_looked_at_anew": (await self.looked_at(coming))[0], "to_be_compared_by": coming.eye.name}

    async def not_looked_at(self, sight: Sight, limit: int) -> tuple[str, list[Unseen]]:
        """Return the version and up to `limit` products whose pictures this encoder has not looked at."""
        async with self.reading() as shelf:
            found = await shelf.reader.index.scan(All((Not(sight.looked),)), ["product", SHOWN], limit)
            return shelf.edition.version, [
                Unseen(Product.model_validate_json(one.payload["product"]), tuple(one.payload[SHOWN])) for one in found
            ]

    async def set_pictures(self, version: str, sight: Sight, pictures: Mapping[str, Seen]) -> None:
        """Keep what an encoder saw in products' pictures; dropped when the version has changed."""
        async with self._writing:
            if self._shelf.edition.version == version and sight in (self._shelf.sight, self.coming):
                await seeing.keep_seen(self._shelf.reader.index, pictures, sight)

    def reading(self) -> AbstractAsyncContextManager[Shelf]:
        """Return what readers ask, open until they are done."""
        return self._shelf.reading()
