"""The shopper's right to be forgotten, as far as the books go; other stores follow what is noted here."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, delete, exists, null, select, union, update

from policies.errors import Refused
from policies.principal import Principal
from shop.change_tables import order_changes
from shop.context import ShopContext
from shop.erasing import Erased, Trace, erase, note, sessions_of, why_not
from shop.event_tables import behaviour
from shop.privacy_tables import erasures
from shop.tables import carts, intents, orders, quotes, shoppers
from shop.talk_tables import events, sessions, turns
from shop.transitions import ACTIVE_QUOTE
from shop.voids import supersede_active

_KNOWN = select(erasures.c.pseudonym).where(erasures.c.pseudonym == bindparam("pseudonym"))
_ALL = select(erasures.c.pseudonym, erasures.c.at)
_UNFINISHED = select(erasures).where(erasures.c.unfinished.is_not(None)).order_by(erasures.c.at)
_FINISHED = update(erasures).where(erasures.c.pseudonym == bindparam("which")).values(unfinished=null())
_ON_THEIR_WAY = ("placed", "captured", "changing", "shipped")
_UNDELIVERED = select(orders.c.order_id).where(
    orders.c.subject == bindparam("whose"), orders.c.state.in_(_ON_THEIR_WAY)
)
_SUBJECTS = union(
    *(
        select(table.c.subject).where(table.c.subject.not_like("erased:%"))
        for table in (shoppers, sessions, carts, quotes, intents, orders, order_changes)
    )
)
_SESSION: BindParameter[str] = bindparam("which")
_MINE = select(
    exists().where(quotes.c.session_id == _SESSION, quotes.c.state.in_(ACTIVE_QUOTE)).label("asks_for_a_press")
).where(exists().where(sessions.c.session_id == _SESSION, sessions.c.subject == bindparam("whose")))
_OF_A_CONVERSATION = (behaviour, events, turns, sessions)
_CONVERSATION = tuple(delete(table).where(table.c.session_id == _SESSION) for table in _OF_A_CONVERSATION)


class Privacy:
    """Forgets shoppers, and remembers by pseudonym alone whom."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def obstacle(self, p: Principal) -> Refused | None:
        """Return why the shopper can't be forgotten now, None when they can; an open answer can be stopped."""
        async with self._context.database.reading() as connection:
            refusal = await why_not(connection, p.subject)
        return None if refusal is None or refusal.code == "turn_running" else refusal

    async def undelivered(self, p: Principal) -> list[str]:
        """Return the ids of the shopper's orders that did not arrive yet, as far as the shop was told."""
        async with self._context.database.reading() as connection:
            return list((await connection.execute(_UNDELIVERED, {"whose": p.subject})).scalars())

    async def sessions(self, subject: str) -> tuple[str, ...]:
        """Return the ids of the shopper's conversations."""
        async with self._context.database.reading() as connection:
            return await sessions_of(connection, subject)

    async def erase(self, subject: str, uploads_of: Callable[[str, str], str]) -> Erased:
        """Take a shopper out of the books, all or nothing.

        Args:
            subject: Whom.
            uploads_of: Names the folder of a subject's pictures in a conversation.

        Returns:
            What is left to remove elsewhere; it stays noted until `finished`.

        Raises:
            Refused: "money_moving", "order_changing" or "turn_running"; nothing was changed.
        """
        context = self._context
        async with context.database.writing(subject) as connection:
            refusal = await why_not(connection, subject)
            if refusal is not None:
                raise refusal
            ids = await sessions_of(connection, subject)
            traces = tuple(Trace(session_id=one, uploads=uploads_of(subject, one)) for one in ids)
            erased = Erased(context.audit.pseudonym(subject), context.now(), traces)
            await erase(connection, context, subject, erased)
        return erased

    async def erase_conversation(self, p: Principal) -> None:
        """Take one conversation of the shopper's out of the books; cart, orders, notes and cases stay.

        Its open order card can't be pressed any more. One that is not theirs, or no more, is left as it is.

        Raises:
            Refused: As `erase`, since what becomes of an order is told in its conversation; nothing was changed.
        """
        context = self._context
        async with context.database.writing() as connection:
            row = (await connection.execute(_MINE, {"which": p.session_id, "whose": p.subject})).one_or_none()
            if row is None:
                return
            refusal = await why_not(connection, p.subject)
            if refusal is not None:
                raise refusal
            if row.asks_for_a_press:
                await supersede_active(connection, context, p.subject, "conversation_deleted", context.now())
            for statement in _CONVERSATION:
                await connection.execute(statement, {"which": p.session_id})

    async def erased(self, subject: str) -> bool:
        """Say whether somebody of that name was forgotten; nothing of theirs may begin again."""
        pseudonym = {"pseudonym": self._context.audit.pseudonym(subject)}
        async with self._context.database.reading() as connection:
            return (await connection.execute(_KNOWN, pseudonym)).one_or_none() is not None

    async def unfinished(self) -> list[Erased]:
        """Return whose traces outside the books may still be there, oldest first."""
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(_UNFINISHED)).mappings().all()
        return [Erased(row["pseudonym"], row["at"], tuple(Trace(**each) for each in row["unfinished"])) for row in rows]

    async def finished(self, pseudonym: str) -> None:
        """Note that no trace of an erased shopper is left outside the books either."""
        async with self._context.database.writing("erasures") as connection:
            await connection.execute(_FINISHED, {"which": pseudonym})

    async def all(self) -> dict[str, datetime]:
        """Return the pseudonyms of all who were erased, and when."""
        async with self._context.database.reading() as connection:
            return {row.pseudonym: row.at for row in await connection.execute(_ALL)}

    async def remember(self, known: Iterable[Erased]) -> None:
        """Note erasures that these books don't know, as after restoring an older copy."""
        async with self._context.database.writing("erasures") as connection:
            for one in known:
                await note(connection, one)

    async def returned(self) -> list[str]:
        """Return the subjects who were erased and are in the books all the same: an older copy brought them back."""
        known = await self.all()
        if not known:
            return []
        async with self._context.database.reading() as connection:
            subjects = list((await connection.execute(_SUBJECTS)).scalars())
        return [subject for subject in subjects if self._context.audit.pseudonym(subject) in known]
