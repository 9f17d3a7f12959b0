"""What a conversation remembers comes back the same from either store, without old copies and without foreign types."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph

from assistant.checkpoints import open_saver
from assistant.checkpoints_postgres import open_postgres_saver
from assistant.state import ConversationState
from policies.errors import Unavailable
from policies.principal import Principal
from tests.places import Server

Config = Any


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    name = server.database("template")
    yield server.url(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> AbstractAsyncContextManager[BaseCheckpointSaver[str]]:
    if request.param == "sqlite":
        return open_saver(tmp_path / "conversations.sqlite")
    return open_postgres_saver(request.getfixturevalue("database"))


@pytest.fixture
async def saver(
    store: AbstractAsyncContextManager[BaseCheckpointSaver[str]],
) -> AsyncGenerator[BaseCheckpointSaver[str]]:
    async with store as saver:
        yield saver


def config_of(thread: str) -> Config:
    return {"configurable": {"thread_id": thread}}


def graph_of(saver: BaseCheckpointSaver[str]) -> Any:
    async def answer(state: ConversationState) -> dict[str, Any]:
        return {"messages": [AIMessage("Two desks.\x00")], "shown": ["fen", "sö\x00"], "route": "rules"}

    graph = StateGraph(ConversationState)
    graph.add_node("answer", answer)
    graph.add_edge(START, "answer")
    return graph.compile(checkpointer=saver)


async def count(saver: BaseCheckpointSaver[str], thread: str) -> int:
    return len([one async for one in saver.alist(config_of(thread))])


async def test_a_conversation_comes_back_and_only_its_latest_copy_is_kept(saver):
    graph = graph_of(saver)
    for thread in ("ses_1", "ses_2", "ses_1"):
        await graph.ainvoke({"messages": [HumanMessage("a desk \x00")], "steps": 1}, config_of(thread))
        await saver.aprune([thread])
    assert await count(saver, "ses_1") == 1
    values = (await graph.aget_state(config_of("ses_1"))).values
    assert [type(message).__name__ for message in values["messages"]] == ["HumanMessage", "AIMessage"] * 2
    assert (values["shown"], values["steps"]) == (["fen", "sö\x00"], 1)
    await saver.aprune(["ses_1"], strategy="delete")
    assert await count(saver, "ses_1") == 0
    assert await count(saver, "ses_2") == 1


async def test_types_of_our_own_are_not_read_back(saver):
    graph = graph_of(saver)
    strange = {"messages": [HumanMessage("hello")], "records": [{"who": Principal("guest:anna", "ses")}]}
    await graph.ainvoke(strange, config_of("ses_1"))
    values = (await graph.aget_state(config_of("ses_1"))).values
    assert not isinstance(values["records"][0]["who"], Principal)


async def test_servers_that_start_at_once_make_the_tables_once(database):
    async def start() -> int:
        async with open_postgres_saver(database) as saver:
            return await count(saver, "nobody")

    assert await asyncio.gather(*[start() for _ in range(4)]) == [0] * 4


async def test_the_store_is_used_in_the_planners_role(database):
    async with open_postgres_saver(database) as saver, saver._cursor() as cursor:  # type: ignore[attr-defined]
        row = await (await cursor.execute("SELECT current_user AS me")).fetchone()
        assert row == {"me": "aisle_planner"}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await cursor.execute("DELETE FROM intents")


async def test_a_server_that_is_not_there_is_said_so():
    async def start() -> None:
        async with open_postgres_saver("postgresql+psycopg://nobody@127.0.0.1:9/none"):
            raise AssertionError

    with pytest.raises(Unavailable):
        await start()
