"""What shoppers may ask of their data in all stores at once: a copy of it, and that it is forgotten."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from assistant.checkpoints import STORE_ERRORS, ForgettingSaver
from assistant.erasure_journal import ErasureJournal
from policies.errors import Refused, Unavailable
from policies.principal import Principal
from shop.books import GateBooks
from shop.erasing import Erased
from shop.retention import Periods
from shop.tables import instant
from tools.uploads import Uploads, folder_of

_log = logging.getLogger(__name__)
EXPORT_SCHEMA = "aisle.export/1"
# Files are written anew after an erasure, but not for every one of many.
_SCRUB_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long what the books don't hold is kept, and what they hold."""

    periods: Periods
    memory: timedelta


class Privacy:
    """Exports and erases shoppers, and lets go of what is old, over books, memory and pictures.

    Args:
        books: The gate's side of the books.
        saver: What the planner remembers of conversations.
        uploads: Pictures.
        journal: Outside the home, who was erased.
        keeping: How long things are kept.
    """

    def __init__(
        self, books: GateBooks, saver: ForgettingSaver, uploads: Uploads, journal: ErasureJournal, keeping: Keeping
    ) -> None:
        self._books = books
        self._saver = saver
        self._uploads = uploads
        self._journal = journal
        self._keeping = keeping
        self._scrubbing = asyncio.Lock()
        self._scrub_due = False
        self._scrubbed_at = -_SCRUB_EVERY_S

    async def export(self, principal: Principal) -> AsyncIterator[str]:
        """Yield one JSON document with everything that is kept of the shopper, a record at a time."""
        head = {"schema": EXPORT_SCHEMA, "made_at": instant(datetime.now(UTC)), "subject": principal.subject}
        yield json.dumps(head)[:-1]
        async for name, records in self._books.exports.parts(principal):
            yield f", {json.dumps(name)}: ["
            async for text in _joined(records):
                yield text
            yield "]"
        yield ', "pictures": ['
        async for text in _joined(self._pictures(principal.subject)):
            yield text
        yield "]}\n"

    async def _pictures(self, subject: str) -> AsyncIterator[dict[str, Any]]:
        for session_id in await self._books.privacy.sessions(subject):
            for kept in await self._uploads.kept(subject, session_id):
                told = {"image_id": kept.image_id, "bytes": kept.size, "kept_at": instant(kept.kept_at)}
                yield {"session_id": session_id, **told}

    async def erase(self, subject: str) -> None:
        """Forget a shopper everywhere.

        What was bought stays in the books without anybody to find it by. The books, which come first, are all or
        nothing; what a crash or a store that fails leaves undone after them is done later.

        Raises:
            Refused: Money of theirs is on the move, or an answer is being written; nothing was changed.
            Unavailable: The books can't be written; nothing was changed.
        """
        erased = await self._books.privacy.erase(subject, folder_of)
        await self._keep_in_journal([erased])
        self._scrub_due = True
        try:
            await self._finish(erased)
            if time.monotonic() - self._scrubbed_at >= _SCRUB_EVERY_S:
                await self.scrub()
        except (Unavailable, *STORE_ERRORS):
            _log.exception("what an erased shopper left outside the books is still there; trying again later")

    async def erase_conversation(self, principal: Principal) -> None:
        """Forget one conversation: what was said and shown, what the planner remembers of it, and its pictures.

        What a crash leaves outside the books is let go of by `retain`.

        Raises:
            Refused: Money is on the move, or an answer is being written; nothing was changed.
            Unavailable: The books can't be written; nothing was changed.
        """
        await self._books.privacy.erase_conversation(principal)
        self._scrub_due = True
        await self._saver.adelete_thread(principal.session_id)
        await self._uploads.forget([folder_of(principal.subject, principal.session_id)])
        if time.monotonic() - self._scrubbed_at >= _SCRUB_EVERY_S:
            await self.scrub()

    async def forget_notes(self, principal: Principal, keys: Sequence[str] | None = None) -> int:
        """Forget entries of what was asked to be remembered, by key or all, and every trace of them.

        What was said of them is blotted in the shopper's conversations, and the planner remembers those no more.

        Raises:
            Unavailable: The books can't be written; nothing was changed.
        """
        memory = self._books.memory
        gone = await memory.forget_all(principal) if keys is None else await memory.forget(principal, keys)
        if gone:
            self._scrub_due = True
            for session_id in gone.sessions:
                await self._saver.adelete_thread(session_id)
            if time.monotonic() - self._scrubbed_at >= _SCRUB_EVERY_S:
                await self.scrub()
        return gone.count

    async def scrub(self) -> None:
        """Write the files anew from which something was erased, so that no byte of it is left in them."""
        async with self._scrubbing:
            if not self._scrub_due:
                return
            await self._books.scrub()
            await self._saver.ascrub()
            self._scrub_due = False
            self._scrubbed_at = time.monotonic()

    async def catch_up(self) -> int:
        """Finish erasures that a crash cut short, and erase again who came back with an older copy of the books.

        Returns:
            How many came back and are gone again.
        """
        known = await self._books.privacy.all()
        listed = await self._read_journal()
        missing = [one for one in listed if one.pseudonym not in known]
        if missing:
            await self._books.privacy.remember(missing)
        again = sum([await self._erase_again(subject) for subject in await self._books.privacy.returned()])
        named = {one.pseudonym for one in listed}
        await self._keep_in_journal([Erased(name, at) for name, at in known.items() if name not in named])
        await self._finish_noted()
        return again

    async def retain(self) -> dict[str, int]:
        """Let go of everything whose time is over; returns how many of each went."""
        await self._finish_noted()
        gone = await self._books.retention.purge(self._keeping.periods)
        outlived = await self._books.retention.outlived(self._keeping.periods)
        gone["owners of old orders"] = sum([await self._erase_again(subject) for subject in outlived])
        resting = await self._books.retention.resting(await self._saver.athreads(), self._keeping.memory)
        for session_id in resting:
            await self._saver.adelete_thread(session_id)
        gone |= {"memories": len(resting), "pictures": await self._uploads.sweep()}
        return gone

    async def _erase_again(self, subject: str) -> bool:
        try:
            await self.erase(subject)
        except Refused as refusal:
            # Money is on the move in the older copy: the next round asks again.
            _log.warning("somebody who has to be forgotten is still here (%s)", refusal.code)
            return False
        return True

    async def _finish_noted(self) -> None:
        for erased in await self._books.privacy.unfinished():
            await self._finish(erased)
            self._scrub_due = True

    async def _finish(self, erased: Erased) -> None:
        for trace in erased.traces:
            await self._saver.adelete_thread(trace.session_id)
        await self._uploads.forget(trace.uploads for trace in erased.traces)
        await self._books.privacy.finished(erased.pseudonym)

    async def _read_journal(self) -> list[Erased]:
        try:
            return await self._journal.read()
        except (OSError, ValueError) as error:
            _log.error("the erasure journal %s can't be read (%s)", self._journal.path, error)
            return []

    async def _keep_in_journal(self, erased: Sequence[Erased]) -> None:
        try:
            await self._journal.add(erased)
        except OSError as error:
            path = self._journal.path
            _log.error("an erasure is not in the journal %s (%s); set AISLE_ERASURE_JOURNAL", path, error.strerror)


async def _joined(records: AsyncIterator[dict[str, Any]]) -> AsyncIterator[str]:
    between = ""
    async for record in records:
        yield between + json.dumps(record, ensure_ascii=False, default=_written)
        between = ", "


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return instant(value)
    raise TypeError(f"{type(value)} in an export")
