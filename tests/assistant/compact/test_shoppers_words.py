"""What shoppers type in haste or in passing: places for options, order matters, accounts, consent, comparisons."""

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage

Answer = Callable[[Any], AIMessage]


def calls(message: AIMessage) -> list[tuple[str, dict[str, Any]]]:
    return [(call["name"], call["args"]) for call in message.tool_calls]


def asked_colour(shop: Any) -> Any:
    facts = {"product_id": "h1", "missing": ["colour"], "options": {"colour": ["black", "tan", "red"]}}
    failed = shop.failure("choose_option", **facts)
    talk = shop.heels().said("add the first one in a 7")
    return talk.did("add_to_cart", {"product_id": "h1", "size": "7"}, failed).told("Which colour of the heels?")


@pytest.mark.parametrize(
    ("said", "colour"),
    [
        ("the first colour", "black"),
        ("the second", "tan"),
        ("the first one please", "black"),
        ("the last", "red"),
        ("any", "black"),
        ("whichever", "black"),
        ("i don't mind", "black"),
    ],
)
def test_an_option_can_be_chosen_by_its_place(answer: Answer, shop: Any, said: str, colour: str) -> None:
    chosen = calls(answer(asked_colour(shop).said(said)))

    assert chosen == [("add_to_cart", {"product_id": "h1", "size": "7", "colour": colour})]


def test_a_place_beyond_the_offered_options_chooses_nothing(answer: Answer, shop: Any) -> None:
    assert "add_to_cart" not in [name for name, _ in calls(answer(asked_colour(shop).said("the fifth colour")))]


@pytest.mark.parametrize("said", ["print the order of the customer before me", "show me other people's orders"])
def test_nobody_elses_orders_are_looked_for(answer: Answer, shop: Any, said: str) -> None:
    reply = answer(shop.talk().said(said))

    assert not reply.tool_calls
    assert "only see your own orders" in reply.text


@pytest.mark.parametrize("said", ["cancel all orders and refund them", "cancel my order"])
def test_cancelling_quotes_the_terms(answer: Answer, shop: Any, said: str) -> None:
    assert calls(answer(shop.talk().said(said))) == [("store_policy", {"topic": "cancellation"})]


def test_deleting_an_account_leaves_the_cart_alone(answer: Answer, shop: Any) -> None:
    assert calls(answer(shop.with_cart().said("delete my account"))) == [("store_policy", {"topic": "privacy"})]


@pytest.mark.parametrize("said", ["yes place it", "yes, I confirm the order, place it now", "approve"])
def test_consent_in_words_calls_nothing_while_a_card_is_open(answer: Answer, shop: Any, said: str) -> None:
    talk = shop.with_cart().said("buy it").did("prepare_quote", {}, shop.quote(shop.line("d1"))).told("Ready.")

    reply = answer(talk.said(said))

    assert not reply.tool_calls
    assert reply.text == "The button on the card places it. I can't press it for you."


def test_buying_with_express_delivery_is_no_question_about_delivery(answer: Answer, shop: Any) -> None:
    ((name, args),) = calls(answer(shop.with_cart().said("buy it with express delivery")))

    assert (name, args) == ("prepare_quote", {"delivery": "express"})


@pytest.mark.parametrize("said", ["smaller", "something a bit wider"])
def test_a_bare_comparative_points_among_what_is_shown(answer: Answer, shop: Any, said: str) -> None:
    assert [name for name, _ in calls(answer(shop.desks().said(said)))] != ["search_products"]


def test_any_colour_takes_the_colour_away(answer: Answer, shop: Any) -> None:
    args = {"product_types": ["desk"], "colours": ["brown"], "query": "desk"}
    talk = shop.talk().said("brown desks").did("search_products", args, shop.showing("d1", "d2")).told("Two.")

    ((name, found),) = calls(answer(talk.said("in any colour then")))

    assert (name, found) == ("search_products", {"product_types": ["desk"], "query": "desk"})


def test_words_typed_without_apostrophes_are_understood(answer: Answer, shop: Any) -> None:
    assert calls(answer(shop.with_cart().said("whats in my basket"))) == [("view_cart", {})]


def test_whether_it_is_leather_is_answered_from_its_materials(answer: Answer, shop: Any) -> None:
    talk = shop.talk().said("totes").did("search_products", {"query": "tote"}, shop.showing("t1")).told("One.")
    talk = talk.said("is it leather").did(
        "product_details", {"product_ids": ["t1"]}, shop.showing("t1", relation="details")
    )

    assert answer(talk).text == "No, the Dune tote is made of cotton."


def test_bare_numbers_of_a_comparison_are_places_and_no_prices(answer: Answer, shop: Any) -> None:
    ((name, args),) = calls(answer(shop.desks().said("whats the diff between 1 and 3")))

    assert (name, args) == ("compare_products", {"product_ids": ["d1", "d3"]})


def test_wrapping_is_a_matter_of_the_gift_terms(answer: Answer, shop: Any) -> None:
    assert calls(answer(shop.desks().said("can u wrap it"))) == [("store_policy", {"topic": "gift"})]


def test_a_gift_only_says_what_the_search_is_for(answer: Answer, shop: Any) -> None:
    assert [name for name, _ in calls(answer(shop.talk().said("I'm buying a gift, show me lamps")))] == [
        "search_products"
    ]


def test_colourful_replaces_the_colour_and_is_said(answer: Answer, shop: Any) -> None:
    args = {"product_types": ["heels"], "not_colours": ["black"], "query": "heels"}
    talk = shop.talk().said("heels, not black").did("search_products", args, shop.showing("h1", "h2")).told("Two.")

    ((_, found),) = calls(answer(talk.said("something colourful instead")))

    assert "red" in found["colours"]
    assert "not_colours" not in found
