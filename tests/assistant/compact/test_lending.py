"""What was told before fills only what this message leaves open, for the shopper alone, and is said."""

from collections.abc import Mapping
from typing import Any

import pytest

from assistant.compact.dialogue import Dialogue
from assistant.compact.lending import Lent, lend
from assistant.compact.meaning import Clause
from assistant.compact.scripts import Desk
from assistant.compact.terms import Terms
from policies.told import Told
from tests.assistant.compact.conftest import VOCABULARY

TOLD = (
    Told(kind="size", value="m", of="clothes"),
    Told(kind="size", value="9", of="shoes"),
    Told(kind="dislike", facet="material", value="leather"),
    Told(kind="like", facet="material", value="walnut"),
    Told(kind="budget", amount=20000, currency="USD", of="desk"),
    Told(kind="owns", value="desk", detail="oak"),
    Told(kind="room", value="bedroom", detail="small"),
)


def lent(text: str, **args: Any) -> Lent:
    notes: dict[str, Mapping[str, Any]] = {
        each.key: {"key": each.key, "said": each.said(), **each.model_dump()} for each in TOLD
    }
    desk = Desk(Dialogue(text=text), Terms(VOCABULARY), "USD", notes)
    return lend(args, Clause("search", text), desk)


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        ("a shirt", {"product_types": ["shirt"]}, {"sizes": ["m"], "not_materials": ["leather"]}),
        ("boots", {"product_types": ["boots"]}, {"sizes": ["9"], "not_materials": ["leather"]}),
        ("a shirt in L", {"product_types": ["shirt"], "sizes": ["L"]}, {"sizes": ["L"], "not_materials": ["leather"]}),
        ("leather boots", {"product_types": ["boots"], "materials": ["leather"]}, {"sizes": ["9"]}),
        ("a shirt, any size", {"product_types": ["shirt"]}, {"not_materials": ["leather"]}),
        ("a shirt and boots", {"product_types": ["shirt", "tote"]}, {"not_materials": ["leather"]}),
        (
            "a desk",
            {"product_types": ["desk"]},
            {"price_max": 20000, "not_materials": ["leather"], "query": "walnut"},
        ),
        ("desks from $300", {"product_types": ["desk"], "price_min": 30000}, {"not_materials": ["leather"]}),
        ("a lamp for my desk", {"product_types": ["lamp"]}, {"not_materials": ["leather"], "query": "walnut oak"}),
        ("a rug for the bedroom", {"product_types": ["rug"]}, {"query": "walnut compact"}),
    ],
)
def test_notes_fill_what_is_left_open(text: str, args: dict[str, Any], expected: dict[str, Any]) -> None:
    found = lent(text, **args).args
    assert {name: found.get(name) for name in expected} == expected
    assert {name: found[name] for name in args} == args
    assert "sizes" in expected or "sizes" not in found
    assert "price_max" in expected or "price_max" not in found


@pytest.mark.parametrize("text", ["a shirt for my brother", "boots for her", "a gift: a shirt", "something nice"])
def test_nothing_is_lent_for_somebody_else_or_to_an_open_wish(text: str) -> None:
    kinds = {} if text == "something nice" else {"product_types": ["shirt"]}
    assert not lent(text, **kinds)


def test_what_was_used_is_said_and_what_left_nothing_is_named() -> None:
    found = lent("a shirt", product_types=["shirt"])
    assert found.said([]) == "Size M in clothes and no leather, as you told me."
    assert found.missed([]) == ("Nothing here fits size M in clothes and no leather, which you told me. Without that:")
    assert "With your oak desk in mind, as you told me." in lent("a lamp for my desk", product_types=["lamp"]).said([])
