"""What happens after the press: paid, declined, unknown, refused late; once each, whatever interrupts."""

import asyncio
from dataclasses import dataclass, field

import pytest

from policies.errors import Refused
from shop.payments import Charge, PaymentInFlight, PaymentResult, PaymentService, PaymentUnknown, idempotency_key


async def offer(till, variant: str) -> dict[str, int]:
    (row,) = await till.rows("SELECT available, reserved, sold FROM offers WHERE variant_id = :v", v=variant)
    return row


async def test_a_paid_purchase_is_an_order_with_its_stock_sold(till, anna):
    outcome = await till.buy(variant="harbour", quantity=2)
    assert outcome.state == "captured"
    assert outcome.settled
    assert outcome.order is not None
    assert outcome.order.total == 18802
    assert await offer(till, "harbour") == {"available": 98, "reserved": 0, "sold": 2}
    (mine,) = await till.books.orders.mine(anna)
    assert mine == outcome.order
    (call,) = await till.rows("SELECT * FROM payment_calls WHERE kind = 'authorise'")
    assert call["idempotency_key"] == idempotency_key(outcome.intent_id, "authorise")


async def test_stock_is_reserved_from_the_press_on(till):
    await till.press(await till.card(variant="harbour", quantity=2))
    assert await offer(till, "harbour") == {"available": 98, "reserved": 2, "sold": 0}


async def test_a_declined_card_releases_the_stock_and_gives_the_cart_back(till, anna):
    await till.books.carts.add(anna, "harbour", 2)
    await till.books.carts.set_coupon(anna, "WELCOME10")
    await till.books.gate.set_checkout(anna, payment_handle="card-declined")
    card = await till.card(variant="fen-oak")
    before = await till.books.carts.view(anna)
    outcome = await till.press(card)
    await till.books.worker.drive(outcome.intent_id)
    outcome = await till.books.gate.outcome(anna, outcome.intent_id)
    assert (outcome.state, outcome.order) == ("declined", None)
    assert "Nothing was charged" in outcome.text
    after = await till.books.carts.view(anna)
    assert after.version > before.version
    assert (after.lines, after.coupon) == (before.lines, before.coupon)
    assert await offer(till, "harbour") == {"available": 100, "reserved": 0, "sold": 0}
    with pytest.raises(Refused) as caught:
        await till.press(card)
    assert caught.value.code == "declined"
    assert await till.books.orders.mine(anna) == []


async def test_after_a_decline_the_same_goods_can_be_bought_with_another_card(till, anna):
    await till.books.gate.set_checkout(anna, payment_handle="card-declined")
    assert (await till.buy()).state == "declined"
    await till.books.gate.set_checkout(anna, payment_handle="card-4242")
    card = await till.books.gate.render(anna, (await till.books.quotes.prepare(anna)).quote_id)
    outcome = await till.press(card)
    await till.books.worker.drive(outcome.intent_id)
    assert (await till.books.gate.outcome(anna, outcome.intent_id)).state == "captured"


async def test_a_decline_leaves_what_was_put_into_the_cart_since(till, anna):
    await till.books.gate.set_checkout(anna, payment_handle="card-declined")
    outcome = await till.press(await till.card())
    await till.books.carts.add(anna, "harbour", 3)
    await till.books.worker.drive(outcome.intent_id)
    lines = (await till.books.carts.view(anna)).lines
    assert [(line.variant_id, line.quantity) for line in lines] == [("harbour", 3), ("fen-oak", 1)]


async def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(till, anna):
    await till.pay_with("card-lost-answer")
    outcome = await till.buy()
    assert outcome.state == "reconciling"
    assert "nothing is paid twice" in outcome.text
    await till.books.worker.drive()
    assert (await till.books.gate.outcome(anna, outcome.intent_id)).state == "reconciling"
    till.clock.move(61)
    await till.books.worker.drive()
    assert (await till.books.gate.outcome(anna, outcome.intent_id)).state == "captured"
    assert await authorisations(till) == [(76160, 76160)]


async def test_a_service_that_never_answers_is_asked_ever_more_rarely_and_nothing_is_ordered(till, anna):
    await till.pay_with("card-unreachable")
    outcome = await till.buy()
    for _ in range(3):
        till.clock.move(61)
        await till.books.worker.drive()
    (intent,) = await till.rows("SELECT state, attempts FROM intents")
    assert intent == {"state": "reconciling", "attempts": 4}
    assert (await till.books.gate.outcome(anna, outcome.intent_id)).order is None
    assert await offer(till, "fen-oak") == {"available": 4, "reserved": 1, "sold": 0}


async def test_a_refused_capture_is_voided_and_the_order_cancelled(till, anna):
    await till.pay_with("card-capture-refused")
    outcome = await till.buy()
    assert outcome.state == "declined"
    assert outcome.order is not None
    assert outcome.order.state_text == "Cancelled. Nothing was charged."
    assert await offer(till, "fen-oak") == {"available": 5, "reserved": 0, "sold": 0}
    assert [line.variant_id for line in (await till.books.carts.view(anna)).lines] == ["fen-oak"]
    calls = await till.rows("SELECT kind, result FROM payment_calls ORDER BY kind")
    assert [(c["kind"], c["result"]) for c in calls] == [
        ("authorise", "done"),
        ("capture", "declined"),
        ("void", "done"),
    ]


