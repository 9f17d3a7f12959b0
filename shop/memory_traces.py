"""Takes what a forgotten entry left in conversations: the words that asked for it, and answers that told it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shop.talk_tables import events, sessions, turns

BLOTTED = "[forgotten]"
JOINED = " … "
"""Between the messages that an entry's words come from."""
_SUBJECT: BindParameter[str] = bindparam("whose")
_MINE = select(sessions.c.session_id).where(sessions.c.subject == _SUBJECT)
_SAID = select(turns.c.turn_id, turns.c.session_id, turns.c.text).where(turns.c.session_id.in_(_MINE))
_TOLD = (
    select(events.c.session_id, events.c.seq, events.c.turn_id, events.c.data)
    .where(events.c.event == "text", events.c.session_id.in_(_MINE))
    .order_by(events.c.session_id, events.c.seq)
)
_BLOT_TURN = update(turns).where(turns.c.turn_id == bindparam("which")).values(text=BLOTTED)
_BLOT_EVENT = (
    update(events)
    .where(events.c.session_id == bindparam("of"), events.c.seq == bindparam("at"))
    .values(data=bindparam("put"))
)


async def blot(connection: AsyncConnection, subject: str, phrases: Sequence[str], words: Sequence[str]) -> list[str]:
    """Blot the messages with these words, and the answers that say one of the phrases, within a transaction.

    Args:
        connection: In a write.
        subject: Whose conversations.
        phrases: How the entries are told: 'no leather'.
        words: The shopper's own, as they are kept with the entries.

    Returns:
        The conversations in which something stood.
    """
    whose = {"whose": subject}
    parts = {part for each in words for part in (each, *each.split(JOINED)) if part}
    touched: dict[str, None] = {}
    for turn_id, session_id, text in (await connection.execute(_SAID, whose)).all():
        if any(text.startswith(part) for part in parts):
            await connection.execute(_BLOT_TURN, {"which": turn_id})
            touched[session_id] = None
    answers: dict[tuple[str, Any], list[Any]] = {}
    for row in (await connection.execute(_TOLD, whose)).all():
        answers.setdefault((row.session_id, row.turn_id), []).append(row)
    sought = [each.casefold() for each in (*phrases, *parts)]
    for (session_id, _), rows in answers.items():
        whole = "".join(str(row.data.get("delta", "")) for row in rows).casefold()
        if any(each in whole for each in sought):
            touched[session_id] = None
            for row in rows:
                put = {"delta": BLOTTED if row is rows[0] else ""}
                await connection.execute(_BLOT_EVENT, {"of": session_id, "at": row.seq, "put": put})
    return list(touched)
