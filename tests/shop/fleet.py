"""Several processes with books of their own on the same database, told what to do all at once."""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from typing import Any

from shop.books import _sandbox

PROCESSES = 4

CHILD = """
import asyncio, json, sys
from datetime import timedelta
from pathlib import Path
from policies.errors import Refused, Unavailable
from policies.limits import load_policy
from policies.principal import Principal, Scope
from shop.books import BookSettings, open_books
from shop.clock import utc_now
from shop.db import DatabaseSettings
from shop.merchants.sandbox import open_sandbox


async def purchase(books, who, variant):
    await books.carts.add(who, variant)
    quote = await books.quotes.prepare(who)
    card = await books.gate.render(who, quote.quote_id)
    return await books.gate.approve(who, card.quote_id, card.digest, card.challenge)


async def one(books, name, subject, *rest):
    who = Principal(subject, rest[0] if rest else "", frozenset(Scope))
    calls = {
        "press": lambda: books.gate.approve(who, *rest[1:]),
        "add": lambda: books.carts.add(who, rest[1]),
        "remove": lambda: books.carts.undo(who),
        "decline": lambda: books.gate.decline(who, rest[1]),
        "price": lambda: books.merchant.set_offer(rest[1], price=rest[2]),
        "stock": lambda: books.merchant.retire(rest[1]),
        "guest": lambda: books.shoppers.ensure_guest(who),
        "purchase": lambda: purchase(books, who, rest[1]),
        "drive": lambda: books.worker.drive(subject),
        "event": lambda: books.conversations.append_event(rest[0], None, "notice", {}),
        "turn": lambda: books.conversations.begin_turn(rest[0], rest[1], "hello"),
        "viewed": lambda: books.behaviour.viewed(who, rest[1]),
    }
    try:
        done = await calls[name]()
    except Refused as refused:
        return refused.code
    except Unavailable as error:
        return f"unavailable: {error}"
    return getattr(done, "intent_id", None) or "done"


async def main():
    url, payments = json.loads(sys.argv[1])
    settings = BookSettings(url, Path("unused"), load_policy(), b"a key for tests, 32 bytes long..")
    books = await open_books(settings, "gate", payments=await open_sandbox(DatabaseSettings(**payments)))
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        results = await asyncio.gather(*[one(books, *move) for move in json.loads(line)])
        print(json.dumps(results), flush=True)
    await books.aclose()


asyncio.run(main())
"""


class Fleet:
    """`PROCESSES` children; `run` hands each a list of moves and starts them together."""

    def __init__(self, children: list[asyncio.subprocess.Process]) -> None:
        self._children = children

    async def run(self, *lists: list[list[Any]]) -> list[str]:
        """Return what became of every move; each list of moves goes to one process, and all its moves run at once."""
        for child, moves in zip(self._children, lists, strict=True):
            assert child.stdin is not None
            child.stdin.write(json.dumps(moves).encode() + b"\n")
        answers = await asyncio.gather(*[_line(child) for child in self._children])
        return [result for answer in answers for result in json.loads(answer)]

    async def spread(self, moves: list[list[Any]]) -> list[str]:
        """Deal the moves out to the processes like cards."""
        return await self.run(*[moves[number :: len(self._children)] for number in range(len(self._children))])

    async def close(self) -> None:
        for child in self._children:
            assert child.stdin is not None
            child.stdin.close()
        await asyncio.gather(*[child.wait() for child in self._children])


async def start(till: Any) -> Fleet:
    where = json.dumps([till.settings.database_url, asdict(_sandbox(till.settings))])
    pipe = asyncio.subprocess.PIPE
    program = (sys.executable, "-c", CHILD, where)
    children = [
        await asyncio.create_subprocess_exec(*program, stdin=pipe, stdout=pipe, cwd=os.getcwd())
        for _ in range(PROCESSES)
    ]
    for child in children:
        assert await _line(child) == b"ready\n"
    return Fleet(children)


async def _line(child: asyncio.subprocess.Process) -> bytes:
    assert child.stdout is not None
    return await child.stdout.readline()
