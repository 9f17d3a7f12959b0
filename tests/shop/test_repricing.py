"""What a changed order costs: refunds add up to what was paid, to the cent, and the difference has the right sign."""

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.limits import load_policy
from policies.quote import TermChoice, TermTotal
from shop.held import HeldLine, OrderContent
from shop.pricing import Basket, totals
from shop.repricing import Wanted, goods_of, repriced

POLICY = load_policy()
CHOICE = TermChoice(handle="home", label="home", content="0" * 64)


def line(at: int, price: int, quantity: int) -> HeldLine:
    return HeldLine(
        line_id=f"line_{at}",
        variant_id=f"v{at}",
        product_id=f"p{at}",
        title=f"Thing {at}",
        options={},
        quantity=quantity,
        unit_price=price,
        seller="shop",
    )


@st.composite
def bought(draw: st.DrawFn) -> OrderContent:
    prices = draw(st.lists(st.tuples(st.integers(0, 50_000), st.integers(1, 4)), min_size=1, max_size=5))
    lines = tuple(line(at, price, quantity) for at, (price, quantity) in enumerate(prices))
    coupon = draw(st.sampled_from([None, *POLICY.coupons]))
    region = draw(st.sampled_from([rule.region for rule in POLICY.tax]))
    delivery = draw(st.sampled_from(POLICY.delivery))
    priced = totals(POLICY, Basket(goods_of(lines), coupon, delivery, region, "en"))
    shown = tuple(TermTotal(name=each.name, label=each.label, amount=each.amount) for each in priced)
    return OrderContent(lines=lines, totals=shown, ship_to=CHOICE, region=region, delivery=CHOICE)


def after(content: OrderContent, lines: tuple[HeldLine, ...], *, free: bool = False) -> OrderContent:
    priced = repriced(POLICY, content, Wanted(lines, content.region, "en", free=free))
    return content.model_copy(update={"lines": lines, "totals": priced})


@settings(max_examples=300)
@given(bought(), st.data())
def test_g11_refunds_of_any_order_of_returns_add_up_to_what_was_paid(
    content: OrderContent, data: st.DataObject
) -> None:
    paid, back = content.total, 0
    while any(each.kept for each in content.lines):
        at = data.draw(st.sampled_from([at for at, each in enumerate(content.lines) if each.kept]))
        count = data.draw(st.integers(1, content.lines[at].kept))
        lines = list(content.lines)
        lines[at] = lines[at].model_copy(update={"returned": lines[at].returned + count})
        left = after(content, tuple(lines), free=not any(each.kept for each in lines))
        refund = content.total - left.total
        assert refund >= 0
        assert left.totals[-1].amount == sum(each.amount for each in left.totals[:-1])
        content, back = left, back + refund
    assert back == paid
    assert content.total == 0


@settings(max_examples=300)
@given(bought(), st.integers(0, 60_000), st.data())
def test_the_difference_of_an_exchange_has_the_sign_of_the_prices(
    content: OrderContent, price: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(content.lines) - 1))
    lines = list(content.lines)
    before = lines[at].unit_price
    lines[at] = lines[at].model_copy(update={"unit_price": price, "variant_id": "other"})

    difference = after(content, tuple(lines)).total - content.total

    if price == before:
        assert difference == 0
    assert difference >= 0 if price > before else difference <= 0
    # Without a discount every cent of the goods counts, and tax on top.
    if not any(each.name == "discount" and each.amount for each in content.totals):
        assert abs(difference) >= abs(price - before) * lines[at].quantity


@settings(max_examples=200)
@given(bought(), st.sampled_from([rule.region for rule in POLICY.tax]), st.sampled_from(POLICY.delivery))
def test_going_elsewhere_costs_what_it_would_have_cost_there(
    content: OrderContent, region: str, option: object
) -> None:
    moved = repriced(POLICY, content, Wanted(content.lines, region, "en", delivery=option))  # type: ignore[arg-type]
    rule = POLICY.tax_rule(region)
    assert rule is not None
    taxable = sum(each.amount for each in moved if each.name not in ("tax", "total"))
    assert next(each.amount for each in moved if each.name == "tax") == (taxable * rule.basis_points + 5000) // 10_000
