"""Single messages are understood with the history and the products on screen that come along as JSON."""

import asyncio
from typing import Any

import pytest

from assistant.compact.opinion import Heads
from assistant.compact.overheard import Overheard, dialogue_of, told
from assistant.compact.terms import Terms
from assistant.compact.understand import understand
from retrieval.query import Vocabulary

SOFAS = [
    {"id": "a", "title": "Fen sofa", "facets": {"colour": "grey", "type": "sofa", "price": 50000, "width": "180 cm"}},
    {"id": "b", "title": "Alder sofa", "facets": {"colours": ["black"], "type": "sofa", "price": {"amount": 40000}}},
]


@pytest.fixture
def hear(runner: asyncio.Runner, terms: Terms, heads: Heads) -> Any:
    def run(text: str, **more: Any) -> dict[str, Any]:
        heard = Overheard.model_validate({"text": text, **more})
        dialogue = dialogue_of(heard, terms, "USD")
        return told(runner.run(understand(text, dialogue, terms, heads, "USD")), dialogue, terms, "USD")

    return run


def test_slots_that_are_empty_are_left_out_and_prices_carry_their_currency(hear: Any) -> None:
    answer = hear("walnut desks under $600")

    assert answer["intents"] == ["search"]
    assert answer["slots"]["price_max"] == {"amount": 60000, "currency": "USD"}
    assert answer["slots"]["materials"] == ["walnut"]
    assert "colours" not in answer["slots"]
    assert 0 <= answer["confidence"] <= 1


def test_places_colours_and_ranks_point_at_what_is_on_screen(hear: Any) -> None:
    assert hear("how wide is the second one?", shown=SOFAS)["refers_to"] == ["b"]
    assert hear("add the grey one", shown=SOFAS)["refers_to"] == ["a"]
    assert hear("add the cheaper one please", shown=SOFAS)["refers_to"] == ["b"]


def test_the_question_before_makes_a_pointing_word_its_answer(hear: Any) -> None:
    history = [
        {"role": "user", "text": "how much is it?"},
        {"role": "assistant", "text": "Which one do you mean: the Fen or the Alder?"},
    ]
    assert hear("the grey one", history=history, shown=SOFAS)["intents"] == ["answer_clarification"]


def test_odd_facets_are_taken_as_far_as_they_go(hear: Any) -> None:
    odd = [{"id": "x", "facets": {"price": "free", "colours": [None, 3], "rating": "good", "size": {"a": 1}}}]
    assert hear("add it", shown=odd)["refers_to"] == ["x"]


def test_what_the_assistant_said_tells_a_cart_from_a_row_of_goods(hear: Any) -> None:
    added = [{"role": "user", "text": "add it"}, {"role": "assistant", "text": "I've added the lamp to your cart."}]
    assert hear("make it two", history=added)["intents"] == ["change_cart"]
    assert hear("take it out again", history=added)["intents"] == ["change_cart"]


@pytest.mark.parametrize(
    ("said", "sizes"),
    [
        ("heels, size seven", ["7"]),
        ("size M or L", ["M", "L"]),
        ("women's 7", ["7"]),
        ("boots in a 39", ["39"]),
        ("a bed 140 wide", ["140 cm"]),
        ("a desk no wider than 120", ["120 cm"]),
        ("a t-shirt, large", ["L"]),
        ("a sideboard no wider than a metre and a half", ["150 cm"]),
        ("a bed 1.80 wide", ["180 cm"]),
        ("boots, 8 and a half", ["8.5"]),
        ("does the first come in 42?", ["42"]),
        ("heels in s or xs", ["S", "XS"]),
    ],
)
def test_sizes_are_read_in_words_figures_and_measures_without_a_unit(hear: Any, said: str, sizes: list[str]) -> None:
    assert hear(said)["slots"]["sizes"] == sizes


def test_pieces_are_counted_right_before_the_thing(hear: Any) -> None:
    assert hear("six walnut dining chairs")["slots"]["quantity"] == 6
    assert "quantity" not in hear("a lamp under 50")["slots"]


@pytest.mark.parametrize("said", ["a 3 seater sofa", "us 9 sneakers", "a two metre shelf", "I don't really have one"])
def test_a_number_that_measures_or_points_is_no_count(hear: Any, said: str) -> None:
    assert "quantity" not in hear(said)["slots"]


@pytest.mark.parametrize("said", ["between 38 and 39", "no more than 60 deep", "about 80 by 60"])
def test_sizes_are_no_prices(hear: Any, said: str) -> None:
    assert not {"price_min", "price_max"} & set(hear(said)["slots"])


def test_goods_the_assistant_spoke_of_can_be_asked_about_without_their_records(hear: Any) -> None:
    said = [{"role": "user", "text": "hello"}, {"role": "assistant", "text": "I have a grey rug and a white rug here."}]
    assert hear("is the grey one more expensive than the white one?", history=said)["intents"] == ["compare"]
    assert hear("ok add that one", history=said)["intents"] == ["add_to_cart"]


def test_what_is_said_before_the_wish_is_no_wish(hear: Any) -> None:
    assert hear("Could you help me out? I need a black coat for winter.")["intents"] == ["search"]
    assert hear("forget the rugs, show me vases")["intents"] == ["search"]
    shown = [{"role": "user", "text": "rugs"}, {"role": "assistant", "text": "The wool rug is $149."}]
    assert hear("Before I buy it, I'd want to know what it's made of", history=shown)["intents"] == ["ask_attribute"]


def test_a_word_for_many_colours_stays_one_word(hear: Any) -> None:
    slots = hear("something colourful for the hall")["slots"]
    assert "colours" not in slots
    assert "colourful" in slots["soft"]


def test_a_shop_with_forty_groups_of_properties_is_understood(runner: asyncio.Runner, heads: Heads) -> None:
    groups = {f"group {at}": f"value {at}" for at in range(40)}
    shown = [
        {"id": f"p{at}", "title": f"Pump {at}", "facets": {**groups, "type": "pump", "flow rate": f"{at} l"}}
        for at in range(30)
    ]
    many = {f"pump kind {at}": 3 for at in range(300)}
    terms = Terms(
        Vocabulary({"pump": 30, **many}, {}, {}, {"steel": 9}, {}, {f"Maker {at}": 2 for at in range(400)}, {})
    )

    def ask(text: str, **more: Any) -> dict[str, Any]:
        dialogue = dialogue_of(heard := Overheard.model_validate({"text": text, **more}), terms, "USD")
        return told(runner.run(understand(heard.text, dialogue, terms, heads, "USD")), dialogue, terms, "USD")

    assert ask("show me steel pumps under $80")["slots"]["product_types"] == ["pump"]
    answer = ask("what's the flow rate of the second one?", shown=shown)
    assert (answer["intents"], answer["asked"], answer["refers_to"]) == (["ask_attribute"], ["flow rate"], ["p1"])
    assert set(answer["slots"]) <= {"product_types", "soft"}
