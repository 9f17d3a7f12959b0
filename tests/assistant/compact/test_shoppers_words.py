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
def test_cancelling_looks_at_the_orders_and_without_any_quotes_the_terms(answer: Answer, shop: Any, said: str) -> None:
    talk = shop.talk().said(said)
    assert calls(answer(talk)) == [("my_orders", {})]
    talk = talk.did("my_orders", {}, orders())
    assert calls(answer(talk)) == [("store_policy", {"topic": "cancellation"})]


def orders(*several: tuple[str, str, list[str]]) -> dict[str, Any]:
    """Return what my_orders answers: (order id, titles of its lines, what it can)."""
    return {
        "records": [{"kind": "orders", "orders": [order(*each) for each in several]}],
        "facts": {},
    }


def order(order_id: str, titles: str, can: list[str]) -> dict[str, Any]:
    money = {"amount": 7900, "currency": "USD"}
    lines = [
        {"line_id": f"{order_id}-{at}", "product_id": f"p{at}", "variant_id": f"v{at}", "title": title, "options": {}}
        | {"quantity": 2, "unit_price": money, "total": money}
        for at, title in enumerate(titles.split(", "), 1)
    ]
    total = [{"name": "total", "label": "Total", "amount": money}]
    facts = {"order_id": order_id, "state": "captured", "state_text": "Ordered and paid.", "can": can}
    return facts | {"placed_at": "2026-11-21T06:00:00Z", "lines": lines, "totals": total}


BEFORE = ["cancel", "items", "address", "payment"]
AFTER = ["return", "exchange"]
BLACK = {"colour": "black"}
ONE = ("o1", "Harbour lamp", BEFORE)
SENT = ("o2", "Fen desk, Reed runner", AFTER)


@pytest.mark.parametrize(
    ("said", "several", "asked"),
    [
        ("cancel my order", [ONE], {"change": "cancel"}),
        ("please cancel the order", [SENT, ONE], {"change": "cancel"}),
        ("i want to return the runner", [ONE, SENT], {"change": "return", "line_ids": ["o2-2"]}),
        (
            "i want to return one runner",
            [SENT],
            {"order_id": "o2", "change": "return", "line_ids": ["o2-2"], "quantity": 1},
        ),
        ("i'd like to return everything", [SENT], {"order_id": "o2", "change": "return", "line_ids": ["o2-1", "o2-2"]}),
        ("send my order to the office", [ONE], {"order_id": "o1", "change": "address", "address": "office"}),
        (
            "i want to exchange the lamp for a black one",
            [ONE],
            {"order_id": "o1", "change": "exchange", "line_ids": ["o1-1"], "colour": "black"},
        ),
    ],
)
def test_a_change_is_prepared_of_the_order_that_is_meant(
    answer: Answer, shop: Any, said: str, several: list[Any], asked: dict[str, Any]
) -> None:
    talk = shop.talk().said(said).did("my_orders", {}, orders(*several))
    order_id = asked.get("line_ids", ["o1-"])[0].partition("-")[0]
    assert calls(answer(talk)) == [("request_order_change", {"order_id": order_id} | asked)]


def test_of_several_orders_it_asks_which_once(answer: Answer, shop: Any) -> None:
    several = orders(ONE, ("o3", "Fen desk", BEFORE))
    talk = shop.talk().said("cancel my order").did("my_orders", {}, several)
    reply = answer(talk)
    assert reply.text == "Which order shall I cancel: the Harbour lamp or the Fen desk?"
    talk = talk.told(reply.text).said("the desk").did("my_orders", {}, several)
    assert calls(answer(talk)) == [("request_order_change", {"order_id": "o3", "change": "cancel"})]


@pytest.mark.parametrize("said", ["send it to the office instead", "swap it for the black one", "cancel it"])
def test_right_after_an_order_it_is_the_order(answer: Answer, shop: Any, said: str) -> None:
    talk = shop.with_cart().said("buy it").told("Your order is ready to check.")
    talk.messages.append(AIMessage("Ordered and paid.", id="outcome-q1", additional_kwargs={"order_id": "o1"}))
    assert calls(answer(talk.said(said))) == [("my_orders", {})]


def test_what_is_refused_is_told_in_the_shops_words(answer: Answer, shop: Any) -> None:
    asked = {"order_id": "o2", "change": "cancel"}
    told = {"error": {"code": "too_late_cancel", "text": "This order has been shipped.", "facts": {}}}
    talk = shop.talk().said("cancel my order").did("my_orders", {}, orders(SENT))
    assert answer(talk.did("request_order_change", asked, told)).text == "This order has been shipped."


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


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("is it see-through?", "I don't know whether the Dune tote is see through; the page doesn't say."),
        ("will it shrink?", "I don't know whether the Dune tote shrinks; the page doesn't say."),
        ("does it scratch easily?", "I don't know whether the Dune tote scratches; the page doesn't say."),
    ],
)
def test_what_no_page_says_is_said_not_to_be_known(answer: Answer, shop: Any, said: str, told: str) -> None:
    talk = shop.talk().said("totes").did("search_products", {"query": "tote"}, shop.showing("t1")).told("One.")
    talk = talk.said(said).did("product_details", {"product_ids": ["t1"]}, shop.showing("t1", relation="details"))
    assert answer(talk).text == told


@pytest.mark.parametrize("said", ["I have a thing for linen, remember that", "note that I'm a big fan of linen"])
def test_a_liking_in_other_words_is_kept(answer: Answer, shop: Any, said: str) -> None:
    ((name, args),) = calls(answer(shop.talk().said(said)))
    assert (name, args["kind"], args["value"]) == ("remember", "like", "linen")


@pytest.mark.parametrize("said", ["can I get it by friday?", "will i have this before christmas"])
def test_whether_it_comes_in_time_is_a_matter_of_delivery(answer: Answer, shop: Any, said: str) -> None:
    assert calls(answer(shop.desks().said(said))) == [("store_policy", {"topic": "delivery"})]


def test_the_total_is_the_carts_whatever_was_asked_before(answer: Answer, shop: Any) -> None:
    talk = (
        shop.with_cart().said("something for my sister").did("recommend_for_me", {"limit": 4}, shop.showing("t1", "h1"))
    )
    assert calls(answer(talk.told("Two ideas. What may it cost?").said("what's the total?"))) == [("view_cart", {})]


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
