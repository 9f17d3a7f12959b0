"""One shopper message in, a stream of events out; also takes wake-ups after an approval."""

# pyright: reportUnknownMemberType=false
# LangGraph's run methods take untyped keyword arguments.

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field, replace
from weakref import WeakValueDictionary

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import Command
from pydantic import TypeAdapter

from assistant.accounts import done, metered
from assistant.checkpoints import STORE_ERRORS
from assistant.events import Event, Problem, StoredEvent
from assistant.graph import REPORT, WAITING, Graph
from assistant.notes import Note
from assistant.pace import Pace
from assistant.page import entered
from assistant.pictures import WORDLESS, shopper_message
from assistant.settled import outcome_update
from assistant.state import Page, TurnContext
from assistant.stream import EventStream, Told
from policies.content import clean_message
from policies.errors import Refused, Unavailable
from policies.principal import Principal
from shop.books import PlannerBooks
from shop.views import TurnRow, TurnState
from tools.memory import entry

_log = logging.getLogger(__name__)
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_OVER = ("done", "error")
# What a repeated turn ends with when its server died before it could end it.
_LOST = Problem(
    code="turn_lost", status=503, title="Lost", detail="That answer was lost when the shop restarted. Please ask again."
)


@dataclass(frozen=True, slots=True)
class ShopperMessage:
    """What a shopper sent in one turn.

    Args:
        text: Words as received; cleaned before use.
        client_turn_id: Chosen by the client; a repeat returns the same turn.
        image_ids: Ids of cleaned uploads.
        page: Where on the shop's pages the shopper is.
    """

    text: str
    client_turn_id: str
    image_ids: tuple[str, ...] = ()
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """How large and how long a turn may be."""

    max_message_chars: int
    deadline_s: float
    grace_s: float


@dataclass(slots=True)
class _Running:
    session_id: str
    task: "asyncio.Task[None]"
    readers: int = 0
    leaving: asyncio.TimerHandle | None = field(default=None)


