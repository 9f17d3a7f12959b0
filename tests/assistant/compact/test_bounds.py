"""How wide a thing must or may be, one material against another, and options left to the shop."""

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from assistant.compact.bounds import Bound, bound_of, said_bound
from assistant.compact.terms import Terms
from tools.records import Item

Answer = Callable[[Any], AIMessage]


def calls(message: AIMessage) -> list[tuple[str, dict[str, Any]]]:
    return [(call["name"], call["args"]) for call in message.tool_calls]


@pytest.mark.parametrize(
    ("said", "bound"),
    [
        ("at least 120 cm wide", "at least 120 cm wide"),
        ("wider than 140", "at least 140 cm wide"),
        ("no wider than a metre and a half", "at most 150 cm wide"),
        ("up to 2 metres tall", "at most 200 cm high"),
        ("no more than 60 cm deep", "at most 60 cm deep"),
        ("at least 55 inches wide", "at least 55 inches wide"),
        ("at most 6 ft tall", "at most 6 ft high"),
        ("at least 120 cm wide, under $600", "at least 120 cm wide"),
        ("under $600 and at least 120 cm wide", "at least 120 cm wide"),
        ("under 600 dollars, no less than 120 cm wide", "at least 120 cm wide"),
        ("120 cm wide at most, from $200", "at most 120 cm wide"),
        ("a desk 120 cm wide under $600", "None"),
        ("a desk 120 cm wide", "None"),
        ("at least 120 dollars", "None"),
        ("a rug of 80 x 150", "None"),
    ],
)
def test_a_bound_on_a_measure_is_read_with_its_direction(shop: Any, said: str, bound: str) -> None:
    assert str(bound_of(said, Terms(shop.vocabulary))) == bound


def test_inches_and_feet_are_compared_with_the_pages_centimetres(shop: Any) -> None:
    bound = bound_of("at least 55 inches wide", Terms(shop.vocabulary))
    assert bound is not None
    assert (bound.allows(139.6), bound.allows(140)) == (False, True)


def test_what_alone_kept_a_bound_is_the_first_on_screen(answer: Answer, shop: Any) -> None:
    talk = shop.desks().said("at least 120 cm wide")
    ((name, args),) = calls(answer(talk))
    talk = talk.did(name, args, shop.showing("d2", "d1", "d3"))
    assert calls(answer(talk)) == [("product_details", {"product_ids": ["d1"]})]
    talk = talk.did("product_details", {"product_ids": ["d1"]}, shop.showing("d1", relation="details"))
    message = answer(talk)
    assert message.text == "One of the three nearest desks is at least 120 cm wide: the Fen desk at 125 cm."
    talk = talk.told(message.text).said("add the first one to my cart")
    assert calls(answer(talk))[0][1]["product_id"] == "d1"


def test_only_what_keeps_the_bound_is_shown(answer: Answer, shop: Any) -> None:
    talk = shop.desks().said("at least 110 cm wide")
    ((name, args),) = calls(answer(talk))
    assert (name, args["limit"]) == ("search_products", 12)
    talk = talk.did(name, args, shop.showing("d1", "d2", "d3"))
    assert calls(answer(talk)) == [("product_details", {"product_ids": ["d1", "d2"]})]
    talk = talk.did("product_details", {"product_ids": ["d1", "d2"]}, shop.showing("d1", "d2", relation="details"))
    assert answer(talk).text == (
        "Two of the three nearest desks are at least 110 cm wide: the Fen desk at 125 cm and the Alder desk at 110 cm."
    )


@pytest.mark.parametrize("desks_before", [False, True])
def test_what_kept_a_bound_is_the_row_that_is_counted_in(answer: Answer, shop: Any, desks_before: bool) -> None:
    row = shop.showing("d1", "d2", "d3")
    talk = shop.desks() if desks_before else shop.talk()
    talk = talk.said("a desk at least 100 cm wide").did("search_products", {"query": "desk"}, row)
    talk = talk.did("product_details", {"product_ids": ["d2", "d3"]}, shop.showing("d2", "d3", relation="details"))
    talk = talk.told("Two of the three nearest desks are at least 100 cm wide.")
    assert calls(answer(talk.said("compare the first two"))) == [("compare_products", {"product_ids": ["d2", "d3"]})]


@pytest.mark.parametrize(("then", "limit"), [("in oak", 12), ("sofas in green", None)])
def test_a_bound_lasts_while_the_same_kind_of_thing_is_looked_for(
    answer: Answer, shop: Any, then: str, limit: int | None
) -> None:
    talk = shop.desks().said("at least 110 cm wide")
    ((name, args),) = calls(answer(talk))
    talk = talk.did(name, args, shop.showing("d1", "d2", "d3"))
    ((name, args),) = calls(answer(talk))
    talk = talk.did(name, args, shop.showing("d1", "d2", relation="details"))

    ((name, args),) = calls(answer(talk.told(answer(talk).text).said(then)))

    assert (name, args.get("limit")) == ("search_products", limit)


def test_where_nothing_keeps_the_bound_the_nearest_is_named(answer: Answer, shop: Any) -> None:
    talk = shop.desks().said("at least 200 cm wide")
    ((name, args),) = calls(answer(talk))
    told = answer(talk.did(name, args, shop.showing("d1", "d2", "d3")))
    assert told.text == (
        "None of the three nearest desks is at least 200 cm wide. The Fen desk comes closest at 125 cm."
    )


def test_what_comes_in_several_sizes_has_its_measures_in_their_names() -> None:
    rug, price = {"title": "Verge rug", "product_type": "rug", "availability": "in_stock"}, {"amount": 9_900}
    sizes = ["140 x 200 cm", "170 x 240 cm", "round"]
    item = Item.model_validate({"product_id": "r1", "price": price, "sizes": sizes, **rug})
    assert said_bound([item], Bound("width", "wide", 160, least=True)) == (
        "The Verge rug in 170 x 240 cm is at least 160 cm wide."
    )
    long = Bound("length", "long", 300, least=True)
    assert said_bound([item], long) == "The Verge rug is not at least 300 cm long, but 240 cm."
    assert "states how high" in said_bound([item], Bound("height", "high", 10, least=False))


def test_two_materials_on_screen_are_compared_and_others_are_counted(answer: Answer, shop: Any) -> None:
    assert calls(answer(shop.desks().said("oak or walnut, what's the difference?"))) == [
        ("compare_products", {"product_ids": ["d1", "d2"]})
    ]
    asked = calls(answer(shop.desks().said("oak or steel, what's the difference?")))
    assert [args["materials"] for _, args in asked] == [["oak"], ["steel"]]


def test_an_option_left_open_is_taken_in_the_first_that_is_there(answer: Answer, shop: Any) -> None:
    failed = shop.failure("choose_option", product_id="h1", missing=["colour"], options={"colour": ["tan", "red"]})
    talk = shop.heels().said("add the first in a 7, whichever colour")
    ((name, args),) = calls(answer(talk))
    assert calls(answer(talk.did(name, args, failed))) == [("add_to_cart", {**args, "colour": "tan"})]
