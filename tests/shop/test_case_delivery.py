"""The shop is told of every case: signed, again until it is taken, under one id, also after a crash; never twice."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_string

import httpx
import pytest

from policies.errors import SettingsError
from shop.case_channels import Mail, Webhook
from tests.shop.conftest import ANNA, Till

SECRET = "a secret that only the two know"
WORDS = "The lamp came broken, says Wilhelmine"


@dataclass
class Inbox:
    """A receiver of webhooks: answers what the test wrote down, then 204; keeps cases by id, as a help desk would."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    cases: dict[str, dict] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/very-secret-path"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        headers: dict[str, str] = {}
        while (line := (await reader.readline()).decode().strip()) != "":
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        body = await reader.readexactly(int(headers["content-length"]))
        self.received.append((headers, body))
        status = self.answers.pop(0) if self.answers else 204
        if status != 0:
            if status < 300 and headers["webhook-id"] not in self.ids:
                self.ids.add(headers["webhook-id"])
                told = json.loads(body)
                self.cases[told["case"]["case_id"]] = told["case"]
            writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def listening(inbox: Inbox) -> AsyncGenerator[Inbox]:
    server = await asyncio.start_server(inbox.serve, "127.0.0.1", 0)
    inbox.port = server.sockets[0].getsockname()[1]
    async with server:
        yield inbox


@asynccontextmanager
async def hook(inbox: Inbox) -> AsyncGenerator[Webhook]:
    webhook = Webhook(inbox.url, SECRET, httpx.AsyncClient(trust_env=False))
    yield webhook
    await webhook.aclose()


async def opened(reopen, words: str = WORDS) -> Till:
    """A shop that is told by webhook, with one case open."""
    till = await reopen(told_by=("webhook",))
    await till.books.cases.open(ANNA, "complaint", words, {"cart": [], "orders": []})
    return till


async def test_a_message_is_signed_so_that_the_receiver_can_tell_it_is_ours(reopen):
    till = await opened(reopen)
    (before,) = await till.books.cases.mine(ANNA)
    assert before.told.state == "waiting"
    async with listening(Inbox()) as inbox, hook(inbox) as webhook:
        await till.books.telling([webhook]).drive()

    ((headers, body),) = inbox.received
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    assert (told["event"], told["delivery_id"]) == ("case.opened", headers["webhook-id"])
    assert [each["words"] for each in told["case"]["said"]] == [WORDS]
    (case,) = await till.books.cases.mine(ANNA)
    assert (case.told.state, case.told.at) == ("delivered", till.clock.now)


async def test_what_is_not_taken_is_sent_again_later_under_the_same_id(reopen):
    till = await opened(reopen)
    async with listening(Inbox(answers=[503, 0, 204])) as inbox, hook(inbox) as webhook:
        worker = till.books.telling([webhook])
        await worker.drive()
        await worker.drive()  # Not due yet.
        assert len(inbox.received) == 1
        assert (await till.books.cases.mine(ANNA))[0].told.state == "waiting"
        till.clock.move(5)
        await worker.drive()
        till.clock.move(30)
        await worker.drive()
        till.clock.move(100_000)
        await worker.drive()

    assert len(inbox.received) == 3
    assert len({headers["webhook-id"] for headers, _ in inbox.received}) == 1
    assert len({body for _, body in inbox.received}) == 1
    assert (await till.books.cases.mine(ANNA))[0].told.state == "delivered"


async def test_a_crash_between_opening_and_telling_loses_nothing(reopen):
    till = await opened(reopen)
    await till.books.aclose()  # The server ends before anything was sent.

    again = await reopen(told_by=("webhook",))
    async with listening(Inbox()) as inbox, hook(inbox) as webhook:
        await again.books.telling([webhook]).drive()

    assert len(inbox.cases) == 1


async def test_a_crash_after_sending_and_before_noting_it_makes_no_second_case(reopen):
    till = await opened(reopen)
    await till.rows("SELECT 1")
    async with listening(Inbox(answers=[204, 204])) as inbox, hook(inbox) as webhook:
        worker = till.books.telling([webhook])
        (delivery_id,) = [row["delivery_id"] for row in await till.rows("SELECT delivery_id FROM case_deliveries")]
        row = await worker._take(delivery_id)
        assert row is not None
        await webhook.send(delivery_id, {}, row["body"])  # The process dies here.
        await till.books.telling([webhook]).drive()
        assert len(inbox.received) == 1  # It may still be on its way.
        till.clock.move(91)
        await till.books.telling([webhook]).drive()

    assert len(inbox.received) == 2
    assert len(inbox.cases) == 1
    assert len(inbox.ids) == 1
    assert (await till.books.cases.mine(ANNA))[0].told.state == "delivered"


async def test_two_servers_send_a_message_once(reopen):
    one = await opened(reopen)
    two = await reopen(told_by=("webhook",))
    async with listening(Inbox()) as inbox, hook(inbox) as webhook:
        await asyncio.gather(*(till.books.telling([webhook]).drive() for till in (one, two, one, two)))
    assert len(inbox.received) == 1


