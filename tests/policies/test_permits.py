"""What the policy file permits: only what is listed, no blocked goods, within limits, and signed in where asked."""

import pytest
from pydantic import ValidationError

from policies.limits import load_policy
from policies.permits import (
    BlockedGoods,
    Deed,
    Denied,
    Goods,
    Permits,
    Piece,
    RestrictedGoods,
    StepUp,
    Switches,
    minimum_age,
    permit,
    step_up_reasons,
)

ON = Switches(actions={"talk": True, "place_order": True, "cancel": False})
LAMP = Piece("p-lamp", "p-lamp-v", "Harbour brass lamp")
WINE = Piece("p-wine", "p-wine-v", "Hill red wine, 75 cl")


def deed(**changes: object) -> Deed:
    given: dict[str, object] = {"action": "place_order", "pieces": (LAMP,), "total": 10_000, "press": True}
    return Deed(**(given | changes))  # pyright: ignore[reportArgumentType]


def code(denied: Denied | None) -> str:
    return denied.code if denied else "permitted"


@pytest.mark.parametrize(
    ("action", "verdict"),
    [
        ("place_order", "permitted"),
        ("talk", "permitted"),
        ("cancel", "switched_off"),
        ("return", "switched_off"),
        ("give_it_away", "switched_off"),
        ("", "switched_off"),
    ],
)
def test_g17_an_action_that_is_not_listed_as_on_is_refused(action: str, verdict: str) -> None:
    assert code(permit(deed(action=action), Permits(ON))) == verdict


def test_a_read_only_shop_talks_and_does_nothing_else() -> None:
    closed = ON.model_copy(update={"read_only": True})

    assert closed.on("talk")
    assert code(permit(deed(), Permits(closed))) == "switched_off"


@pytest.mark.parametrize(
    ("goods", "covered"),
    [
        (Goods(word="wine"), True),
        (Goods(word="win"), False),
        (Goods(product_type="red wine"), True),
        (Goods(product_type="lamp"), False),
        (Goods(product_id="p-wine"), True),
        (Goods(variant_id="p-wine-v"), True),
        (Goods(variant_id="p-lamp-v"), False),
    ],
)
def test_goods_are_picked_by_word_type_product_or_variant(goods: Goods, covered: bool) -> None:
    assert goods.covers(WINE) is covered


def test_goods_are_picked_in_one_way_only() -> None:
    for given in ({}, {"word": "wine", "product_id": "p-wine"}):
        with pytest.raises(ValidationError, match="exactly one"):
            Goods(**given)


def test_blocked_goods_are_refused_with_the_shops_own_reason() -> None:
    permits = Permits(ON, blocked=(BlockedGoods(word="wine", why={"en": "We have no licence."}),))

    denied = permit(deed(pieces=(LAMP, WINE)), permits)

    assert denied == Denied("blocked_goods", WINE, {"en": "We have no licence."})
    assert permit(deed(), permits) is None


def test_one_conversation_spends_no_more_than_its_limit() -> None:
    permits = Permits(ON, session_limit=15_000)

    assert permit(deed(session_total=5_000), permits) is None
    assert permit(deed(session_total=5_001), permits) == Denied("over_limit", limit=15_000)


@pytest.mark.parametrize("novelty", ["new_address", "new_payment", "first_order"])
def test_what_is_new_asks_for_a_fresh_sign_in_at_the_press(novelty: str) -> None:
    permits = Permits(ON, step_up=StepUp(when=("new_address", "new_payment", "first_order"), max_age_s=300))
    new = frozenset({novelty})

    assert code(permit(deed(novelty=new), permits)) == "fresh_login"
    assert code(permit(deed(novelty=new, proved_s=301), permits)) == "fresh_login"
    assert code(permit(deed(novelty=new, proved_s=-1), permits)) == "fresh_login"
    assert permit(deed(novelty=new, proved_s=300), permits) is None
    assert permit(deed(novelty=new, press=False), permits) is None
    assert permit(deed(), permits) is None


def test_an_amount_and_restricted_goods_ask_for_it_too() -> None:
    permits = Permits(
        ON,
        restricted=(RestrictedGoods(word="wine", minimum_age=18), RestrictedGoods(word="red", minimum_age=21)),
        step_up=StepUp(when=("restricted",), above=10_000),
    )

    assert step_up_reasons(deed(total=10_001, pieces=(WINE,)), permits) == ("restricted", "amount")
    assert step_up_reasons(deed(total=10_000), permits) == ()
    assert minimum_age((LAMP, WINE), permits) == 21
    assert minimum_age((LAMP,), permits) is None


def test_the_demo_lets_its_guests_buy_without_a_sign_in() -> None:
    demo = load_policy().permits

    assert permit(deed(novelty=frozenset({"first_order", "new_address", "new_payment"}), total=200_000), demo) is None