@dataclass
class Recorded:
    """A real service with a note of what went in, and one call that may be interrupted."""

    inner: PaymentService
    seen: list[Charge] = field(default_factory=list)
    fail_before: int = 0

    async def charge(self, charge: Charge) -> PaymentResult:
        self.seen.append(charge)
        if self.fail_before:
            self.fail_before -= 1
            raise PaymentUnknown("the line is down")
        return await self.inner.charge(charge)

    async def lookup(self, key: str) -> PaymentResult | None:
        return await self.inner.lookup(key)

    async def aclose(self) -> None:
        await self.inner.aclose()


async def test_one_intent_never_uses_two_keys_for_one_thing(till, reopen):
    service = Recorded(till.books._payments, fail_before=2)
    shop = await reopen(payments=service)
    outcome = await shop.buy()
    for _ in range(4):
        await shop.books.worker.drive(outcome.intent_id)
    by_kind = {charge.kind: {c.key for c in service.seen if c.kind == charge.kind} for charge in service.seen}
    assert {kind: len(keys) for kind, keys in by_kind.items()} == {"authorise": 1, "capture": 1}
    assert await authorisations(till) == [(76160, 76160)]


async def authorisations(till) -> list[tuple[int, int]]:
    async with till.books._payments._database.reading() as connection:
        rows = await connection.exec_driver_sql("SELECT amount, captured FROM authorisations")
        return [(int(amount), int(captured)) for amount, captured in rows]


async def until(till, statement: str, wanted: str) -> str:
    """Wait up to ten seconds for a state in the books."""
    for _ in range(1000):
        (row,) = await till.rows(statement)
        if row["state"] == wanted:
            return wanted
        await asyncio.sleep(0.01)
    return "not in time"


async def test_the_background_worker_finishes_what_lies_open_and_ends_late_quotes(till, anna, bela):
    outcome = await till.press(await till.card())
    await till.quote(bela, "harbour")
    till.clock.move(700)
    stop = asyncio.Event()
    running = asyncio.create_task(till.books.worker.run(stop, interval_s=0.01))
    state = await until(till, "SELECT state FROM quotes WHERE subject = 'guest:bela'", "expired")
    stop.set()
    await running
    assert state == "expired"
    assert (await till.books.gate.outcome(anna, outcome.intent_id)).state == "captured"


async def test_the_background_worker_outlives_a_store_that_is_locked(reopen, till, caplog):
    shop = await reopen(busy_timeout_ms=10)
    await shop.press(await shop.card())
    database = till.books.worker._context.database
    stop = asyncio.Event()
    async with database.writing() as connection:
        await connection.exec_driver_sql("UPDATE offers SET price = price")
        running = asyncio.create_task(shop.books.worker.run(stop, interval_s=0.01))
        for _ in range(1000):
            await asyncio.sleep(0 if caplog.records else 0.01)
    assert "purchases wait" in caplog.text
    state = await until(till, "SELECT state FROM intents", "captured")
    stop.set()
    await running
    assert state == "captured"


async def test_recovery_says_what_became_of_every_purchase(till, anna, bela):
    await till.press(await till.card(anna))
    await till.pay_with("card-declined-too", bela)
    await till.rows("UPDATE payment_handles SET reference = 'card-declined' WHERE handle = 'card-declined-too'")
    await till.press(await till.card(bela, "harbour"), bela)
    assert await till.books.recover() == {"captured": 1, "closed": 1}


async def test_the_sandbox_says_when_a_key_is_being_worked_on(tmp_path, till):
    service = till.books._payments
    service._delay_s = 0.05
    charge = Charge("k" * 64, "authorise", 100, "USD", "card-4242")
    answers = await asyncio.gather(*[service.charge(charge) for _ in range(3)], return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == [
        "PaymentInFlight",
        "PaymentInFlight",
        "PaymentResult",
    ]
    assert isinstance(answers[1], PaymentInFlight)
    assert await service.charge(charge) == answers[0]
    assert await service.lookup(charge.key) == answers[0]
    assert await service.lookup("unseen") is None


async def test_the_sandbox_refuses_one_key_for_two_different_calls_and_more_than_was_authorised(till):
    service = till.books._payments
    done = await service.charge(Charge("a" * 64, "authorise", 100, "USD", "card-4242"))
    with pytest.raises(ValueError, match="two different calls"):
        await service.charge(Charge("a" * 64, "authorise", 101, "USD", "card-4242"))
    over = await service.charge(Charge("b" * 64, "capture", 101, "USD", done.authorisation_id))
    assert over == PaymentResult("declined", "", 0)
    foreign = await service.charge(Charge("c" * 64, "capture", 100, "EUR", done.authorisation_id))
    assert foreign.state == "declined"
    assert (await service.charge(Charge("d" * 64, "capture", 100, "USD", done.authorisation_id))).state == "done"
    assert (await service.charge(Charge("e" * 64, "void", 100, "USD", done.authorisation_id))).state == "declined"
