"""A complaint by talking, its case over HTTP, and the operator's list: one truth in all three."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from assistant.settings import Settings
from assistant.telling import channels_of, telling, told_by
from policies.errors import SettingsError
from tests.conftest import copied_home
from tests.ui.conftest import Heard, Server, Shopper
from tests.ui.test_cli import aisle

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMPLAINT = "I want to complain: the scarf came torn, says Wilhelmine"


def text(events: list[Heard]) -> str:
    return "".join(event.data["delta"] for event in events if event.event == "text")


def number(told: str) -> str:
    found = re.search(r"C-[2-9B-Z]{6}", told)
    assert found is not None, told
    return found.group()


async def cases(who: Shopper) -> list[dict[str, Any]]:
    return (await who.get("/v1/me/cases")).raise_for_status().json()["cases"]


async def test_a_complaint_opens_a_case_and_nobody_is_said_to_have_been_told(ada: Shopper) -> None:
    told = text(await ada.say(COMPLAINT))

    (case,) = await cases(ada)
    assert number(told) == case["case_id"]
    assert (case["state"], case["told"], case["said"]) == ("open", "nobody", [COMPLAINT])
    assert "no message about it was sent to anybody" in told
    assert case["state_text"] in text(await ada.say("any news about my case?"))


async def test_a_repeated_message_of_the_same_turn_opens_no_second_case(ada: Shopper) -> None:
    first = await ada.say("get me the manager please", turn="t1")
    again = await ada.say("get me the manager please", turn="t1")
    assert text(first) == text(again)
    assert len(await cases(ada)) == 1


async def test_words_are_added_and_a_case_withdrawn_by_talking(ada: Shopper) -> None:
    case_id = number(text(await ada.say(COMPLAINT)))

    added = text(await ada.say("add to my case: it smells, too"))
    assert f"Case {case_id} holds these words now, too." in added
    assert (await cases(ada))[0]["said"] == [COMPLAINT, "add to my case: it smells, too"]
    assert text(await ada.say("withdraw my case")) == f"Case {case_id} is withdrawn."
    assert (await cases(ada))[0]["state"] == "withdrawn"


async def test_a_fourth_open_case_is_refused_with_what_can_be_done(ada: Shopper) -> None:
    for line in ("I need a human", "get me the manager", "I want to complain about the delivery"):
        await ada.say(line)
    told = text(await ada.say("can I speak to a real person now?"))
    assert "You have 3 open cases" in told
    assert len(await cases(ada)) == 3


async def test_cases_are_the_shoppers_own_over_http(ada: Shopper, bob: Shopper) -> None:
    case_id = number(text(await ada.say(COMPLAINT)))
    assert await cases(bob) == []
    for path, body in (("words", {"words": "mine"}), ("withdraw", None)):
        assert (await bob.post(f"/v1/me/cases/{case_id}/{path}", body)).status_code == 404

    added = await ada.post(f"/v1/me/cases/{case_id}/words", {"words": "Please call."})
    assert added.json()["said"] == [COMPLAINT, "Please call."]
    assert (await ada.post(f"/v1/me/cases/{case_id}/words", {"words": ""})).status_code == 422
    assert (await ada.post(f"/v1/me/cases/{case_id}/withdraw")).json()["state"] == "withdrawn"
    assert (await ada.post(f"/v1/me/cases/{case_id}/withdraw")).status_code == 409


async def test_the_operator_reads_everything_about_a_case_and_closes_it(server: Server, ada: Shopper) -> None:
    await ada.say("a rust scarf")
    await ada.say("add the first one")
    case_id = number(text(await ada.say(COMPLAINT)))
    at = f"/v1/operator/cases/{case_id}"
    assert (await ada.get(at)).status_code == 403
    assert (await ada.get("/v1/operator/cases")).status_code == 403

    file = (await server.http.get(at, headers=server.operator)).raise_for_status().json()
    assert file["conversation"] == ["a rust scarf", "add the first one", COMPLAINT]
    assert file["context"]["cart"][0]["title"] == "Quill wool scarf"
    assert [(each["event"], each["state"]) for each in file["messages"]] == [("opened", "waiting")]
    listed = (await server.http.get("/v1/operator/cases", headers=server.operator)).json()["cases"]
    assert case_id in [case["case_id"] for case in listed]

    closing = {"note": "A new scarf goes out today."}
    closed = await server.http.post(f"{at}/close", json=closing, headers=server.operator)
    assert closed.json()["state"] == "closed"
    assert "A new scarf goes out today." in text(await ada.say("any news?"))
    again = await server.http.post(f"{at}/close", json=closing, headers=server.operator)
    assert again.status_code == 409
    assert (await server.http.get("/v1/operator/cases/C-222222", headers=server.operator)).status_code == 404


async def test_the_operators_commands_list_show_and_close(
    tmp_path: Path, stocked_home: Path, encoder_cache: Path
) -> None:
    home = copied_home(stocked_home, tmp_path / "aisle")
    (home / "models").symlink_to(encoder_cache)
    opened = await asyncio.to_thread(aisle, home, "chat", COMPLAINT)
    case_id = number(opened.stdout.decode())

    listed = await asyncio.to_thread(aisle, home, "cases", "list")
    shown = await asyncio.to_thread(aisle, home, "cases", "show", case_id)
    closed = await asyncio.to_thread(aisle, home, "cases", "close", case_id, "--note", "Sorted.")
    after = await asyncio.to_thread(aisle, home, "cases", "list", "--state", "closed")
    missing = await asyncio.to_thread(aisle, home, "cases", "show", "C-222222")

    assert f"{case_id} " in listed.stdout.decode()
    assert "1 case." in listed.stdout.decode()
    assert COMPLAINT in shown.stdout.decode()
    assert "opened: waiting" in shown.stdout.decode()
    assert closed.stdout.decode() == f"{case_id} is closed.\n"
    assert case_id in after.stdout.decode()
    assert missing.returncode == 1
    assert "Traceback" not in missing.stderr.decode()


@pytest_asyncio.fixture(loop_scope="module")
async def receiver() -> AsyncGenerator[tuple[str, list[dict[str, Any]]]]:
    """A help desk that takes every message."""
    taken: list[dict[str, Any]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        taken.append(json.loads(await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 204 OK\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/hook", taken


async def test_a_webhook_that_is_set_up_later_is_told_of_what_was_opened_before(
    server: Server, ada: Shopper, receiver: tuple[str, list[dict[str, Any]]]
) -> None:
    url, taken = receiver
    case_id = number(text(await ada.say(COMPLAINT)))
    settings = Settings(case_webhook_url=SecretStr(url), case_webhook_secret=SecretStr("sixteen characters"))
    assert told_by(settings) == ("webhook",)

    channels = channels_of(settings)
    await server.app.books.telling(channels).drive()
    await channels[0].aclose()

    assert [message["event"] for message in taken if message["case"]["case_id"] == case_id] == ["case.opened"]
    assert (await cases(ada))[0]["told"] == "delivered"
    assert "took the message about it" in text(await ada.say("any news about my case?"))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"case_webhook_url": SecretStr("https://desk.example")}, "AISLE_CASE_WEBHOOK_SECRET"),
        ({"case_mail_to": "help@example.org"}, "AISLE_CASE_MAIL_FROM"),
        (
            {"case_webhook_url": SecretStr("http://desk.example"), "case_webhook_secret": SecretStr("x" * 16)},
            "https",
        ),
    ],
)
async def test_half_a_channel_stops_the_start(server: Server, given: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        async with telling(server.app.books, Settings(**given)):
            pass


async def test_secrets_are_not_in_what_settings_print() -> None:
    settings = Settings(
        case_webhook_url=SecretStr("https://desk.example/very-secret"),
        case_webhook_secret=SecretStr("the secret itself"),
        smtp_url=SecretStr("smtp://user:password@mail.example"),
    )
    printed = f"{settings!r} {settings.model_dump()}"
    assert not [word for word in ("very-secret", "the secret itself", "password") if word in printed]
