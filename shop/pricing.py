"""What a basket costs: goods, coupon, delivery, tax. Integers only; each share is rounded once, half up."""

from dataclasses import dataclass

from policies.limits import Coupon, DeliveryOption, ShopPolicy
from policies.words import rate, say
from shop.views import TotalName, TotalView


@dataclass(frozen=True, slots=True)
class Basket:
    """What the total depends on.

    Args:
        subtotal: Minor units of the goods.
        coupon: A coupon that counts now, or None.
        delivery: The chosen delivery, or None where nothing is delivered yet (no address known).
        region: Where it goes, or None when no address is known; then there is no tax line.
        locale: Language of the labels.
    """

    subtotal: int
    coupon: Coupon | None
    delivery: DeliveryOption | None
    region: str | None
    locale: str


def share(amount: int, basis_points: int) -> int:
    """Return `basis_points` of a non-negative amount, rounded half up: 1 % of 50 is 1."""
    return (amount * basis_points + 5_000) // 10_000


def discount(coupon: Coupon | None, subtotal: int) -> int:
    """Return what a coupon takes off, never more than the goods."""
    if coupon is None:
        return 0
    wanted = coupon.amount if coupon.amount is not None else share(subtotal, coupon.basis_points or 0)
    return min(wanted, subtotal)


def delivery_price(option: DeliveryOption, goods: int) -> int:
    """Return the price of delivery for goods (less discount) of that worth."""
    free = option.free_from is not None and goods >= option.free_from
    return 0 if free else option.price


def totals(policy: ShopPolicy, basket: Basket) -> tuple[TotalView, ...]:
    """Return the lines of the total, in the shop's order; the last one is the sum of the others."""
    off = discount(basket.coupon, basket.subtotal)
    lines = [_line(basket, "subtotal", basket.subtotal)]
    if basket.coupon is not None:
        label = say(basket.locale, "discount", code=basket.coupon.code)
        lines.append(TotalView(name="discount", label=label, amount=-off))
    charged = 0
    if basket.delivery is not None:
        charged = delivery_price(basket.delivery, basket.subtotal - off)
        label = say(basket.locale, "delivery" if charged else "delivery_free")
        lines.append(TotalView(name="delivery", label=label, amount=charged))
    rule = policy.tax_rule(basket.region) if basket.region is not None else None
    if rule is not None:
        label = say(basket.locale, "tax", rate=rate(basket.locale, rule.basis_points))
        due = share(basket.subtotal - off + charged, rule.basis_points)
        lines.append(TotalView(name="tax", label=label, amount=due))
    lines.append(_line(basket, "total", sum(line.amount for line in lines)))
    return tuple(lines)


def _line(basket: Basket, name: TotalName, amount: int) -> TotalView:
    return TotalView(name=name, label=say(basket.locale, name), amount=amount)
