"""What a shopper asked to be remembered: used aloud in the next conversation, read and taken back over HTTP."""

from typing import Any

import pytest

from tests.ui.conftest import Heard, Server, Shopper

pytestmark = pytest.mark.asyncio(loop_scope="module")
OWN = {"Origin": "http://aisle"}


def text(events: list[Heard]) -> str:
    return "".join(event.data["delta"] for event in events if event.event == "text")


def searched(events: list[Heard]) -> dict[str, Any]:
    """Return the conditions of the last search that was shown."""
    return [event.data["filters"] for event in events if event.event == "products"][-1]


async def notes(who: Shopper) -> list[dict[str, Any]]:
    return (await who.get("/v1/me/memory")).raise_for_status().json()["entries"]


async def visit(server: Server, *, fresh: bool = False) -> Shopper:
    """Begin a conversation as a page does; the client's cookie says who it is."""
    begun = (await server.http.post("/v1/sessions", json={"fresh": fresh}, headers=OWN)).raise_for_status().json()
    return Shopper(server.http, begun["session_id"], begun["token"])


async def test_a_size_told_in_one_conversation_is_used_aloud_in_the_next(server: Server) -> None:
    first = await visit(server)
    await first.say("remember that I wear size M and I don't like white")
    second = await visit(server, fresh=True)
    assert second.session_id != first.session_id

    events = await second.say("show me shirts")

    assert searched(events)["sizes"] == ["m"]
    assert searched(events)["not_colours"] == ["white"]
    assert "Size M in clothes and no white, as you told me." in text(events)
    server.http.cookies.clear()


async def test_what_is_said_now_counts_and_does_not_change_what_is_kept(ada: Shopper) -> None:
    await ada.say("remember that I wear size M")

    large = await ada.say("shirts in size L")
    again = await ada.say("show me sweaters")

    assert searched(large)["sizes"] == ["l"]
    assert "as you told me" not in text(large)
    assert searched(again)["sizes"] == ["m"]
    assert [note["key"] for note in await notes(ada)] == ["size-clothes"]


async def test_what_was_only_mentioned_is_offered_and_not_kept(ada: Shopper) -> None:
    offered = text(await ada.say("my size is M"))

    assert offered.endswith("Shall I remember that?")
    assert await notes(ada) == []
    await ada.say("no")
    assert await notes(ada) == []
    await ada.say("my size is S")
    await ada.say("yes")
    assert [(note["key"], note["text"], note["words"]) for note in await notes(ada)] == [
        ("size-clothes", "size S in clothes", "my size is S … yes")
    ]


async def test_searching_alone_keeps_nothing(ada: Shopper) -> None:
    for line in ("a walnut desk under $700", "not oak", "shirts in size M", "I love linen"):
        await ada.say(line)
    assert await notes(ada) == []


async def test_a_note_that_leaves_nothing_is_named_and_left_out(ada: Shopper) -> None:
    await ada.say("remember that my budget for desks is 50")
    told = text(await ada.say("walnut desks"))
    assert "Nothing here fits a budget of $50 for a desk, which you told me. Without that:" in told
    assert "walnut desks" in told


async def test_nothing_of_one_self_is_used_for_somebody_else(ada: Shopper) -> None:
    await ada.say("remember that I wear size M")
    events = await ada.say("shirts for my brother")
    assert "sizes" not in searched(events)
    assert "as you told me" not in text(events)


async def test_what_is_known_is_told_and_forgotten_in_the_chat(ada: Shopper) -> None:
    await ada.say("remember that I wear size M and my budget is $200")
    known = text(await ada.say("what do you know about me?"))
    assert "size M in clothes and a budget of $200" in known

    assert text(await ada.say("forget my budget")) == "Forgotten: a budget of $200."
    assert [note["key"] for note in await notes(ada)] == ["size-clothes"]
    await ada.say("forget everything you know about me")
    assert await notes(ada) == []
    assert text(await ada.say("what do you know about me?")).startswith("I keep nothing about you.")


async def test_notes_are_the_shoppers_own_over_http(ada: Shopper, bob: Shopper) -> None:
    await ada.say("remember that I wear size M and I don't like white")
    assert await notes(bob) == []
    gone = await bob.http.delete("/v1/me/memory/size-clothes", headers=bob.headers)
    assert gone.status_code == 404
    assert len(await notes(ada)) == 2

    assert (await ada.http.delete("/v1/me/memory/size-clothes", headers=ada.headers)).status_code == 204
    assert [note["key"] for note in await notes(ada)] == ["dislike-colour-white"]
    assert (await ada.http.delete("/v1/me/memory", headers=ada.headers)).status_code == 204
    assert await notes(ada) == []
    assert (await ada.http.get("/v1/me/memory")).status_code == 401


async def test_an_entry_that_is_switched_off_is_kept_and_not_gone_by(server: Server) -> None:
    eve = await server.shopper()
    await eve.say("remember that I wear size M")
    off = await eve.put("/v1/me/memory/size-clothes", {"on": False})
    assert off.json()["on"] is False
    assert "sizes" not in searched(await eve.say("show me shirts"))

    assert (await eve.put("/v1/me/memory/size-clothes", {"on": True, "value": "L"})).json()[
        "text"
    ] == "size L in clothes"
    assert searched(await eve.say("show me sweaters"))["sizes"] == ["l"]
    assert (await eve.put("/v1/me/memory/size-clothes", {"value": "a manager"})).status_code == 422
    assert (await eve.put("/v1/me/memory/nothing", {"on": True})).status_code == 404


async def test_several_people_of_a_household_are_kept_apart(server: Server) -> None:
    eve = await server.shopper()
    await eve.say("remember that I wear size M")
    await eve.say("remember that my son wears size S")
    assert {note["text"] for note in await notes(eve)} == {"size M in clothes", "size S in clothes for your son"}

    assert searched(await eve.say("show me shirts"))["sizes"] == ["m"]
    assert searched(await eve.say("a shirt for my son"))["sizes"] == ["s"]
    assert "sizes" not in searched(await eve.say("a shirt for my sister"))


async def test_a_deleted_entry_has_no_trace_in_the_next_answer_or_in_any_store(server: Server) -> None:
    eve = await server.shopper()
    await eve.say("remember that I don't like walnut, says Kanarienvogel")
    (note,) = await notes(eve)
    assert searched(await eve.say("show me desks"))["not_materials"] == ["walnut"]

    assert (await eve.http.delete(f"/v1/me/memory/{note['key']}", headers=eve.headers)).status_code == 204

    answer = await eve.say("show me desks")
    assert "not_materials" not in searched(answer)
    assert "as you told me" not in text(answer)
    await server.app.privacy.scrub()
    files = [
        path for path in server.app.settings.home_path.rglob("*") if path.is_file() and path.parent.name != "models"
    ]
    held = [(path.name, word) for path in files for word in (b"Kanarienvogel", b"no walnut", note["key"].encode())
            if word.lower() in path.read_bytes().lower()]  # fmt: skip
    assert held == []
