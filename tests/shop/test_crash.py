"""Kills the process with SIGKILL between press and capture, then starts again: one order, charged once, or none."""

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict

import pytest

from shop.books import _sandbox
from shop.clock import utc_now

CHILD = '''
import asyncio, json, os, signal, sys
from pathlib import Path
from policies.limits import load_policy
from policies.principal import Principal, Scope
from shop.books import BookSettings, open_books
from shop.db import DatabaseSettings
from shop.merchants.sandbox import open_sandbox

POINT = sys.argv[2]
ANNA = Principal("guest:anna", "ses_anna", frozenset(Scope))


def here(name):
    if name == POINT:
        os.kill(os.getpid(), signal.SIGKILL)


class Dying:
    """The sandbox, with a process that dies just before or just after one of its calls."""

    def __init__(self, inner):
        self._inner = inner

    async def charge(self, charge):
        here(f"before {charge.kind}")
        result = await self._inner.charge(charge)
        here(f"after {charge.kind}")
        return result

    async def lookup(self, key):
        return await self._inner.lookup(key)

    async def aclose(self):
        await self._inner.aclose()


async def main():
    url, payments = json.loads(sys.argv[1])
    payments = Dying(await open_sandbox(DatabaseSettings(**payments)))
    settings = BookSettings(url, Path("unused"), load_policy(), b"a key for tests, 32 bytes long..")
    books = await open_books(settings, "gate", payments=payments)
    if len(sys.argv) > 3:
        outcome = await books.gate.approve(ANNA, *sys.argv[3:6])
        here("after approve")
        await books.worker.drive(outcome.intent_id)
    else:
        await books.recover()
    here("at the end")
    await books.aclose()


asyncio.run(main())
'''

POINTS = ("after approve", "before authorise", "after authorise", "before capture", "after capture", "at the end")


async def child(till, point: str, *press: str) -> int:
    where = json.dumps([till.settings.database_url, asdict(_sandbox(till.settings))])
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, where, point, *press, cwd=os.getcwd())
    return await process.wait()


@pytest.mark.parametrize("point", POINTS)
async def test_g12_killed_between_press_and_capture_one_order_is_charged_once(till, anna, point):
    till.clock.now = utc_now()
    card = await till.card(quantity=2)
    press = (card.quote_id, card.digest, card.challenge)
    assert await child(till, point, *press) == -signal.SIGKILL
    second = "after capture" if point in ("after approve", "after authorise") else "at the end"
    assert await child(till, second) == -signal.SIGKILL
    assert await till.books.recover() == {"captured": 1}
    repeated = await till.press(card)
    assert repeated.state == "captured"
    assert len(await till.books.orders.mine(anna)) == 1
    async with till.books._payments._database.reading() as connection:
        charged = (await connection.exec_driver_sql("SELECT amount, captured FROM authorisations")).all()
    assert [tuple(row) for row in charged] == [(152320, 152320)]
    (row,) = await till.rows("SELECT available, reserved, sold FROM offers WHERE variant_id = 'fen-oak'")
    assert row == {"available": 3, "reserved": 0, "sold": 2}
    assert (await till.books.audit.verify()).ok


async def test_g12_killed_on_the_way_to_a_decline_the_stock_comes_back(till, anna):
    till.clock.now = utc_now()
    await till.books.gate.set_checkout(anna, payment_handle="card-declined")
    card = await till.card()
    assert await child(till, "after authorise", card.quote_id, card.digest, card.challenge) == -signal.SIGKILL
    assert await till.books.recover() == {"closed": 1}
    (row,) = await till.rows("SELECT available, reserved, sold FROM offers WHERE variant_id = 'fen-oak'")
    assert row == {"available": 5, "reserved": 0, "sold": 0}
    assert await till.books.orders.mine(anna) == []
