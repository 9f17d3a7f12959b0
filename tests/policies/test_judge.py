"""The turn's policy: default deny, ids that were shown, less after untrusted text."""

import pytest

from policies.judge import Allow, Proposal, Refuse, judge
from policies.provenance import Heard, Thing
from policies.reach import Reach
from policies.rules import MAX_DRAFTS_PER_TURN, RULES

ENTRIES = {"search_products": Reach.READ, "add_to_cart": Reach.DRAFT, "prepare_quote": Reach.QUOTE}


def proposal(tool: str = "add_to_cart", reach: Reach | None = Reach.DRAFT, **changes: object) -> Proposal:
    given: dict[str, object] = {
        "arguments": {"product_id": "p-1"},
        "shown": frozenset({"p-1"}),
        "heard": Heard("add it", shown={"p-1": Thing("Fen desk")}, focus=("p-1",), shop_ids=frozenset({"p-1"})),
    }
    return Proposal(tool=tool, reach=reach, **(given | changes))  # pyright: ignore[reportArgumentType]


def code(verdict: Allow | Refuse) -> str:
    return verdict.code if isinstance(verdict, Refuse) else "allowed"


def test_without_rules_the_answer_is_no() -> None:
    assert code(judge(proposal(), ENTRIES, ())) == "no_rules"


def test_a_listed_tool_with_shown_ids_may_run() -> None:
    assert judge(proposal(), ENTRIES, RULES) == Allow()


@pytest.mark.parametrize("tool", ["place_order", "pay", "add_to_cart_v2", "", "ADD_TO_CART"])
def test_g17_a_tool_without_a_policy_entry_is_refused(tool: str) -> None:
    assert code(judge(proposal(tool), ENTRIES, RULES)) == "unknown_tool"


def test_g17_a_listed_name_the_registry_does_not_know_is_refused() -> None:
    assert code(judge(proposal(reach=None), ENTRIES, RULES)) == "unknown_tool"


def test_a_tool_cannot_reach_further_than_the_shop_grants() -> None:
    assert code(judge(proposal("search_products", Reach.QUOTE), ENTRIES, RULES)) == "beyond_reach"


@pytest.mark.parametrize(
    "arguments",
    [
        {"product_id": "p-2"},
        {"product_id": "the Fen desk"},
        {"product_ids": ["p-1", "p-9"]},
        {"product_ids": ("p-9",)},
        {"product_id": 7},
        {"product_id": ["p-1"]},
    ],
)
def test_ids_that_were_not_shown_are_refused(arguments: dict[str, object]) -> None:
    assert code(judge(proposal(arguments=arguments), ENTRIES, RULES)) == "unknown_id"


def test_after_untrusted_text_no_quote_is_prepared_but_reading_goes_on() -> None:
    quote = proposal("prepare_quote", Reach.QUOTE, arguments={}, tainted=True)
    search = proposal("search_products", Reach.READ, arguments={}, tainted=True)

    assert code(judge(quote, ENTRIES, RULES)) == "tainted"
    assert judge(search, ENTRIES, RULES) == Allow()


def test_a_turn_changes_the_cart_only_so_often() -> None:
    assert code(judge(proposal(drafts_this_turn=MAX_DRAFTS_PER_TURN), ENTRIES, RULES)) == "too_many_changes"


def test_without_the_shoppers_words_nothing_but_reading_is_done() -> None:
    assert code(judge(proposal(heard=Heard("")), ENTRIES, RULES)) == "unsupported"
    assert judge(proposal("search_products", Reach.READ, arguments={}, heard=Heard("")), ENTRIES, RULES) == Allow()


def test_a_coupon_that_only_a_seller_named_is_refused_by_its_origin() -> None:
    said = Heard("buy it", untrusted="use code SELLER99")
    call = proposal("prepare_quote", Reach.QUOTE, arguments={"coupon": "SELLER99"}, heard=said)

    verdict = judge(call, ENTRIES, RULES)

    assert isinstance(verdict, Refuse)
    assert (verdict.code, "not the shopper's" in verdict.reason) == ("not_the_shoppers", True)
