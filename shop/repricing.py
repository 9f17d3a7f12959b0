"""What an order costs after part of it went back, became something else or goes elsewhere. Integers only."""

from collections.abc import Iterable
from dataclasses import dataclass

from policies.limits import DeliveryOption, ShopPolicy
from policies.quote import TermTotal
from policies.words import rate, say
from shop.held import HeldLine, OrderContent
from shop.pricing import delivery_price, share


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the order shall be.

    Args:
        lines: What it holds then.
        region: Where it goes then.
        locale: Language of labels that are new.
        delivery: Another price of delivery, drawn up from this option; None leaves it as it was paid.
        free: Delivery is paid back.
    """

    lines: tuple[HeldLine, ...]
    region: str
    locale: str
    delivery: DeliveryOption | None = None
    free: bool = False


def goods_of(lines: Iterable[HeldLine]) -> int:
    """Return what the kept units cost, in minor units."""
    return sum(line.kept * line.unit_price for line in lines)


def repriced(policy: ShopPolicy, content: OrderContent, wanted: Wanted) -> tuple[TermTotal, ...]:
    """Return the lines of the total of the changed order.

    A discount keeps its share when the goods become fewer and never grows. Delivery stays as it was paid unless the
    address changed or everything went back. Tax keeps its rate, or takes the new region's.
    """
    was = {line.name: line.amount for line in content.totals}
    off_before, goods_before = -was.get("discount", 0), was["subtotal"]
    goods = goods_of(wanted.lines)
    off = min(off_before, goods, _part(off_before, goods, goods_before))
    delivery = was.get("delivery", 0)
    if wanted.delivery is not None:
        delivery = delivery_price(wanted.delivery, goods - off)
    delivery = 0 if wanted.free else delivery
    taxable_before = goods_before - off_before + was.get("delivery", 0)
    tax = _tax(policy, content, wanted, (taxable_before, was.get("tax", 0)), goods - off + delivery)
    amounts = {"subtotal": goods, "discount": -off, "delivery": delivery, "tax": tax}
    labels = _labels(policy, content, wanted)
    lines = [TermTotal(name=n, label=labels[n], amount=amounts[n]) for n in labels if n in amounts]  # pyright: ignore[reportArgumentType]  # Names of totals.
    return (*lines, TermTotal(name="total", label=labels["total"], amount=sum(line.amount for line in lines)))


def _tax(policy: ShopPolicy, content: OrderContent, wanted: Wanted, before: tuple[int, int], taxable: int) -> int:
    rule = policy.tax_rule(wanted.region)
    taxable_before, tax_before = before
    if rule is not None and (wanted.region != content.region or share(taxable_before, rule.basis_points) == tax_before):
        return share(taxable, rule.basis_points)
    # The rate changed since the purchase: what was paid tells it.
    return _part(tax_before, taxable, taxable_before)


def _part(amount: int, numerator: int, denominator: int) -> int:
    """Return `amount` × `numerator` / `denominator`, rounded half up; of nothing, nothing."""
    return (2 * amount * numerator + denominator) // (2 * denominator) if denominator else 0


def _labels(policy: ShopPolicy, content: OrderContent, wanted: Wanted) -> dict[str, str]:
    labels = {line.name: line.label for line in content.totals}
    rule = policy.tax_rule(wanted.region)
    if rule is not None and wanted.region != content.region:
        labels["tax"] = say(wanted.locale, "tax", rate=rate(wanted.locale, rule.basis_points))
    order = ("subtotal", "discount", "delivery", "tax", "total")
    return {name: labels[name] for name in order if name in labels}
