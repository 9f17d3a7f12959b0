"""What words point at, rank and wish for together, apart from any conversation's tools."""

from typing import Any

import pytest

from assistant.compact.pointing import point
from assistant.compact.ranks import rank_said, ranked
from assistant.compact.references import read_reference, titles_in
from assistant.compact.say_ranks import first
from assistant.compact.sets import covers, set_wish
from assistant.compact.terms import Terms


def pointed(text: str, talk: Any, terms: Terms) -> tuple[str, ...]:
    dialogue = talk.dialogue()
    found = point(read_reference(text, terms, dialogue.names), dialogue)
    return found.ids or tuple(f"? {i}" for i in found.candidates)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("compare the first lamp with the second desk", ("l1", "d2")),
        ("add the walnut one and the white lamp", ("d2", "l2")),
        ("compare the first and the last", ("d1", "d3")),
        ("the second desk or the white lamp, which is better", ("d2", "l2")),
        ("compare the first and the third", ("d1", "d3")),
        ("add all three", ("d1", "d2", "d3")),
    ],
)
def test_things_named_apart_are_each_found_where_they_were_shown(
    text: str, ids: tuple[str, ...], shop: Any, terms: Terms
) -> None:
    assert pointed(text, shop.lamps_then_desks(), terms) == ids


def test_one_unclear_thing_of_several_is_asked_about(shop: Any, terms: Terms) -> None:
    assert pointed("add the lamp and the first desk", shop.lamps_then_desks(), terms) == ("? l1", "? l2")


def test_it_after_a_question_is_one_of_those_it_named(shop: Any, terms: Terms) -> None:
    talk = shop.desks().said("the dear one").told("Which desk: the Fen desk or the Alder desk?")
    assert pointed("do you have it in black", talk, terms) == ("? d1", "? d2")


def test_a_title_within_a_longer_one_is_not_named_by_it() -> None:
    titles = {"a": "Fen desk", "b": "Fen desk in pine"}
    assert titles_in("Which one: the Fen desk in pine?", titles) == ("b",)
    assert titles_in("The Fen desk in pine or the Fen desk", titles) == ("b", "a")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("which is the narrowest", "The Brook desk is the narrowest of the three: 95 cm wide; next is the Alder desk"),
        ("the widest", "The Fen desk is the widest of the three: 125 cm wide"),
        ("the cheapest", "The Brook desk is the cheapest of the three, at $340; next is the Fen desk, at $560."),
        ("the deepest", "The Fen desk is the deepest of the three: 60 cm deep"),
        ("the heaviest", "None of these pages states a weight, so I can't tell."),
        ("the best rated", "The Fen desk is the best rated of the three, 4.5 of 5"),
    ],
)
def test_a_superlative_is_answered_from_the_pages(text: str, said: str, shop: Any) -> None:
    items = shop.desks().dialogue().items
    rank = rank_said(text)
    assert rank is not None
    assert first(ranked([items[i] for i in ("d1", "d2", "d3")], rank)).startswith(said)


def test_it_is_the_one_that_was_recommended(shop: Any) -> None:
    comparison = {
        "records": [{"kind": "comparison", "items": [shop.card("d1"), shop.card("d2")], "rows": []}],
        "facts": {},
    }
    compared = (
        shop.desks()
        .said("compare the first two, which is better")
        .did("compare_products", {"product_ids": ["d1", "d2"]}, comparison)
    )
    assert compared.told("I'd take the Alder desk: it is lower.").dialogue().focus == ("d2",)


def test_what_stands_side_by_side_leaves_the_choice_open_until_one_is_asked_for(shop: Any) -> None:
    comparison = {
        "records": [{"kind": "comparison", "items": [shop.card("d1"), shop.card("d2")], "rows": []}],
        "facts": {},
    }

    def focus(text: str) -> tuple[str, ...]:
        talk = shop.desks().said(text).did("compare_products", {"product_ids": ["d1", "d2"]}, comparison)
        return talk.told("The Alder desk is 15 cm narrower.").dialogue().focus

    assert focus("compare the first two") == ("d1", "d2")
    assert focus("which is narrower") == ("d2",)


@pytest.mark.parametrize(
    ("text", "kinds", "total"),
    [
        ("a sofa, a rug and a lamp, 1,200 in all", ("sofa", "rug", "lamp"), 120000),
        ("a desk and a lamp under 700 in total", ("desk", "lamp"), 70000),
        ("reading corner, 700 all in", ("armchair", "lamp"), 70000),
        ("what should i wear to a wedding", ("shirt", "sweater", "skirt", "sneakers", "boots", "heels"), None),
        ("help me build an outfit starting with a black dress", ("dress",), None),
    ],
)
def test_things_that_belong_together_are_one_wish(
    text: str, kinds: tuple[str, ...], total: int | None, terms: Terms
) -> None:
    wish = set_wish(text, terms, "USD")
    assert wish is not None
    assert (tuple(kind for piece in wish.pieces for kind in piece.kinds), wish.total) == (kinds, total)


@pytest.mark.parametrize(
    "text", ["a rug for my living room", "a desk and a lamp", "desks under 500", "shoes under 60 and a bag under 40"]
)
def test_single_wishes_stay_single(text: str, terms: Terms) -> None:
    assert set_wish(text, terms, "USD") is None


def test_a_sum_for_a_set_says_nothing_of_other_things(terms: Terms) -> None:
    wish = set_wish("a sofa and a rug, 1,200 in all", terms, "USD")
    assert wish is not None
    assert covers(wish, ["rug"])
    assert not covers(wish, ["boots"])
    outfit = set_wish("an outfit under 100 in total", terms, "USD")
    assert outfit is not None
    assert covers(outfit, ["tote"])
