"""Scripts say what happens and what must be true, and are wrong loudly."""

import pytest

from evals.journeys.conditions import ScriptError, number
from ui.script import Unmet, check, instruction, parse, subject_of

ITEMS = [
    {"title": "Alder desk", "price": 64000, "colours": ["walnut"], "colour": ["walnut", "oak"]},
    {"title": "Fen desk", "price": 58000, "colours": ["oak"], "colour": ["oak"]},
]


def test_lines_are_what_the_shopper_says_and_comments_are_not() -> None:
    read = parse("# a purchase\n\na walnut desk\n  !press  \n!set last-quoted price +1500\n!expect orders=1\n")

    assert [(each.line, each.kind, each.words) for each in read] == [
        (3, "say", ()),
        (4, "press", ()),
        (5, "set", ("last-quoted", "price", "+1500")),
        (6, "expect", ("orders=1",)),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "!buy",
        "!press now",
        "!picture",
        "!picture p-1 green rotated twice",
        "!set",
        "!set x colour red",
        "!expect",
        "!expect cart",
        "!expect weather=good",
        "!expect 'x",
    ],
)
def test_a_control_nobody_knows_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(ScriptError, match="line 2"):
        parse(f"hello\n{line}")


def test_the_merchant_tells_what_happened_to_an_order() -> None:
    (line,) = parse("!order deliver")
    assert (line.kind, line.words) == ("order", ("deliver",))
    with pytest.raises(ScriptError, match="ship"):
        parse("!order eat")


def test_a_picture_is_named_by_product_and_colour() -> None:
    read = parse("!picture p-00012 'light blue' rotated\nlike this\n!picture bicycle")
    assert [(each.kind, each.words) for each in read] == [
        ("picture", ("p-00012", "light blue", "rotated")),
        ("say", ()),
        ("picture", ("bicycle",)),
    ]


def test_money_and_counts_are_numbers() -> None:
    assert (number("$640"), number("$1,640.50"), number("3")) == (64000, 164050, 3)
    with pytest.raises(ScriptError):
        number("many")


@pytest.mark.parametrize(
    "words",
    [
        "cart lines=1 total<=$640",
        "orders=1",
        "said~ready",
        "shown all colour=oak price>=$500",
        "shown any title~alder",
        "shown none price>70000",
        "shown 2 title=Fen_desk price!=1",
        "shown all colour!=grey",
    ],
)
def test_what_holds_passes(words: str) -> None:
    given = [word.replace("_", " ") for word in words.split()]

    check(given, {"lines": 1, "total": 64000, "count": 1, "text": "Your order is ready."}, ITEMS)


@pytest.mark.parametrize(
    "words",
    [
        "cart lines=2",
        "orders=0",
        "said~placed",
        "shown all colour=walnut",
        "shown any title~lamp",
        "shown none price<70000",
        "shown 3 title~desk",
        "shown 1 colour!=oak",
    ],
)
def test_what_does_not_hold_says_what_is_there(words: str) -> None:
    with pytest.raises(Unmet):
        check(words.split(), {"lines": 1, "count": 1, "text": "Your order is ready."}, ITEMS)


def test_all_of_nothing_is_not_met() -> None:
    with pytest.raises(Unmet):
        check(["shown", "all", "colour=oak"], {"count": 0}, [])


def test_a_fact_nobody_knows_is_a_mistake_of_the_script() -> None:
    with pytest.raises(ScriptError, match="price"):
        check(["shown", "1", "weight=2"], {}, ITEMS)


def test_the_subject_of_an_expectation_is_its_first_word() -> None:
    assert subject_of(["orders=1"]) == "orders"
    assert subject_of(["cart", "lines=1"]) == "cart"
    assert instruction("   ") is None
