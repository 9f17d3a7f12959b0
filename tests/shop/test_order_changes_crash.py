"""Kills the process with SIGKILL at every payment call of a change, twice, then starts again: made once."""

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict

import pytest

from shop.books import _sandbox
from shop.change_terms import LineWanted
from shop.clock import utc_now
from tests.shop import test_crash
from tests.shop.changing import Desk

CHILD = test_crash.CHILD.replace("books.gate.approve(", "books.gate.changes.approve(").replace(
    "books.worker.drive(outcome.intent_id)", "books.worker.changes.drive(outcome.change_id)"
)


@pytest.fixture
def desk(till):
    till.clock.now = utc_now()
    return Desk(till)


async def child(till, point: str, *press: str) -> int:
    where = json.dumps([till.settings.database_url, asdict(_sandbox(till.settings))])
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, where, point, *press, cwd=os.getcwd())
    return await process.wait()


async def killed(desk, card, point: str) -> None:
    """Press in a process that dies at `point`, start another that dies at the end, and start the shop again."""
    assert await child(desk.till, point, card.quote_id, card.digest, card.challenge) == -signal.SIGKILL
    assert await child(desk.till, "at the end") == -signal.SIGKILL
    await desk.till.books.recover()


@pytest.mark.parametrize("point", ["after approve", "before refund", "after refund"])
async def test_g12_killed_while_cancelling_everything_goes_back_once(desk, till, point):
    order = await desk.bought(("fen-oak", 2))
    card = await desk.card(order, "cancel")

    await killed(desk, card, point)

    assert (await desk.press(card)).progress == "done"
    assert (await desk.order(order.order_id)).state == "cancelled"
    assert await desk.service() == (order.total, order.total, 0)
    assert await desk.stock("fen-oak") == (5, 0, 0)
    assert (await till.books.audit.verify()).ok


@pytest.mark.parametrize("point", ["after approve", "before void", "after void"])
async def test_g12_killed_while_letting_a_payment_go_nothing_is_charged(desk, till, point):
    outcome = await till.press(await till.card())
    await desk.placed(outcome.intent_id)
    (order,) = await till.books.orders.mine(desk.who)
    card = await desk.card(order, "cancel")

    await killed(desk, card, point)

    assert (await desk.order(order.order_id)).state == "cancelled"
    assert await desk.service() == (0, 0, 0)
    assert await desk.stock("fen-oak") == (5, 0, 0)


@pytest.mark.parametrize(
    "point", ["after approve", "before authorise", "after authorise", "before capture", "after capture"]
)
async def test_g10_killed_while_a_difference_is_paid_it_is_paid_once(desk, till, point):
    order = await desk.bought(("reed-250", 1))
    card = await desk.card(order, "items", LineWanted(order.lines[0].line_id, 1, "reed-300"))

    await killed(desk, card, point)

    made = await desk.press(card)
    assert (made.progress, made.order.state) == ("done", "captured")
    assert await desk.service() == (made.order.total, 0, 0)
    assert [await desk.stock(each) for each in ("reed-250", "reed-300")] == [(3, 0, 0), (7, 0, 1)]
    assert (await till.books.audit.verify()).ok


@pytest.mark.parametrize(
    "point", ["after approve", "after authorise", "after capture", "before refund", "after refund"]
)
async def test_g10_killed_while_another_card_takes_over_it_pays_once_and_the_first_is_free(desk, till, point):
    row = {"s": desk.who.subject, "h": "card-1111"}
    await till.rows("INSERT INTO payment_handles (subject, handle, label, reference) VALUES (:s, :h, :h, :h)", **row)
    order = await desk.bought(("reed-250", 1))
    card = await desk.card(order, "payment", instrument="card-1111")

    await killed(desk, card, point)

    made = await desk.press(card)
    assert (made.progress, made.order.state, made.order.pay_with) == ("done", "captured", "card-1111")
    assert await desk.service() == (2 * order.total, order.total, 0)
    assert (await till.books.audit.verify()).ok


@pytest.mark.parametrize("point", ["before refund", "after refund"])
async def test_g12_killed_while_a_return_is_paid_back_it_is_paid_back_once(desk, till, point):
    order = await desk.bought(("harbour", 2), delivered=True)
    await desk.make(order, "return", LineWanted(order.lines[0].line_id, 1))
    await till.books.fulfilment.receive(order.order_id)

    assert await child(till, point) == -signal.SIGKILL
    assert await child(till, "at the end") == -signal.SIGKILL
    await till.books.recover()

    back = await desk.order(order.order_id)
    assert back.state == "partly_refunded"
    assert await desk.service() == (order.total, back.refunded, 0)
    assert back.total == order.total - back.refunded
    assert await desk.stock("harbour") == (99, 0, 1)


async def test_a_capture_that_came_before_the_void_is_paid_back(desk, till):
    """The capture is on its way when the order is cancelled: the service has it, the books don't."""
    outcome = await till.press(await till.card())
    await desk.placed(outcome.intent_id)
    (order,) = await till.books.orders.mine(desk.who)
    card = await desk.card(order, "cancel")
    await desk.press(card)
    await desk.capture_beside(outcome.intent_id)

    await till.books.recover()

    made = await desk.press(card)
    assert (made.progress, made.order.state) == ("done", "cancelled")
    assert made.text == "Cancelled. $761.60 went back to card •4242."
    assert await desk.service() == (order.total, order.total, 0)
    assert await desk.stock("fen-oak") == (5, 0, 0)
