"""Conversations: sessions, their turns, and the events each turn showed. Nothing here moves money."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.words import DEFAULT_LOCALE, say
from shop.context import ShopContext
from shop.events import Event, append
from shop.talk_tables import events, sessions, turns
from shop.views import ConversationRow, EventRow, SessionRow, TranscriptTurn, TurnRow, TurnState

_SHOWN = (
    select(events.c.data)
    .where(events.c.event == "products")
    .order_by(events.c.session_id.desc(), events.c.seq.desc())
    .limit(bindparam("latest"))
)
_RENAME = (
    update(sessions)
    .where(sessions.c.session_id == bindparam("which"), sessions.c.subject == bindparam("whose"))
    .values(title=bindparam("called"))
)


class TurnRunning(Refused):
    """Another turn of this session is still being answered (HTTP 409)."""

    def __init__(self, session_id: str) -> None:
        super().__init__("turn_running", say(DEFAULT_LOCALE, "turn_running"), {"session_id": session_id})


class Conversations:
    """Writes and reads sessions, turns and events; the caller has checked who may see a session."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def create_session(
        self, subject: str, origin: str, expires_at: datetime, session_id: str | None = None
    ) -> str:
        """Start a session and return its id; `origin` is the web origin or "terminal".

        A caller may choose the id. One that is taken is left as it is, whoever owns it.
        """
        now = self._context.now()
        session_id = session_id or f"ses_{secrets.token_urlsafe(16)}"
        row = {"session_id": session_id, "subject": subject, "origin": origin, "created_at": now, "last_seen_at": now}
        async with self._context.database.writing(session_id) as connection:
            if await _session(connection, session_id, lock=True) is None:
                await connection.execute(insert(sessions).values(**row, expires_at=expires_at, last_seq=0))
        return session_id

    async def session(self, session_id: str) -> SessionRow | None:
        """Return a session, or None when there is none."""
        async with self._context.database.reading() as connection:
            row = await _session(connection, session_id)
        if row is None:
            return None
        return SessionRow(**{name: row[name] for name in SessionRow.model_fields})

    async def of_subject(
        self, subject: str, limit: int, after: str | None = None, containing: str = ""
    ) -> list[ConversationRow]:
        """Return the subject's conversations in which something was said, newest first.

        Args:
            subject: Whose.
            limit: How many at most.
            after: The session_id of the last one already seen; another's or an unknown one leaves nothing.
            containing: Only those whose first words or name contain this.
        """
        named = turns.c.text.icontains(containing, autoescape=True) | sessions.c.title.icontains(
            containing, autoescape=True
        )
        query = (
            select(sessions.c.session_id, sessions.c.created_at, turns.c.text.label("first_words"), sessions.c.title)
            .join(turns, (turns.c.session_id == sessions.c.session_id) & (turns.c.position == 1))
            .where(sessions.c.subject == subject, named)
        )
        if after is not None:
            seen = select(sessions.c.created_at, sessions.c.session_id)
            seen = seen.where(sessions.c.session_id == after, sessions.c.subject == subject)
            query = query.where(tuple_(sessions.c.created_at, sessions.c.session_id) < seen.scalar_subquery())
        query = query.order_by(sessions.c.created_at.desc(), sessions.c.session_id.desc()).limit(limit)
        async with self._context.database.reading() as connection:
            return [ConversationRow(**row) for row in (await connection.execute(query)).mappings().all()]

    async def rename(self, subject: str, session_id: str, title: str) -> None:
        """Give a conversation of the subject's own a name; "" takes it back. Another's stays as it is."""
        async with self._context.database.writing(session_id) as connection:
            await connection.execute(_RENAME, {"whose": subject, "which": session_id, "called": title})

    async def searches_without_result(self, latest: int = 5000) -> list[tuple[str, int]]:
        """Return what shoppers' searches found nothing for, as asked of the index, and how often; most often first.

        Args:
            latest: Only this many showings of products are looked at, the newest.
        """
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(_SHOWN, {"latest": latest})).scalars().all()
        asked = (str(data.get("query", "")).strip().lower() for data in rows if not data.get("items"))
        return Counter(query for query in asked if query).most_common()

    async def touch(self, session_id: str, expires_at: datetime | None = None) -> None:
        """Note that the shopper was here, and optionally move the session's end."""
        values: dict[str, Any] = {"last_seen_at": self._context.now()}
        values |= {} if expires_at is None else {"expires_at": expires_at}
        async with self._context.database.writing(session_id) as connection:
            await connection.execute(update(sessions).where(sessions.c.session_id == session_id).values(**values))

    async def begin_turn(
        self, session_id: str, client_turn_id: str, text: str, image_ids: Sequence[str] = ()
    ) -> TurnRow:
        """Begin a turn; one that had the same `client_turn_id` is returned as it is (`fresh` False), running or over.

        Raises:
            TurnRunning: Another turn of this session is running.
            LookupError: There is no such session.
        """
        async with self._context.database.writing(session_id) as connection:
            session = await _session(connection, session_id, lock=True)
            if session is None:
                raise LookupError(f"no session {session_id}")
            mine = turns.c.session_id == session_id
            same = select(turns).where(mine, turns.c.client_turn_id == client_turn_id)
            known = (await connection.execute(same)).mappings().one_or_none()
            if known is not None:
                return _turn(known, fresh=False)
            running = select(turns.c.turn_id).where(mine, turns.c.state == "running")
            if (await connection.execute(running)).scalar_one_or_none() is not None:
                raise TurnRunning(session_id)
            last = select(turns.c.position).where(mine).order_by(turns.c.position.desc()).limit(1)
            row: dict[str, Any] = {
                "turn_id": f"turn_{secrets.token_urlsafe(12)}",
                "session_id": session_id,
                "client_turn_id": client_turn_id,
                "position": ((await connection.execute(last)).scalar_one_or_none() or 0) + 1,
                # Half a character pair or a null character can't be kept everywhere: a question mark stands for it.
                "text": text.encode("utf-8", "replace").decode().replace("\x00", "?"),
                "image_ids": list(image_ids),
                "state": "running",
                "started_at": self._context.now(),
                "finished_at": None,
            }
            await connection.execute(insert(turns).values(**row))
            return _turn(row, fresh=True)

    async def has_turn(self, session_id: str, client_turn_id: str) -> bool:
        """Tell whether a turn of that name was begun, running or over."""
        query = select(turns.c.turn_id)
        query = query.where(turns.c.session_id == session_id, turns.c.client_turn_id == client_turn_id)
        async with self._context.database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none() is not None

    async def append_event(self, session_id: str, turn_id: str | None, event: str, data: Mapping[str, Any]) -> int:
        """Record one event and return its number within the session, 1 and up without gaps."""
        return (await self.append_events(session_id, turn_id, [(event, data)]))[0]

    async def append_events(
        self, session_id: str, turn_id: str | None, batch: Sequence[tuple[str, Mapping[str, Any]]]
    ) -> list[int]:
        """Record several events in order, all or none; returns their numbers.

        Raises:
            LookupError: There is no such session.
        """
        if not batch:
            return []
        async with self._context.database.writing(session_id) as connection:
            session = await _session(connection, session_id, lock=True)
            if session is None:
                raise LookupError(f"no session {session_id}")
            numbers = [session["last_seq"] + offset for offset in range(1, len(batch) + 1)]
            rows = [
                {"session_id": session_id, "seq": seq, "turn_id": turn_id, "event": event, "data": dict(data)}
                for seq, (event, data) in zip(numbers, batch, strict=True)
            ]
            await connection.execute(insert(events), rows)
            statement = update(sessions).where(sessions.c.session_id == session_id)
            await connection.execute(statement.values(last_seq=numbers[-1]))
            shown = [event for name, data in batch if name == "products" for event in _showing(data, turn_id or "")]
            await append(connection, self._context, (session["subject"], session_id), shown)
        return numbers

    async def events_after(self, session_id: str, seq: int, limit: int | None = None) -> list[EventRow]:
        """Return the session's events after number `seq` (0 for all), oldest first."""
        query = select(events).where(events.c.session_id == session_id, events.c.seq > seq)
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(query.order_by(events.c.seq).limit(limit))).mappings().all()
        return [_event(row) for row in rows]

    async def events_of_turn(self, session_id: str, turn_id: str) -> list[EventRow]:
        """Return everything one turn of the session showed, oldest first."""
        query = select(events).where(events.c.session_id == session_id, events.c.turn_id == turn_id)
        query = query.order_by(events.c.seq)
        async with self._context.database.reading() as connection:
            return [_event(row) for row in (await connection.execute(query)).mappings().all()]

    async def finish_turn(self, turn_id: str, state: TurnState) -> None:
        """End a running turn as `done`, `failed` or `cancelled`; one that is over stays as it is."""
        statement = update(turns).where(turns.c.turn_id == turn_id, turns.c.state == "running")
        async with self._context.database.writing(turn_id) as connection:
            await connection.execute(statement.values(state=state, finished_at=self._context.now()))

    async def abandon_running(self, longest: timedelta = timedelta(0)) -> int:
        """Mark the turns that a crash left running; returns how many there were.

        Args:
            longest: Where several servers share the books, how long a turn may run: younger ones are left alone.
        """
        statement = update(turns).where(turns.c.state == "running", turns.c.started_at <= self._context.now() - longest)
        async with self._context.database.writing("turns") as connection:
            done = await connection.execute(statement.values(state="abandoned", finished_at=self._context.now()))
            return done.rowcount

    async def transcript(self, session_id: str) -> list[TranscriptTurn]:
        """Return the session's turns in order, each with its events."""
        async with self._context.database.reading() as connection:
            said = select(turns).where(turns.c.session_id == session_id).order_by(turns.c.position)
            shown = select(events).where(events.c.session_id == session_id).order_by(events.c.seq)
            turn_rows = (await connection.execute(said)).mappings().all()
            event_rows = (await connection.execute(shown)).mappings().all()
        by_turn: dict[str, list[EventRow]] = {}
        for row in event_rows:
            by_turn.setdefault(row["turn_id"] or "", []).append(_event(row))
        names = ("turn_id", "client_turn_id", "text", "image_ids", "state", "started_at")
        return [
            TranscriptTurn(**{name: row[name] for name in names}, events=tuple(by_turn.get(row["turn_id"], [])))
            for row in turn_rows
        ]


def _showing(data: Mapping[str, Any], turn_id: str) -> list[Event]:
    """Return that products were shown in a row; what is on a page of its own was asked for, not shown."""
    items: Sequence[Mapping[str, Any]] = () if data.get("relation") == "details" else data.get("items", ())
    return [Event("show", item["product_id"], "chat", place, turn_id) for place, item in enumerate(items, 1)]


async def _session(connection: AsyncConnection, session_id: str, *, lock: bool = False) -> RowMapping | None:
    query = select(sessions).where(sessions.c.session_id == session_id)
    return (await connection.execute(query.with_for_update(key_share=True) if lock else query)).mappings().one_or_none()


def _turn(row: Mapping[Any, Any], *, fresh: bool) -> TurnRow:
    names = set(TurnRow.model_fields) - {"fresh"}
    return TurnRow(**{name: row[name] for name in names}, fresh=fresh)


def _event(row: RowMapping) -> EventRow:
    return EventRow(seq=row["seq"], turn_id=row["turn_id"], event=row["event"], data=row["data"])