class Assistant:
    """Runs turns of all conversations of one process."""

    def __init__(
        self,
        graph: Graph,
        saver: BaseCheckpointSaver[str],
        books: PlannerBooks,
        context_of: Callable[[Principal], TurnContext],
        limits: TurnLimits,
        pace: Pace,
    ) -> None:
        self._graph = graph
        self._saver = saver
        self._books = books
        self._context = context_of
        self._limits = limits
        self._pace = pace
        self._stream = EventStream(books.conversations)
        # A conversation's lock lives as long as somebody holds or awaits it.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._running: dict[str, _Running] = {}
        # Turns whose end could not be written, by session: the next message writes it first, or is told why it waits.
        self._unended: dict[str, tuple[str, TurnState]] = {}

    async def turn(self, principal: Principal, message: ShopperMessage) -> AsyncIterator[StoredEvent]:
        """Answer one message.

        A repeated `client_turn_id` yields the same turn's events again, also while it still runs. The turn
        goes on when its reader leaves, and is cancelled when nobody has read it for the grace period.

        Raises:
            TurnRunning: Another turn of this conversation is not finished.
            Refused: The message is empty or too long, was one too many, or the shop switched talking off.
            Unavailable: The books can't be written, or the turn before could not be ended yet.
        """
        words = message.text.strip() or (WORDLESS if message.image_ids else "")
        text = clean_message(words, self._limits.max_message_chars)
        conversations = self._books.conversations
        await self._keep_pace(principal, message.client_turn_id)
        await self._end_late(principal.session_id)
        row = await conversations.begin_turn(principal.session_id, message.client_turn_id, text, message.image_ids)
        with self._stream.listen(principal.session_id) as queue:
            if row.fresh:
                said = shopper_message(text, message.image_ids, row.turn_id)
                task = asyncio.create_task(self._run(principal, row, said, message.page))
                self._running[row.turn_id] = _Running(principal.session_id, task)
                task.add_done_callback(lambda _: self._running.pop(row.turn_id, None))
            self._joined(row.turn_id)
            try:
                async for event in self._turn_events(principal.session_id, row, queue):
                    yield event
            finally:
                self._left(row.turn_id)

    async def _keep_pace(self, principal: Principal, client_turn_id: str) -> None:
        """Refuse a message too many; a turn that is only read again is none."""
        try:
            self._pace.message(principal)
        except Refused:
            if not await self._books.conversations.has_turn(principal.session_id, client_turn_id):
                raise

    async def _turn_events(
        self, session_id: str, row: TurnRow, queue: "asyncio.Queue[Told | None]"
    ) -> AsyncIterator[StoredEvent]:
        last = -1
        if not row.fresh:
            for stored in await self._books.conversations.events_of_turn(session_id, row.turn_id):
                last = stored.seq
                yield StoredEvent(stored.seq, stored.event, dict(stored.data))
                if stored.event in _OVER:
                    return
            if row.turn_id not in self._running:
                yield StoredEvent(-1, _LOST.name, _LOST.model_dump(exclude={"name"}))
                return
        while (told := await queue.get()) is not None:
            if told.turn_id == row.turn_id and (told.event.seq > last or told.event.seq < 0):
                yield told.event
                if told.event.event in _OVER:
                    return

    async def events(self, principal: Principal, after: int) -> AsyncIterator[StoredEvent]:
        """Yield everything that happens in a session after `after`, turns and what lies outside them."""
        async for told in self.follow(principal, after):
            yield told.event

    async def follow(self, principal: Principal, after: int) -> AsyncIterator[Told]:
        """Yield the same as `events`, each with the turn it belongs to."""
        async for told in self._stream.follow(principal.session_id, after):
            yield told

    async def wake(self, principal: Principal, quote_id: str) -> None:
        """Say what became of a quote; lost, repeated or forged wake-ups and deleted conversations change nothing."""
        async with self._lock(principal):
            if await self._books.conversations.session(principal.session_id) is not None:
                await self._speak_outcome(principal, quote_id)

    async def leave(self, session_ids: Collection[str]) -> None:
        """Stop the turns of these conversations that run here, and return when they are over."""
        tasks = [running.task for running in self._running.values() if running.session_id in session_ids]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def aclose(self) -> None:
        """End readers and cancel running turns."""
        self._stream.close()
        tasks = [running.task for running in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _lock(self, principal: Principal) -> asyncio.Lock:
        lock = self._locks.get(principal.session_id)
        if lock is None:
            lock = self._locks[principal.session_id] = asyncio.Lock()
        return lock

    def _joined(self, turn_id: str) -> None:
        running = self._running.get(turn_id)
        if running is not None:
            running.readers += 1
            if running.leaving is not None:
                running.leaving.cancel()
                running.leaving = None

    def _left(self, turn_id: str) -> None:
        running = self._running.get(turn_id)
        if running is not None:
            running.readers -= 1
            if running.readers == 0:
                loop = asyncio.get_running_loop()
                running.leaving = loop.call_later(self._limits.grace_s, running.task.cancel)

    async def _run(self, principal: Principal, row: TurnRow, said: HumanMessage, page: Page | None) -> None:
        """Run one turn to its last event; the outermost handler of everything that can go wrong in it."""
        context = replace(self._context(principal), meter=metered(principal, row.turn_id), page=page)
        state: TurnState = "failed"
        last = None
        try:
            async with asyncio.timeout(self._limits.deadline_s), self._lock(principal):
                await self._converse(context, said)
            state, last = "done", done(context.meter)
        except asyncio.CancelledError:
            state, last = "cancelled", problem("cancelled", 499, "Stopped", "This answer was stopped. Ask again.")
            raise
        except Refused as error:
            last = problem(error.code, 422, "Not possible", error.text)
        except TimeoutError:
            last = problem("timeout", 504, "Too slow", "That took too long, so I stopped. Try again, or ask for less.")
        except (Unavailable, *STORE_ERRORS):
            _log.exception("a store could not be used in turn %s", row.turn_id)
            last = problem("unavailable", 503, "Unavailable", "I can't reach the shop's records now. Try again soon.")
        except Exception:  # noqa: BLE001  # The outermost handler: the shopper gets a sentence, the log the bug.
            _log.exception("turn %s failed", row.turn_id)
            last = problem("internal", 500, "Our mistake", "Sorry, that broke on our side. Ask again in other words.")
        finally:
            if last is not None:
                await context.accounts.close(context.meter, state)
                await self._finish(principal.session_id, row.turn_id, state, last)

    async def _finish(self, session_id: str, turn_id: str, state: TurnState, last: Event) -> None:
        self._unended[session_id] = (turn_id, state)
        try:
            await self._end_late(session_id)
            await self._stream.publish(session_id, turn_id, last)
        except Unavailable:
            # Nothing can be stored; whoever reads now is told all the same, with a seq that resumes nowhere.
            told = problem("unavailable", 503, "Unavailable", "I can't reach the shop's records now. Try again soon.")
            self._stream.tell(session_id, Told(turn_id, StoredEvent(-1, told.name, told.model_dump(exclude={"name"}))))

    async def _end_late(self, session_id: str) -> None:
        late = self._unended.get(session_id)
        if late is not None:
            await self._books.conversations.finish_turn(*late)
            self._unended.pop(session_id, None)

    async def _converse(self, context: TurnContext, said: HumanMessage) -> None:
        principal, meter = context.principal, context.meter
        snapshot = await self._graph.aget_state(_config(principal))
        meter.previous = str(snapshot.values.get("model", ""))
        if snapshot.next == (WAITING,):
            await self._speak_outcome(principal, str(snapshot.values["quote_id"]))
        run = self._graph.astream(
            await entered(said, snapshot.values, context),  # pyright: ignore[reportArgumentType]  # A partial state.
            _config(principal),
            context=replace(context, notes=await self._notes(principal)),
            stream_mode="custom",
            durability="exit",
        )
        with context.accounts.turn(meter):
            async for data in run:
                await self._stream.publish(principal.session_id, meter.turn_id, _EVENT.validate_python(data))
        await self._saver.aprune([principal.session_id])

    async def _notes(self, principal: Principal) -> tuple[Note, ...]:
        return tuple(entry(kept) for kept in await self._books.memory.current(principal))

    async def _speak_outcome(self, principal: Principal, quote_id: str) -> None:
        """Tell the conversation once what the books say of a settled quote."""
        update = await outcome_update(self._context(principal), quote_id)
        snapshot = await self._graph.aget_state(_config(principal))
        told = {str(m.id) for m in snapshot.values.get("messages", [])}
        if update is None or update.message_id in told:
            return
        for event in update.events:
            await self._stream.publish(principal.session_id, None, event)
        if snapshot.next == (WAITING,) and snapshot.values["quote_id"] == quote_id:
            wake = Command(resume={snapshot.interrupts[0].id: "wake"})
            await self._graph.ainvoke(wake, _config(principal), context=self._context(principal), durability="exit")
        else:
            await self._graph.aupdate_state(_config(principal), {"messages": [update.message]}, as_node=REPORT)


def problem(code: str, status: int, title: str, detail: str) -> Problem:
    """Return the last event of a turn that could not finish."""
    return Problem(code=code, status=status, title=title, detail=detail)


def _config(principal: Principal) -> RunnableConfig:
    return {"configurable": {"thread_id": principal.session_id}, "recursion_limit": 64}