async def test_further_words_and_a_withdrawal_are_told_of_the_same_case(reopen):
    till = await opened(reopen)
    (case,) = await till.books.cases.mine(ANNA)
    till.clock.move(1)
    await till.books.cases.add(ANNA, case.case_id, "Please call.")
    till.clock.move(1)
    await till.books.cases.withdraw(ANNA, case.case_id)
    async with listening(Inbox()) as inbox, hook(inbox) as webhook:
        await till.books.telling([webhook]).drive()

    events = [json.loads(body)["event"] for _, body in inbox.received]
    assert events == ["case.opened", "case.words", "case.withdrawn"]
    assert list(inbox.cases) == [case.case_id]
    assert inbox.cases[case.case_id]["state"] == "withdrawn"


async def test_a_receiver_that_is_gone_for_good_is_given_up_and_that_is_said(reopen):
    till = await opened(reopen)
    async with listening(Inbox(answers=[410])) as inbox, hook(inbox) as webhook:
        await till.books.telling([webhook]).drive()
    assert (await till.books.cases.mine(ANNA))[0].told.state == "failed"


async def test_neither_secret_nor_address_nor_words_get_into_the_log(reopen, caplog):
    till = await opened(reopen)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        inbox = Inbox(port=free.getsockname()[1])
    caplog.set_level(logging.DEBUG)
    async with hook(inbox) as webhook:
        await till.books.telling([webhook]).drive()

    (row,) = await till.rows("SELECT problem FROM case_deliveries")
    assert "did not take message" in caplog.text
    for kept in (SECRET, "very-secret-path", "Wilhelmine"):
        assert kept not in "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("shop"))
        assert kept not in row["problem"]


async def test_without_a_way_to_tell_nobody_is_told_until_one_is_set_up(till, reopen):
    await till.books.cases.open(ANNA, "other", WORDS, {})
    await till.books.telling([]).drive()
    assert (await till.books.cases.mine(ANNA))[0].told.state == "nobody"

    later = await reopen(told_by=("webhook",))
    async with listening(Inbox()) as inbox, hook(inbox) as webhook:
        await later.books.telling([webhook]).drive()
    assert len(inbox.cases) == 1


@dataclass
class MailSink:
    """An SMTP server that takes every mail, or refuses it as the test says."""

    port: int = 0
    refuse: bool = False
    mails: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            word = line.decode().strip().upper()
            if word.startswith("DATA"):
                writer.write(b"354 go on\r\n")
                mail = (await reader.readuntil(b"\r\n.\r\n")).decode()
                self.mails.append(mail.removesuffix("\r\n.\r\n"))
                writer.write(b"250 taken\r\n")
            elif word.startswith("QUIT"):
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"451 later\r\n" if self.refuse and word.startswith("MAIL") else b"250 ok\r\n")
            await writer.drain()
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def mail_sink(*, refuse: bool = False) -> AsyncGenerator[MailSink]:
    sink = MailSink(refuse=refuse)
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink


async def test_an_e_mail_tells_a_person_what_they_need(reopen):
    till = await reopen(told_by=("mail",))
    around = {
        "cart": [{"title": "Fen desk", "quantity": 2}],
        "orders": [{"order_id": "order_1", "state_text": "Ordered and paid."}],
    }
    case = await till.books.cases.open(ANNA, "damaged", f"{WORDS}\nSubject: not a header", around)
    async with mail_sink() as sink:
        await till.books.telling(
            [Mail(f"smtp://127.0.0.1:{sink.port}", "shop@example.org", "help@example.org")]
        ).drive()

    (mail,) = [message_from_string(each) for each in sink.mails]
    assert (mail["From"], mail["To"]) == ("shop@example.org", "help@example.org")
    assert mail["Subject"] == f"Case {case.case_id}: damaged (opened)"
    assert mail["Message-ID"].endswith("@example.org>")
    text = mail.get_payload()
    assert WORDS in text
    assert "2 x Fen desk" in text
    assert "order_1: Ordered and paid." in text
    assert (await till.books.cases.mine(ANNA))[0].told.state == "delivered"


async def test_an_e_mail_that_is_not_taken_is_tried_again(reopen):
    till = await reopen(told_by=("mail",))
    await till.books.cases.open(ANNA, "other", WORDS, {})
    async with mail_sink(refuse=True) as sink:
        mail = Mail(f"smtp://127.0.0.1:{sink.port}", "shop@example.org", "help@example.org")
        worker = till.books.telling([mail])
        await worker.drive()
        assert (await till.books.cases.mine(ANNA))[0].told.state == "waiting"
        (row,) = await till.rows("SELECT problem FROM case_deliveries")
        assert row["problem"] == "mail: SMTPSenderRefused 451"
        sink.refuse = False
        till.clock.move(5)
        await worker.drive()
    assert len(sink.mails) == 1


@pytest.mark.parametrize(
    ("url", "secret"),
    [("http://helpdesk.example/hook", SECRET), ("https://helpdesk.example/hook", "short"), ("ftp://x/y", SECRET)],
)
def test_words_of_shoppers_are_not_sent_in_clear_or_unsigned(url, secret):
    with pytest.raises(SettingsError, match="AISLE_CASE_WEBHOOK"):
        Webhook(url, secret, httpx.AsyncClient())


@pytest.mark.parametrize(
    ("server", "sender"),
    [("http://mail.example", "a@b.org"), ("smtp://", "a@b.org"), ("smtp://mail.example", "nobody")],
)
def test_a_mail_server_that_cannot_be_is_refused(server, sender):
    with pytest.raises(SettingsError, match="AISLE_"):
        Mail(server, sender, "help@example.org")
