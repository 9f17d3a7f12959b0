"""Boards stay their shopper's, lose nothing to an undo, and are seen by others through a link alone."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import Refused
from shop.board_edits import BoardContents, PieceView, noted, put_on, restored, same_name, taken_off
from tests.shop.conftest import ANNA, BELA
from tests.shop.test_privacy import PERIODS


def pieces(*ids: str) -> list[PieceView]:
    return [PieceView(product_id=each) for each in ids]


async def test_a_board_is_filled_noted_and_emptied_and_says_what_each_change_did(till):
    boards = till.books.boards
    made = await boards.create(ANNA, "  Hallway\n", pieces("reed"))
    assert (made.name, made.product_ids, made.changed) == ("Hallway", ("reed",), "saved Reed runner to Hallway")

    more = await boards.add(ANNA, made.board_id, [PieceView(product_id="fen", variant_id="fen-oak")])
    assert more.changed == "saved Fen desk to Hallway"
    said = await boards.note(ANNA, made.board_id, "fen", "by the\ndoor")
    assert said.pieces[1] == PieceView(product_id="fen", variant_id="fen-oak", note="by the door")
    again = await boards.add(ANNA, made.board_id, pieces("fen"))
    assert again.pieces == said.pieces
    less = await boards.remove(ANNA, made.board_id, ["reed"], expected_version=again.version)
    assert (less.product_ids, less.changed) == (("fen",), "took Reed runner off Hallway")
    with pytest.raises(Refused, match="meantime"):
        await boards.remove(ANNA, made.board_id, ["fen"], expected_version=again.version)
    called = await boards.rename(ANNA, made.board_id, "Entrance")
    assert called.changed == "renamed Hallway to Entrance"
    assert (await boards.named(ANNA, "my entrance board")) == called.model_copy(update={"changed": ""})

    for names in (("Hallway", 1), ("Hallway", 2), ("Hallway", 2), ("Hallway", 1)):
        back = await boards.undo(ANNA, made.board_id)
        assert (back.name, len(back.pieces)) == names
    assert not back.can_undo
    assert (await boards.undo(ANNA, made.board_id)).changed == "nothing changed"


async def test_nobody_reads_changes_or_deletes_another_shoppers_board(till):
    boards = till.books.boards
    board = await boards.create(ANNA, "Hallway", pieces("reed"))

    assert await boards.mine(BELA) == []
    assert await boards.get(BELA, board.board_id) is None
    assert not await boards.delete(BELA, board.board_id)
    for change in (
        boards.add(BELA, board.board_id, pieces("fen")),
        boards.remove(BELA, board.board_id, ["reed"]),
        boards.note(BELA, board.board_id, "reed", "mine now"),
        boards.rename(BELA, board.board_id, "Mine"),
        boards.undo(BELA, board.board_id),
        boards.duplicate(BELA, board.board_id),
        boards.share(BELA, board.board_id),
        boards.unshare(BELA, board.board_id),
    ):
        with pytest.raises(Refused) as refused:
            await change
        assert refused.value.code == "unknown_board"
    assert await boards.mine(ANNA) == [board.model_copy(update={"changed": ""})]


async def test_a_link_shows_the_board_until_it_is_taken_back_and_another_is_another(till):
    boards = till.books.boards
    board = await boards.create(ANNA, "Hallway", pieces("reed"))
    assert board.link is None
    link = (await boards.share(ANNA, board.board_id)).link
    assert len(link or "") >= 32
    assert (await boards.share(ANNA, board.board_id)).link == link
    seen = await boards.shared(link)
    assert seen is not None
    assert seen.product_ids == ("reed",)

    await boards.unshare(ANNA, board.board_id)

    assert await boards.shared(link) is None
    assert await boards.shared("") is None
    assert (await boards.share(ANNA, board.board_id)).link != link


async def test_a_copy_has_the_notes_a_name_of_its_own_and_no_link(till):
    boards = till.books.boards
    board = await boards.create(ANNA, "Hallway", [PieceView(product_id="reed", note="3 m")])
    await boards.share(ANNA, board.board_id)

    first, second = [await boards.duplicate(ANNA, board.board_id) for _ in range(2)]

    assert (first.name, second.name) == ("Hallway copy", "Hallway copy 2")
    assert first.pieces == second.pieces == board.pieces
    assert first.link is None


@pytest.mark.parametrize(
    ("name", "ids", "code"),
    [("hallway board", [], "board_exists"), (" \u202e", [], "bad_name"), ("Study", ["nowhere"], "unknown_product")],
)
async def test_what_makes_no_board_leaves_none(till, name, ids, code):
    await till.books.boards.create(ANNA, "Hallway")
    with pytest.raises(Refused) as refused:
        await till.books.boards.create(ANNA, name, pieces(*ids))
    assert refused.value.code == code
    assert [each.name for each in await till.books.boards.mine(ANNA)] == ["Hallway"]


async def test_changes_at_the_same_moment_are_all_kept(till):
    board = await till.books.boards.create(ANNA, "Hallway")
    ids = ("fen", "reed", "harbour", "ember")
    await asyncio.gather(*(till.books.boards.add(ANNA, board.board_id, pieces(each)) for each in ids))

    (kept,) = await till.books.boards.mine(ANNA)
    assert set(kept.product_ids) == set(ids)
    assert kept.version == 5


async def test_a_board_is_exported_and_goes_with_its_shopper_or_by_itself(till):
    boards = till.books.boards
    board = await boards.create(ANNA, "Hallway", [PieceView(product_id="reed", note="for Wilhelmine")])
    await boards.note(ANNA, board.board_id, "reed", "for Kanarienvogel")
    other = await boards.create(ANNA, "Desk")
    assert await boards.delete(ANNA, other.board_id)
    parts = {name: [one async for one in records] async for name, records in till.books.exports.parts(ANNA)}
    assert [each["name"] for each in parts["boards"]] == ["Hallway"]
    assert [each["note"] for each in parts["board_pieces"]] == ["for Kanarienvogel"]
    assert parts["board_undo"][0]["changed"] == "noted at Reed runner"

    await till.books.privacy.erase(ANNA.subject, lambda subject, session_id: "folder")

    for table in ("boards", "board_pieces", "board_undo"):
        assert await till.rows(f"SELECT * FROM {table}") == []


async def test_a_shopper_who_only_keeps_a_board_is_kept_as_long_as_the_board_is_used(till):
    await till.books.boards.create(ANNA, "Hallway")
    till.clock.move(PERIODS.profiles.total_seconds() - 60)
    await till.books.boards.create(BELA, "Study")
    till.clock.move(120)

    await till.books.retention.purge(PERIODS)

    assert {row["subject"] for row in await till.rows("SELECT subject FROM boards")} == {BELA.subject}


CONTENTS = st.lists(st.sampled_from("abcdef"), unique=True).map(lambda ids: BoardContents("B", tuple(pieces(*ids))))


@given(CONTENTS, st.lists(st.sampled_from("abcdefgh"), unique=True), st.text(max_size=400))
def test_what_was_put_on_can_be_taken_off_and_is_restored_as_it_was(before, ids, note):
    after = put_on(before, pieces(*ids))
    held = {piece.product_id for piece in before.pieces}
    assert taken_off(after, [each for each in ids if each not in held]) == before
    assert [piece.product_id for piece in after.pieces if piece.product_id in held] == [
        piece.product_id for piece in before.pieces
    ]
    for each in ids[:1]:
        after = noted(after, each, note)
    assert restored(after.dump()) == after
    assert all(len(piece.note) <= 300 and "\n" not in piece.note for piece in after.pieces)


def test_a_name_is_the_same_however_it_is_spoken():
    assert same_name("Hallway", "my hallway board")
    assert same_name("The Summer  Wedding", "summer wedding")
    assert not same_name("Hallway", "Hall")
