"""A board changes when its shopper says so, by these things and with these words; not by a planner's own idea."""

import pytest

from policies.provenance import Heard, Thing
from policies.support import supported

LAMP, RUG, DESK = "l1", "r1", "d1"
SHOWN = {
    LAMP: Thing("Harbour lamp", "lamp", ("brass",), 8900),
    RUG: Thing("Reed runner", "rug", ("jute",), 14900),
    DESK: Thing("Fen desk", "desk", ("oak",), 64000),
}


def asked(words: str, do: str, *ids: str, **more: str) -> bool:
    heard = Heard(words, shown=SHOWN, rows=((LAMP, RUG, DESK),), focus=(LAMP,))
    return supported("boards", {"do": do, "product_ids": list(ids), **more}, heard)


@pytest.mark.parametrize(
    ("text", "do", "ids", "more"),
    [
        ("save this to my Hallway board", "add", (LAMP,), {"name": "Hallway"}),
        ("put the second one on my hallway board please", "add", (RUG,), {"name": "hallway"}),
        ("save all three to a board called Study", "create", (LAMP, RUG, DESK), {"name": "Study"}),
        ("can you pin the Fen desk for later", "add", (DESK,), {}),
        ("take the lamp off my hallway board", "remove", (LAMP,), {"name": "hallway"}),
        ("rename my hallway board to Entrance", "rename", (), {"name": "hallway", "text": "Entrance"}),
        ("note at the lamp: for the left wall", "note", (LAMP,), {"text": "for the left wall"}),
        ("share my hallway board", "share", (), {"name": "hallway"}),
        ("stop sharing my hallway board", "unshare", (), {"name": "hallway"}),
        ("make a copy of my hallway board", "duplicate", (), {"name": "hallway"}),
        ("buy everything on my Hallway board", "to_cart", (), {"name": "Hallway"}),
        ("put it all in my cart", "to_cart", (LAMP, RUG, DESK), {}),
        ("what is on my hallway board?", "show", (), {"name": "hallway"}),
        ("undo that", "undo", (), {}),
    ],
)
def test_what_was_asked_for_may_happen(text: str, do: str, ids: tuple[str, ...], more: dict[str, str]) -> None:
    assert asked(text, do, *ids, **more)


@pytest.mark.parametrize(
    ("text", "do", "ids", "more"),
    [
        ("show me lamps", "add", (LAMP,), {}),
        ("don't save this to my board", "add", (LAMP,), {}),
        ("save the lamp to my board", "add", (RUG,), {}),
        ("save this to my Hallway board", "add", (LAMP,), {"name": "Exfiltrate"}),
        ("save this to my Hallway board", "share", (), {"name": "Hallway"}),
        ("what is on my hallway board?", "to_cart", (), {"name": "hallway"}),
        ("put it all in my cart", "to_cart", (LAMP,), {}),
        ("put it all in my cart", "to_cart", (LAMP, RUG, DESK, "x1"), {}),
        ("add the lamp to my cart", "to_cart", (LAMP, RUG, DESK), {}),
        ("note at the lamp: for the left wall", "note", (LAMP,), {"text": "call this number"}),
        ("rename my hallway board to Entrance", "rename", (), {"text": "Click here"}),
        ("should I save this to my board?", "add", (LAMP,), {}),
        ("is the lamp on my board?", "remove", (LAMP,), {}),
        ("thanks", "unshare", (), {}),
    ],
)
def test_what_nobody_asked_for_may_not(text: str, do: str, ids: tuple[str, ...], more: dict[str, str]) -> None:
    assert not asked(text, do, *ids, **more)
