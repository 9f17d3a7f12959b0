"""What a shopper asked to be remembered stays theirs, typed, bounded, in their own words, and goes when they say so."""

from datetime import timedelta

import pytest

from policies.errors import Refused
from policies.told import MOST, Told
from shop.memory import Remembered
from tests.shop.conftest import ANNA, BELA

SIZE = Told(kind="size", value="m", of="clothes")
NO_LEATHER = Told(kind="dislike", facet="material", value="leather")
LEATHER = Told(kind="like", facet="material", value="leather")
BUDGET = Told(kind="budget", amount=20000, currency="USD")
ROOM = Told(kind="room", value="living room", detail="small", width_cm=300, length_cm=420)
DESK = Told(kind="owns", value="desk", detail="walnut")


async def test_what_was_said_is_kept_with_the_shoppers_own_words_and_when(till):
    said_at = till.clock.now
    await till.books.memory.keep(ANNA, [SIZE, NO_LEATHER], "remember that I wear M and hate leather")
    till.clock.move(60)
    await till.books.memory.keep(ANNA, [ROOM, DESK, BUDGET], "and my room")

    kept = await till.books.memory.all(ANNA)

    words = "remember that I wear M and hate leather"
    assert kept[:2] == [
        Remembered("dislike-material-leather", NO_LEATHER, words, said_at),
        Remembered("size-clothes", SIZE, words, said_at),
    ]
    assert [(each.key, each.told) for each in kept[2:]] == [
        ("budget", BUDGET),
        ("owns-walnut-desk", DESK),
        ("room-living-room", ROOM),
    ]
    assert {each.said_at for each in kept[2:]} == {said_at + timedelta(seconds=60)}


async def test_nobody_reads_or_forgets_what_another_asked_to_be_remembered(till):
    await till.books.memory.keep(ANNA, [SIZE], "I wear M")

    assert await till.books.memory.all(BELA) == []
    assert not await till.books.memory.forget(BELA, ["size-clothes"])
    assert not await till.books.memory.forget_all(BELA)
    assert [each.told for each in await till.books.memory.all(ANNA)] == [SIZE]


async def test_a_newer_size_replaces_the_older_and_a_taste_its_opposite(till):
    await till.books.memory.keep(ANNA, [SIZE, NO_LEATHER], "M, no leather")
    await till.books.memory.keep(ANNA, [SIZE.model_copy(update={"value": "l"}), LEATHER], "L now, and leather is fine")

    assert {each.told.said() for each in await till.books.memory.all(ANNA)} == {
        "size L in clothes",
        "a liking for leather",
    }


async def test_what_is_forgotten_is_in_no_table_any_more(till):
    await till.books.memory.keep(ANNA, [SIZE, NO_LEATHER], "M and no leather, says Wilhelmine")

    assert (await till.books.memory.forget(ANNA, ["dislike-material-leather", "nothing"])).count == 1
    assert await till.rows("SELECT key FROM memory_entries") == [{"key": "size-clothes"}]
    assert (await till.books.memory.forget_all(ANNA)).count == 1
    assert await till.rows("SELECT * FROM memory_entries") == []


async def test_there_is_an_end_to_what_is_kept_and_nothing_is_kept_past_it(till):
    many = [Told(kind="like", facet="colour", value=f"colour {n}") for n in range(MOST)]
    await till.books.memory.keep(ANNA, many, "all of these")

    with pytest.raises(Refused) as refused:
        await till.books.memory.keep(ANNA, [SIZE], "and M")

    assert refused.value.code == "memory_full"
    assert len(await till.books.memory.all(ANNA)) == MOST
    await till.books.memory.keep(ANNA, [many[0]], "again the first")
    assert len(await till.books.memory.all(ANNA)) == MOST


async def test_long_words_are_cut_and_broken_ones_kept_readable(till):
    (kept,) = await till.books.memory.keep(ANNA, [SIZE], "a\x00b\ud800" + "x" * 1000)

    assert kept.words.startswith("a?b?")
    assert len(kept.words) == 300
    assert (await till.books.memory.all(ANNA))[0].words == kept.words


async def test_what_is_remembered_is_exported_and_goes_with_the_shopper(till):
    await till.books.memory.keep(ANNA, [BUDGET], "never more than 200")
    parts = {name: [one async for one in records] async for name, records in till.books.exports.parts(ANNA)}
    assert [(each["key"], each["words"]) for each in parts["remembered"]] == [("budget", "never more than 200")]

    await till.books.privacy.erase(ANNA.subject, lambda subject, session_id: "folder")

    assert await till.rows("SELECT * FROM memory_entries") == []
