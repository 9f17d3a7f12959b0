"""Conversations: turns happen once, events are numbered without gaps, a crash leaves no turn running."""

import asyncio
from datetime import timedelta

import pytest

from shop.books import TurnRunning


async def opened(till) -> str:
    return await till.books.conversations.create_session(
        "guest:anna", "https://shop.example", till.clock.now + timedelta(hours=8)
    )


async def test_a_session_is_kept_as_it_was_made(till):
    session_id = await opened(till)
    session = await till.books.conversations.session(session_id)
    assert session is not None
    assert (session.subject, session.origin) == ("guest:anna", "https://shop.example")
    assert session.expires_at == till.clock.now + timedelta(hours=8)
    assert await till.books.conversations.session("ses_nowhere") is None
    till.clock.move(60)
    await till.books.conversations.touch(session_id)
    seen = await till.books.conversations.session(session_id)
    assert seen is not None
    assert seen.last_seen_at - seen.created_at == timedelta(seconds=60)


async def test_a_repeated_turn_that_is_over_is_the_same_turn(till):
    talk = till.books.conversations
    session_id = await opened(till)
    turn = await talk.begin_turn(session_id, "c1", "a walnut desk")
    assert turn.fresh
    await talk.append_event(session_id, turn.turn_id, "text", {"delta": "Two."})
    await talk.finish_turn(turn.turn_id, "done")
    again = await talk.begin_turn(session_id, "c1", "something else")
    assert (again.turn_id, again.text, again.state, again.fresh) == (turn.turn_id, "a walnut desk", "done", False)
    assert [event.data for event in await talk.events_of_turn(session_id, turn.turn_id)] == [{"delta": "Two."}]
    assert await talk.events_of_turn("ses_other", turn.turn_id) == []


async def test_a_turn_keeps_its_pictures_and_a_repeat_with_others_is_still_that_turn(till):
    talk = till.books.conversations
    session_id = await opened(till)
    turn = await talk.begin_turn(session_id, "c1", "like this", ["img_b", "img_a"])
    await talk.finish_turn(turn.turn_id, "done")
    again = await talk.begin_turn(session_id, "c1", "like this", ["img_c"])
    assert (again.turn_id, again.image_ids, again.fresh) == (turn.turn_id, ("img_b", "img_a"), False)
    assert [told.image_ids for told in await talk.transcript(session_id)] == [("img_b", "img_a")]


async def test_one_turn_runs_at_a_time_in_a_session(till):
    talk = till.books.conversations
    session_id, other = await opened(till), await opened(till)
    results = await asyncio.gather(
        *[talk.begin_turn(session_id, f"c{n}", "hello") for n in range(6)], return_exceptions=True
    )
    assert sum(isinstance(result, TurnRunning) for result in results) == 5
    (running,) = [result for result in results if not isinstance(result, BaseException)]
    again = await talk.begin_turn(session_id, running.client_turn_id, "hello")
    assert (again.turn_id, again.state, again.fresh) == (running.turn_id, "running", False)
    assert (await talk.begin_turn(other, "c0", "hello")).fresh


async def test_a_finished_turn_stays_as_it_ended(till):
    talk = till.books.conversations
    session_id = await opened(till)
    turn = await talk.begin_turn(session_id, "c1", "hello")
    await talk.finish_turn(turn.turn_id, "cancelled")
    await talk.finish_turn(turn.turn_id, "done")
    assert [t.state for t in await talk.transcript(session_id)] == ["cancelled"]


async def test_events_are_numbered_without_gaps_whoever_writes(till):
    talk = till.books.conversations
    session_id = await opened(till)
    await asyncio.gather(*[talk.append_event(session_id, None, "notice", {"n": n}) for n in range(20)])
    assert await talk.append_events(session_id, None, [("text", {"a": 1}), ("done", {})]) == [21, 22]
    assert await talk.append_events(session_id, None, []) == []
    events = await talk.events_after(session_id, 0)
    assert [event.seq for event in events] == list(range(1, 23))
    assert [event.seq for event in await talk.events_after(session_id, 20)] == [21, 22]
    assert [event.seq for event in await talk.events_after(session_id, 0, limit=2)] == [1, 2]


async def test_an_unknown_session_takes_neither_turns_nor_events(till):
    with pytest.raises(LookupError):
        await till.books.conversations.begin_turn("ses_nowhere", "c1", "hello")
    with pytest.raises(LookupError):
        await till.books.conversations.append_event("ses_nowhere", None, "text", {})
    assert await till.books.conversations.events_after("ses_nowhere", 0) == []


async def test_turns_that_a_crash_left_running_are_abandoned_at_start(till, reopen):
    session_id = await opened(till)
    await till.books.conversations.begin_turn(session_id, "c1", "hello")
    again = (await reopen()).books.conversations
    assert await again.abandon_running() == 1
    assert await again.abandon_running() == 0
    assert (await again.begin_turn(session_id, "c1", "hello")).state == "abandoned"
    assert (await again.begin_turn(session_id, "c2", "hello")).fresh


async def test_a_transcript_has_the_turns_in_order_with_what_they_showed(till):
    talk = till.books.conversations
    session_id = await opened(till)
    for number in range(3):
        turn = await talk.begin_turn(session_id, f"c{number}", f"question {number}")
        await talk.append_event(session_id, turn.turn_id, "text", {"delta": f"answer {number}"})
        await talk.finish_turn(turn.turn_id, "done")
    transcript = await talk.transcript(session_id)
    assert [(t.text, [e.data["delta"] for e in t.events]) for t in transcript] == [
        (f"question {n}", [f"answer {n}"]) for n in range(3)
    ]


@pytest.mark.parametrize("text", ["", "x" * 10_000, "half a pair \ud800", "null \x00 byte", "日本語 🛋️"])
async def test_any_text_can_be_a_turn(till, text):
    session_id = await opened(till)
    await till.books.conversations.begin_turn(session_id, "c1", text)
    (turn,) = await till.books.conversations.transcript(session_id)
    assert turn.text == text.replace("\x00", "?").encode("utf-8", "replace").decode()


async def test_a_shopper_finds_their_own_conversations_newest_first_and_in_pages(till):
    talk = till.books.conversations
    begun = []
    for words in ("a walnut desk", "a rug", "a lamp"):
        session_id = await opened(till)
        await talk.begin_turn(session_id, "c1", words)
        begun.append(session_id)
        till.clock.move(60)
    await opened(till)  # nothing was said in it
    other = await talk.create_session("guest:bo", "", till.clock.now + timedelta(hours=8))
    await talk.begin_turn(other, "c1", "not Anna's")

    page = await talk.of_subject("guest:anna", 2)
    rest = await talk.of_subject("guest:anna", 2, after=page[-1].session_id)
    assert [row.session_id for row in (*page, *rest)] == begun[::-1]
    assert [row.first_words for row in page] == ["a lamp", "a rug"]
    assert [row.first_words for row in await talk.of_subject("guest:anna", 9, containing="RUG")] == ["a rug"]
    assert await talk.of_subject("guest:anna", 9, containing="%") == []
    assert await talk.of_subject("guest:anna", 9, after=other) == []


async def test_a_chosen_id_that_is_taken_stays_its_owner_s(till):
    talk = till.books.conversations
    ends = till.clock.now + timedelta(hours=8)
    assert await talk.create_session("guest:anna", "", ends, "ses_mine") == "ses_mine"
    await talk.create_session("guest:bo", "", ends, "ses_mine")
    session = await talk.session("ses_mine")
    assert session is not None
    assert session.subject == "guest:anna"
